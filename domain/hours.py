"""Office hours on one day, and the way between instants (UTC) and the office's wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class OfficeHours:
    """From `opens` up to `closes`, wall clock of the IANA zone `zone`, on a day that is worked."""

    zone: str
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"an office that opens at {self.opens} cannot close at {self.closes}")

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def local(self, moment: datetime) -> datetime:
        """The wall clock at an aware `moment`; ValueError for a naive one, which could mean anything."""
        if moment.utcoffset() is None:
            raise ValueError(f"{moment!r} has no time zone")
        return moment.astimezone(self._zone)

    def instant(self, day: date, at: time) -> datetime:
        """The moment (UTC) at which the wall clock shows `at` on `day`."""
        return datetime.combine(day, at, self._zone).astimezone(UTC)

    def open_at(self, at: time) -> bool:
        return self.opens <= at < self.closes

    def spend(self, start: time, hours: int) -> tuple[int, time]:
        """Use up `hours` of office time from wall time `start` of a working day on.

        Gives how many further working days that takes, and the wall time at which it ends on the last of
        them.
        """
        begun = max(_since_midnight(start), _since_midnight(self.opens))
        left = max(_since_midnight(self.closes) - begun, timedelta())
        wanted = timedelta(hours=hours)
        if wanted <= left:
            return 0, _wall(begun + wanted)
        a_day = _since_midnight(self.closes) - _since_midnight(self.opens)
        further = -((left - wanted) // a_day)
        return further, _wall(_since_midnight(self.opens) + wanted - left - (further - 1) * a_day)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _wall(since_midnight: timedelta) -> time:
    return (datetime.min.replace(tzinfo=UTC) + since_midnight).time()
