"""A part of the office that looks after something: woken by signals, looking now and then, in one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.ending import cancelled
from bot.lease import Lease, process_name
from bot.waiting import until
from storage.db import Database, Unavailable
from storage.faults import where_of
from storage.transaction import Signal

log = structlog.get_logger()


class Tending:
    """Runs `look` whenever one of `topics` was signalled and every `look_seconds`, while it holds its lease."""

    def __init__(
        self,
        db: Database,
        name: str,
        look: Callable[[], Awaitable[None]],
        topics: frozenset[str],
        *,
        look_seconds: float = 60.0,
        lease_seconds: float = 120.0,
    ) -> None:
        self._name, self._look, self._topics, self._look_seconds = name, look, topics, look_seconds
        self._lease = Lease(db, name, process_name(), lease_seconds)
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._looking = asyncio.create_task(self._look_on())

    async def close(self) -> None:
        """Stop; what is left is done by whoever comes next."""
        if self._looking is not None:
            await cancelled(self._looking)
        with suppress(Unavailable):  # the lease runs out by itself
            await self._lease.give_up()

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled."""
        if any(signal[0] in self._topics for signal in signals):
            self._woken.set()

    async def _look_on(self) -> None:
        while True:
            self._woken.clear()
            try:
                if await self._lease.hold():
                    await self._look()
            except Unavailable:
                log.warning("put off", part=self._name)
            except Exception as error:
                log.error("a part failed; tried again", part=self._name, error=where_of(error))
            await until(self._woken, self._look_seconds)
