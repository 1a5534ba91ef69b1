"""An album is taken a moment after its last part, once, and one that a killed process left at the next start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.gathering import Gathering
from domain.messages import Incoming, Promised
from handlers import dispatch
from handlers.albums import QUIET
from storage import albums
from storage.db import Database, Unavailable
from storage.tables import inbox
from storage.transaction import Tx
from tests.people import Town

QUIET_SECONDS = 0.05
SOON_SECONDS = 10.0


class Clock:
    """Runs with the loop, so that what is quiet by the timer is quiet by the clock."""

    def __init__(self, start: datetime) -> None:
        self._start, self._zero = start, asyncio.get_running_loop().time()

    def __call__(self) -> datetime:
        # Twenty times as fast: the quiet second passes while the timer waits.
        return self._start + timedelta(seconds=20 * (asyncio.get_running_loop().time() - self._zero))


@pytest.fixture
async def office(small_town: Town) -> AsyncIterator[tuple[Database, Callable[[], datetime]]]:
    await small_town.db.start()
    yield small_town.db, Clock(small_town.now)
    await small_town.db.close()


def part(number: int, album: str = "a1") -> Incoming:
    file = Promised(f"{number}.jpg", "image/jpeg", 1000, f"{number:064}")
    return Incoming("telegram", f"7:{number}", "77", files=(file,), ref=f"77/{number}", album=album)


def taken(tx: Tx) -> int:
    """How many albums were taken as one arrival."""
    return int(tx.scalar(select(func.count()).where(inbox.c.key.like("album:%"))))


async def until(db: Database, fn: Callable[[Tx], Any], wanted: object) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        while await db.read(fn) != wanted:  # noqa: ASYNC110 - what is waited for stands in the database
            await asyncio.sleep(0.01)


async def started(db: Database, clock: Callable[[], datetime]) -> Gathering:
    gathering = Gathering(db, clock, quiet_seconds=QUIET_SECONDS)
    db.subscribe(gathering.heard)
    await gathering.start()
    return gathering


async def test_parts_that_follow_one_another_are_one(office: tuple[Database, Callable[[], datetime]]) -> None:
    db, clock = office
    came = clock()
    moments = [came]
    gathering = await started(db, lambda: moments[-1])
    for number in range(10):  # however long it takes: by the clock it is no time, and nobody takes half an album
        await db.write(dispatch.handle, part(number), came)
    moments.append(came + QUIET)
    gathering.heard([("album", "telegram", "77", "a1")])
    await until(db, taken, 1)
    await gathering.close()
    assert await db.read(albums.of_address, "telegram", "77") == []


async def test_what_a_killed_process_left_is_taken_at_the_start(
    office: tuple[Database, Callable[[], datetime]],
) -> None:
    db, clock = office
    for number in range(3):
        await db.write(dispatch.handle, part(number), clock())
    assert await db.read(taken) == 0
    gathering = await started(db, clock)
    await until(db, taken, 1)
    await gathering.close()


async def test_closing_leaves_an_album_for_the_next(office: tuple[Database, Callable[[], datetime]]) -> None:
    db, clock = office
    first = Gathering(db, clock, quiet_seconds=60)
    db.subscribe(first.heard)
    await first.start()
    await db.write(dispatch.handle, part(1), clock())
    await first.close()
    assert await db.read(albums.of_address, "telegram", "77") == ["a1"]
    second = await started(db, clock)
    await until(db, taken, 1)
    await second.close()


async def test_a_database_that_is_away_is_waited_for(
    office: tuple[Database, Callable[[], datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, clock = office
    write, refused = db.write, []

    async def away_at_first(fn: Any, *args: Any, **kwargs: Any) -> Any:
        if fn is dispatch.gather and len(refused) < 2:
            refused.append(fn)
            raise Unavailable("away")
        return await write(fn, *args, **kwargs)

    monkeypatch.setattr(db, "write", away_at_first)
    gathering = await started(db, clock)
    await db.write(dispatch.handle, part(1), clock())
    await until(db, taken, 1)
    await gathering.close()
    assert len(refused) == 2
