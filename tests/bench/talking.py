"""Qinqing in process: whole filing conversations, committed and synced, the reply through outbox and delivery.

Counted: decoding the update, the transaction with its fsync (groups of up to 50), reading the outbox, writing the
request and reading the answer, marking the row as sent. Left out: sockets both ways. All chats are in the middle of a
conversation at once, and each says its next text when it has heard the reply to the last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from handlers.dispatch import handle
from storage.db import Database
from tests.bench.door import FILING, BenchChannel, house, now
from tests.bench.harness import Figures, serve_runs
from tests.bench.load import FIRST_CHAT, Talks
from tests.bench.peers.updates import api_answer, telegram_update

CHAT = re.compile(rb'"chat_id":(\d+)')


@asynccontextmanager
async def talkers(chats: int) -> AsyncIterator[Callable[[int], Awaitable[float]]]:
    """People at the door of a house of their own: call with how many conversations each holds, and get the seconds."""
    talks = Talks()

    async def socketless(body: bytes) -> bytes:
        found = CHAT.search(body)
        assert found is not None
        talks.heard(int(found[1]))
        return api_answer("sendMessage", int(found[1]), "x")

    channel = BenchChannel(socketless)
    async with house(channel, chats) as (db, _delivery):

        async def hold(each: int) -> float:
            said = {chat: updates(talks, chat, each) for chat in range(FIRST_CHAT, FIRST_CHAT + chats)}
            begun = time.perf_counter()
            await asyncio.gather(*(converse(talks, db, channel, chat, texts) for chat, texts in said.items()))
            return time.perf_counter() - begun

        yield hold


async def converse(talks: Talks, db: Database, channel: BenchChannel, chat: int, said: list[bytes]) -> None:
    """Say one thing after the other, each when the reply to the last was heard."""
    for update in said:
        reply = talks.expect(chat)
        incoming = channel.parse(update)
        assert incoming is not None
        await db.write(handle, incoming, now())
        await reply


def updates(talks: Talks, chat: int, conversations: int) -> list[bytes]:
    """What one chat says, as it comes over the wire."""
    matters = [str(next(talks.matters)) for _ in range(conversations)]
    texts = [text.replace("{n}", matter) for matter in matters for text in FILING]
    return [json.dumps(telegram_update(next(talks.numbers), chat, text)).encode() for text in texts]


async def main(chats: int, conversations: int) -> None:
    each = max(1, conversations // chats)
    async with talkers(chats) as hold:

        async def once() -> Figures:
            return {"rate": chats * each / await hold(each)}

        await serve_runs(once)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--conversations", type=int, default=300)
    given = parser.parse_args()
    asyncio.run(main(given.chats, given.conversations))
