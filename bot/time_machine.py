"""Moves the demo's clock from one due thing to the next, so that everything between happens in its order."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.app import App
from bot.clock import DemoClock
from scheduler import timetable

#: A step at least this long, so that a jump always comes to its end.
SHORTEST = timedelta(seconds=1)


class TimeMachine:
    """The demo's clock with everything that hangs on it; one jump at a time."""

    def __init__(self, app: App, clock: DemoClock) -> None:
        self._app, self._clock = app, clock
        self._jumping = asyncio.Lock()

    async def next_moment(self) -> datetime:
        """When the next thing is due; an hour on where nothing is."""
        now = self._clock.now()
        found = await self._app.db.read(timetable.next_moment, now)
        return max(found, now + SHORTEST) if found else now + timedelta(hours=1)

    def workdays_on(self, days: int) -> datetime:
        """The same time of the day, so many working days later."""
        calendar = self._app.db.office.calendar
        local = calendar.local(self._clock.now())
        return calendar.morning(calendar.add(local.date(), days), local.time())

    async def go_to(self, target: datetime) -> None:
        """Go forward step by step; a target that is over changes nothing."""
        async with self._jumping:
            while (step := await self.next_moment()) < target:
                await self._step(step)
            await self._step(target)

    async def _step(self, moment: datetime) -> None:
        self._clock.move_to(moment)
        for job in timetable.JOBS:
            await self._app.run(job)
        self._app.clock_jumped()
        await self._app.doors.show_all()
