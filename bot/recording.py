"""Writes down what became of rows, at once and never twice: nothing goes to an address before its last row is settled.

Two writes may wait for the database: while one is being synced to the disk, the next stands in line behind it. What is
not written down when the program dies is said again, so the time between the two is kept short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

import structlog

from bot.verdicts import WAYS, Verdict, record
from bot.waiting import until
from storage.db import Database, Unavailable
from storage.faults import where_of

log = structlog.get_logger()

#: Verdicts written down in one call, and calls at a time.
BATCH = 500
WRITERS = 2


class Recording:
    """Takes verdicts and writes them down. written: told of each lot that is; pause_seconds: between tries."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        written: Callable[[Sequence[Verdict]], None],
        pause_seconds: float,
    ) -> None:
        self._db, self._clock, self._written, self._pause_seconds = db, clock, written, pause_seconds
        self._verdicts: list[Verdict] = []
        self._writers: dict[int, asyncio.Task[None]] = {}
        self._numbers = count()
        self._closing = asyncio.Event()

    def add(self, verdict: Verdict) -> None:
        """Have this written down."""
        self._verdicts.append(verdict)
        if len(self._writers) < WRITERS and len(self._verdicts) == 1:
            self._begin()

    async def close(self) -> None:
        """Write down what is left, once more; what the database does not take is said again by whoever comes next."""
        self._closing.set()
        while self._writers:
            await asyncio.wait(list(self._writers.values()))
        if self._verdicts:
            await self._write_all()

    def _begin(self) -> None:
        number = next(self._numbers)
        self._writers[number] = asyncio.create_task(self._writing(number))

    async def _writing(self, number: int) -> None:
        try:
            await self._write_all()
        finally:
            del self._writers[number]

    async def _write_all(self) -> None:
        while self._verdicts:
            some, self._verdicts = self._verdicts[:BATCH], self._verdicts[BATCH:]
            left = await self._write(some)
            rows = {verdict.line.id for verdict in left}
            if written := [verdict for verdict in some if verdict.line.id not in rows]:
                self._written(written)
            self._verdicts += left  # behind the others: what cannot be written down keeps nobody waiting
            if left and self._closing.is_set():
                return
            if left:
                await until(self._closing, self._pause_seconds)  # or closes meanwhile

    async def _write(self, some: Sequence[Verdict]) -> Sequence[Verdict]:
        """Write these down; returns those that could not be."""
        try:
            await self._db.write(record, some, self._clock())
        except Unavailable as error:
            log.warning("what was sent cannot be written down now", error=where_of(error))
            return some
        except Exception as error:
            log.error("writing down together failed; done one by one", error=where_of(error))
            return await self._write_each(some)
        return ()

    async def _write_each(self, some: Sequence[Verdict]) -> Sequence[Verdict]:
        left: list[Verdict] = []
        for at, verdict in enumerate(some):
            try:
                if not await self._write_one(verdict):
                    left.append(verdict)
            except Unavailable as error:
                log.warning("what was sent cannot be written down now", error=where_of(error))
                return [*left, *some[at:]]
        return left

    async def _write_one(self, verdict: Verdict) -> bool:
        """Whether it is written down, in one way or another. Raises Unavailable."""
        for write in WAYS:
            try:
                await self._db.write(write, verdict, self._clock())
            except Unavailable:
                raise
            except Exception as error:
                log.error("what became of a row was not written down so", row=verdict.line.id, error=where_of(error))
            else:
                return True
        return False
