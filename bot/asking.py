"""What is asked of a platform once after the start, again and again until it has answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.ending import cancelled
from storage.faults import where_of
from storage.transaction import Signal

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 1.0


class Asking:
    """Lives until the question is answered. ask: asks, and sees to the answer; says: what the log says of an error."""

    def __init__(
        self, ask: Callable[[], Awaitable[None]], says: Callable[[Exception], str], longest_pause_seconds: float = 60.0
    ) -> None:
        self._ask, self._says, self._longest_pause_seconds = ask, says, longest_pause_seconds
        self._asking: asyncio.Task[None] | None = None

    def heard(self, signals: list[Signal]) -> None:
        """Nothing that is committed concerns it."""

    async def start(self) -> None:
        """Begin to ask."""
        self._asking = asyncio.create_task(self._ask_on())

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            await cancelled(self._asking)

    async def _ask_on(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._ask()
            except Exception as error:
                log.error(self._says(error), error=where_of(error), again_in_seconds=pause)
                await asyncio.sleep(pause)
                pause = min(self._longest_pause_seconds, pause * 2)
            else:
                return
