"""Qinqing in process: whole filing conversations, committed and synced, the reply through outbox and delivery.

Counted: decoding the update, the transaction with its fsync (groups of up to 50), reading the outbox, writing the
request by python-telegram-bot's Bot and reading the answer, marking the row as sent. Left out: sockets both ways. All
chats are in the middle of a conversation at once, and each says its next text when it has heard the reply to the last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from telegram.request import RequestData

from bot.app import App
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.request import Request
from tests.bench.door import FILING, office
from tests.bench.harness import Figures, serve_runs
from tests.bench.load import FIRST_CHAT, Talks
from tests.bench.peers.updates import api_answer, telegram_update

CHAT = re.compile(rb'"chat_id":(\d+)')


class Socketless(Request):
    """Takes a call as it was written and gives an answer to read, without a socket between them."""

    def __init__(self, talks: Talks) -> None:
        super().__init__()
        self._talks = talks

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **timeouts: Any
    ) -> tuple[int, bytes]:
        """The answer to a call; whoever a message is for has heard it."""
        body = msgspec.json.encode(request_data.parameters) if request_data else b""
        found = CHAT.search(body)
        if found is None:
            return 200, api_answer(url.rpartition("/")[2], None, "")
        self._talks.heard(int(found[1]))
        return 200, api_answer("sendMessage", int(found[1]), "x")


@asynccontextmanager
async def talkers(chats: int) -> AsyncIterator[Callable[[int], Awaitable[float]]]:
    """People at the door of an office of their own: call with how many conversations each holds, for the seconds."""
    talks = Talks()
    with tempfile.TemporaryDirectory() as folder:
        app, channel = office(Path(folder), "", chats=chats)
        channel.bot._calls = Socketless(talks)
        channel.bot._request = (channel.bot._calls, channel.bot._calls)
        await app.start()
        try:
            yield lambda each: hold(talks, app, channel, chats, each)
        finally:
            await app.close()


async def hold(talks: Talks, app: App, channel: Telegram, chats: int, each: int) -> float:
    """Hold so many conversations in each chat; returns the seconds."""
    said = {chat: updates(talks, chat, each) for chat in range(FIRST_CHAT, FIRST_CHAT + chats)}
    begun = time.perf_counter()
    await asyncio.gather(*(converse(talks, app, channel, chat, texts) for chat, texts in said.items()))
    return time.perf_counter() - begun


async def converse(talks: Talks, app: App, channel: Telegram, chat: int, said: list[bytes]) -> None:
    """Say one thing after the other, each when the reply to the last was heard."""
    for update in said:
        reply = talks.expect(chat)
        await app.take(channel, update)
        await reply


def updates(talks: Talks, chat: int, conversations: int) -> list[bytes]:
    """What one chat says, as it comes over the wire."""
    matters = [str(next(talks.matters)) for _ in range(conversations)]
    texts = [text.replace("{n}", matter) for matter in matters for text in FILING]
    return [json.dumps(telegram_update(next(talks.numbers), chat, text)).encode() for text in texts]


async def main(chats: int, conversations: int) -> None:
    each = max(1, conversations // chats)
    async with talkers(chats) as hold_each:

        async def once() -> Figures:
            return {"rate": chats * each / await hold_each(each)}

        await serve_runs(once)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--conversations", type=int, default=300)
    given = parser.parse_args()
    asyncio.run(main(given.chats, given.conversations))
