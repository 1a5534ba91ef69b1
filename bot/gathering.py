"""Albums, taken as one arrival a moment after their last part; what was left by a process that died, at the start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.ending import cancelled
from handlers import dispatch
from handlers.albums import QUIET
from storage import albums
from storage.db import Database, Unavailable
from storage.faults import where_of
from storage.transaction import Signal

log = structlog.get_logger()

Album = tuple[str, str, str]

#: Of the quiet time, so much must have passed by the clock: timers and clocks differ a little.
SURELY = 0.7


class Gathering:
    """Waits for the last part of each album. quiet_seconds: how long after a part no other is expected."""

    def __init__(
        self, db: Database, clock: Callable[[], datetime], *, quiet_seconds: float = QUIET.total_seconds()
    ) -> None:
        self._db, self._clock, self._quiet_seconds = db, clock, quiet_seconds
        self._timers: dict[Album, asyncio.TimerHandle] = {}
        self._taking: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Take up what is there already."""
        for album in await self._db.read(albums.quiet, self._clock()):
            self._wait_for(album)

    async def close(self) -> None:
        """Finish what is being taken; the rest is taken up at the next start."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._taking:
            await asyncio.wait(self._taking, timeout=5)
        for task in list(self._taking):
            await cancelled(task)

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled: a part has come, so the album is not complete before the quiet time is over."""
        for topic, *rest in signals:
            if topic == "album":
                channel, address, album = rest
                self._wait_for((str(channel), str(address), str(album)))

    def _wait_for(self, album: Album) -> None:
        earlier = self._timers.pop(album, None)
        if earlier is not None:
            earlier.cancel()
        self._timers[album] = asyncio.get_running_loop().call_later(self._quiet_seconds, self._due, album)

    def _due(self, album: Album) -> None:
        self._timers.pop(album, None)
        task = asyncio.get_running_loop().create_task(self._take(album))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _take(self, album: Album) -> None:
        now = self._clock()
        try:
            await self._db.write(dispatch.gather, *album, now, now - QUIET * SURELY)
        except Unavailable:
            self._wait_for(album)
        except Exception as error:  # the timetable takes up what is left
            log.error("album not taken", channel=album[0], error=where_of(error))
