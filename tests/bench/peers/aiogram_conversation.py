"""aiogram in process: conversations/s with the state in memory.

Counted: reading the update, finding the handler, the state, writing the request and reading the answer.
Left out: sockets both ways. All chats are in the middle of a conversation at once.
"""

import argparse
import asyncio
import logging
import time
from itertools import count

from tests.bench.harness import Figures, serve_runs
from tests.bench.peers.aiogram_talk import dispatcher, socketless_bot
from tests.bench.peers.updates import FILING, telegram_update


async def main(chats: int) -> None:
    logging.getLogger("aiogram.event").setLevel(logging.ERROR)
    filed: list[int] = []
    numbers, bot, handling = count(1), socketless_bot(), dispatcher(filed.append)

    async def once() -> Figures:
        filed.clear()
        begun = time.perf_counter()
        for text in FILING:
            for chat in range(1000, 1000 + chats):
                await handling.feed_raw_update(bot, telegram_update(next(numbers), chat, text))
        took = time.perf_counter() - begun
        assert len(filed) == chats
        return {"rate": chats / took}

    await serve_runs(once)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, default=100)
    asyncio.run(main(parser.parse_args().chats))
