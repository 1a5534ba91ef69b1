"""python-telegram-bot end to end: a webhook on aiohttp, its own HTTP transport for the replies.

Without --pickle the state is in memory and an update is acknowledged before it is handled. With --pickle it
is acknowledged when the pickle was flushed (to the page cache). Updates are handled one after the other, which
is also its default: with 8 and with 32 side by side it was slower here (86 and 69 conversations/s against 116),
for its transport searches all connections and all waiting requests for each request.
"""

import argparse
import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application

from tests.bench.peers.ptb_talk import builder, conversation
from tests.bench.peers.updates import SECRET

Bot = Application[Any, Any, Any, Any, Any, Any]


def bot(pickle: Path | None) -> Bot:
    app = builder(pickle).base_url(f"http://127.0.0.1:{os.environ['STUB']}/bot").connection_pool_size(1).build()
    app.add_handler(conversation(persistent=pickle is not None))
    return app


async def application(pickle: Path | None) -> web.Application:
    app, turn, handling = bot(pickle), asyncio.Lock(), set[asyncio.Task[None]]()
    await app.initialize()

    async def handle(update: Update) -> None:
        async with turn:
            await app.process_update(update)
            if pickle is not None:
                await app.update_persistence()

    async def hook(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=403)
        task = asyncio.create_task(handle(Update.de_json(await request.json(), app.bot)))
        handling.add(task)
        task.add_done_callback(handling.discard)
        if pickle is not None:
            await task
        return web.Response()

    server = web.Application()
    server.router.add_post("/hook", hook)
    return server


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pickle", action="store_true")
    pickled = parser.parse_args().pickle
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.pickle" if pickled else None
        web.run_app(application(file), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
