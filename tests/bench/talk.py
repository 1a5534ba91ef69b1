"""Filing conversations a second, in process and end to end, beside the usual frameworks."""

from __future__ import annotations

import json

from bot.channels.telegram.webhook import PATH
from tests.bench.door import FILING
from tests.bench.harness import Row, run_pairs
from tests.bench.peers import rows

DISK = "yes, synced to the disk before it is acknowledged"
DOORS_ALONE = "Qinqing's door alone, nothing decided or kept"
OPEN_CHATS = (100, 1000)


def in_process(chats: int) -> list[Row]:
    """Qinqing first, then the peers."""
    worker = ("tests.bench.talking", "--chats", str(chats), "--conversations", str(max(chats, 300)))
    return [Row("Qinqing, without the platform's pace", DISK, worker), *rows.in_process(chats)]


def end_to_end(chats: int) -> list[Row]:
    """Qinqing first, then the peers, and what Qinqing's libraries take by themselves."""
    worker = rows.load(chats, "--path", PATH, "--texts", json.dumps(FILING, ensure_ascii=False))
    ours = Row("Qinqing, without the platform's pace", DISK, worker, ("tests.bench.door",))
    return [ours, *rows.end_to_end(chats), Row(DOORS_ALONE, rows.NO, worker, ("tests.bench.doors_alone",))]


def main() -> None:
    """Print the tables."""
    for chats in OPEN_CHATS:
        run_pairs(f"talk, in process, {chats} open chats", in_process(chats))
        run_pairs(f"talk, end to end, {chats} open chats", end_to_end(chats))


if __name__ == "__main__":
    main()
