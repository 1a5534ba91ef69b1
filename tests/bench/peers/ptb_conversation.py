"""python-telegram-bot in process: conversations/s without persistence, or pickled after every update
(--pickle).

Counted: reading the update, finding the handler, the state, writing the request and reading the answer, and
with --pickle the flush. Left out: sockets both ways. All chats are in the middle of a conversation at once.
The pickle reaches the page cache; it is not synced to the disk.
"""

import argparse
import asyncio
import tempfile
import time
from itertools import count
from pathlib import Path

from telegram import Update

from tests.bench.harness import Figures, serve_runs
from tests.bench.peers.ptb_talk import conversation, socketless
from tests.bench.peers.updates import FILING, telegram_update


async def main(chats: int, pickle: Path | None) -> None:
    filed: list[int] = []
    numbers, app = count(1), socketless(pickle).build()
    app.add_handler(conversation(persistent=pickle is not None, filed=filed.append))
    await app.initialize()

    async def once() -> Figures:
        filed.clear()
        begun = time.perf_counter()
        for text in FILING:
            for chat in range(1000, 1000 + chats):
                update = telegram_update(next(numbers), chat, text)
                await app.process_update(Update.de_json(update, app.bot))
                if pickle is not None:
                    await app.update_persistence()
        took = time.perf_counter() - begun
        assert len(filed) == chats
        return {"rate": chats / took}

    await serve_runs(once)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--pickle", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(given.chats, Path(folder) / "state.pickle" if given.pickle else None))
