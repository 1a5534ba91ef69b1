"""The time. Only the demo's can be moved, and only forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Now, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class DemoClock(Clock):
    """A clock that runs on from a moment of its own and can be moved forward."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def now(self) -> datetime:
        """The demo's present moment."""
        return datetime.now(UTC) + self._ahead

    def move_to(self, moment: datetime) -> None:
        """Go forward to a moment; a moment that is over changes nothing."""
        self._ahead += max(moment - self.now(), timedelta())
