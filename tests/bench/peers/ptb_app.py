"""python-telegram-bot end to end: a webhook on aiohttp, its own HTTP transport for the replies.

Without --pickle the state is in memory and an update is acknowledged before it is handled. With --pickle it
is acknowledged when the pickle was flushed (to the page cache). Updates of different chats are handled side
by side: faster than its default of one after the other.
"""

import argparse
import asyncio
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application

from tests.bench.peers.ptb_talk import builder, conversation, said
from tests.bench.peers.updates import SECRET

# The fastest of 1, 8, 32 and 128 in this harness: its transport searches the whole pool for every request.
MOST_CONNECTIONS = 8
Bot = Application[Any, Any, Any, Any, Any, Any]


def bot(pickle: Path | None) -> Bot:
    made = builder(pickle).base_url(f"http://127.0.0.1:{os.environ['STUB']}/bot")
    app = made.connection_pool_size(MOST_CONNECTIONS).pool_timeout(600).build()
    app.add_handler(conversation(persistent=pickle is not None))
    return app


async def application(pickle: Path | None) -> web.Application:
    app, handling = bot(pickle), set[asyncio.Task[None]]()
    await app.initialize()
    handle = in_turn(app)

    async def hook(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=403)
        task = asyncio.create_task(handle(Update.de_json(await request.json(), app.bot)))
        handling.add(task)
        task.add_done_callback(handling.discard)
        if pickle is not None:
            await task
            await app.update_persistence()
        return web.Response()

    server = web.Application()
    server.router.add_post("/hook", hook)
    return server


def in_turn(app: Bot) -> Callable[[Update], Coroutine[Any, Any, None]]:
    """Return what handles an update: in a chat one after the other, for a step ends after its reply."""
    turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def handle(update: Update) -> None:
        async with turns[said(update).chat_id]:
            await app.process_update(update)

    return handle


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pickle", action="store_true")
    pickled = parser.parse_args().pickle
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.pickle" if pickled else None
        web.run_app(application(file), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
