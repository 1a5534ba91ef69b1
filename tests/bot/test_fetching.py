"""What fetching promises: each promised file is kept once, whole, for what it is; or given up with a reason."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.contract import TryLater, Undeliverable
from bot.fetching import LONGEST_PAUSE_SECONDS, MOST_BYTES, MOST_TRIES, Fetching, after_failure, pause_seconds
from bot.filestore import FileStore
from domain.messages import Promised
from storage import files
from storage.db import Database, Tx
from storage.files import Fetch
from storage.tables import fetches
from tests.bot.platforms import NOON, Clock, Platform, Wire

NEVER = 3600.0
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(200)


def fetcher(db: Database, channel: Wire, folder: Path, clock: Any) -> Fetching:
    made = Fetching(db, {"wire": channel}, FileStore(folder), clock, look_seconds=NEVER, lease_seconds=NEVER)
    db.subscribe(made.heard)
    return made


def promise(tx: Tx, name: str, channel: str = "wire") -> int:
    return files.add(tx, Promised(name, "text/html", reference=name), channel, None, NOON).id


def fate(tx: Tx) -> list[tuple[str, int, str]]:
    return [(row.state, row.attempts, row.reason) for row in tx.all(select(fetches).order_by(fetches.c.id))]


async def settled(db: Database, wanted: str, tries: int = 0) -> None:
    """Wait until every file has this fate, after at least so many tries."""
    async with asyncio.timeout(20):
        while not all(state == wanted and count >= tries for state, count, _reason in await db.read(fate)):
            await db.write(lambda tx: None)


def kept_in(folder: Path) -> int:
    return len([path for path in folder.rglob("*") if path.is_file()])


async def test_a_promised_file_is_kept_whole_and_for_what_it_is(
    db: Database, there: tuple[Platform, Wire], tmp_path: Path
) -> None:
    there[0].files["photo.txt"] = JPEG
    fetching = fetcher(db, there[1], tmp_path, Clock())
    await fetching.start()
    file = await db.write(promise, "photo.txt")
    await settled(db, "kept")
    await fetching.close()
    (record,) = await db.read(files.many, [file])
    assert (record.media, record.size_bytes) == ("image/jpeg", len(JPEG))
    assert FileStore(tmp_path).path(record.digest).read_bytes() == JPEG
    assert await db.read(files.wanted_count) == 0


async def test_many_files_are_all_kept(db: Database, there: tuple[Platform, Wire], tmp_path: Path) -> None:
    names = [f"{n}.jpg" for n in range(30)]
    there[0].files.update({name: JPEG + name.encode() for name in names})
    await db.write(lambda tx: [promise(tx, name) for name in names])
    fetching = fetcher(db, there[1], tmp_path, Clock())
    await fetching.start()
    await settled(db, "kept")
    await fetching.close()
    assert await db.read(fate) == [("kept", 1, "")] * 30
    assert len(there[0].requests) == 30
    assert kept_in(tmp_path) == 30


async def test_a_platform_in_trouble_is_asked_again_when_it_said(
    db: Database, there: tuple[Platform, Wire], tmp_path: Path
) -> None:
    clock = Clock()
    there[0].files["a.jpg"], there[0].does["a.jpg"], there[0].retry_after = JPEG, [429], "7"
    await db.write(promise, "a.jpg")
    fetching = fetcher(db, there[1], tmp_path, clock)
    await fetching.start()
    await settled(db, "wanted", tries=1)
    assert (await db.read(lambda tx: tx.scalar(select(fetches.c.next_at)))) == NOON + timedelta(seconds=7)
    clock.move(seconds=7)
    fetching.wake()
    await settled(db, "kept")
    await fetching.close()
    assert (await db.read(fate))[0] == ("kept", 2, "")


async def test_a_file_the_platform_has_lost_is_given_up_with_its_reason(
    db: Database, there: tuple[Platform, Wire], tmp_path: Path
) -> None:
    there[0].does["gone.jpg"] = [404]
    await db.write(promise, "gone.jpg")
    fetching = fetcher(db, there[1], tmp_path, Clock())
    await fetching.start()
    await settled(db, "failed")
    await fetching.close()
    assert await db.read(fate) == [("failed", 1, "status 404")]


@pytest.mark.parametrize(("size", "reason"), [(MOST_BYTES + 1, "larger than 20 MB"), (0, "the file is empty")])
async def test_a_file_too_large_or_empty_is_given_up(
    db: Database, there: tuple[Platform, Wire], tmp_path: Path, size: int, reason: str
) -> None:
    there[0].files["big.jpg"] = bytes(size)
    await db.write(promise, "big.jpg")
    fetching = fetcher(db, there[1], tmp_path, Clock())
    await fetching.start()
    await settled(db, "failed")
    await fetching.close()
    assert await db.read(fate) == [("failed", 1, reason)]
    assert kept_in(tmp_path) == 0


async def test_a_file_is_given_up_after_eight_tries(db: Database, there: tuple[Platform, Wire], tmp_path: Path) -> None:
    clock = Clock()

    def later_each_time() -> datetime:
        clock.move(hours=2)
        return clock.at

    there[0].does["a.jpg"] = [502] * MOST_TRIES
    await db.write(promise, "a.jpg")
    fetching = fetcher(db, there[1], tmp_path, later_each_time)
    await fetching.start()
    await settled(db, "failed")
    await fetching.close()
    assert await db.read(fate) == [("failed", MOST_TRIES, "not fetched in 8 tries: status 502")]
    assert len(there[0].requests) == MOST_TRIES


def tried(times: int) -> Fetch:
    return Fetch(1, 1, "wire", "a", times)


def test_pauses_grow_from_seconds_to_an_hour() -> None:
    pauses = [pause_seconds(attempts) for attempts in range(MOST_TRIES)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (5.0, LONGEST_PAUSE_SECONDS)


def test_our_own_full_disk_never_gives_a_file_up() -> None:
    assert after_failure(tried(99), OSError(28, "No space left"), NOON) == (
        NOON + timedelta(hours=1),
        "cannot be kept: OSError",
    )


def test_a_platform_that_is_silent_is_said_so_in_words() -> None:
    assert after_failure(tried(7), TimeoutError(), NOON) == (
        None,
        "not fetched in 8 tries: the platform did not answer in time",
    )


def test_an_error_nobody_thought_of_is_shown_by_its_sort_alone() -> None:
    _again_at, reason = after_failure(tried(0), ValueError("no file at https://api/file/bot7:token/photo.jpg"), NOON)
    assert reason == "ValueError"


def test_what_can_never_be_had_is_not_tried_again() -> None:
    assert after_failure(tried(0), Undeliverable("gone"), NOON) == (None, "gone")
    assert after_failure(tried(0), TryLater("busy", 30), NOON) == (NOON + timedelta(seconds=30), "busy")
