"""The working-day calendar: adds, counts and explains days.

Working days follow the State Council's yearly notice (holidays, and make-up working days at weekends) and the
office's own closures. Three things hold for any calendar: adding a holiday never brings a deadline nearer,
adding a working day never pushes one away, and n + m days equal n days and then m days.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from domain.daynumbers import DayNumbers
from domain.hours import OfficeHours
from domain.limits import Due, Limit, Unit, later_of
from domain.pauses import Pause, is_paused, paused_so_far, running_before, stretches

__all__ = [
    "Calendar",
    "Counted",
    "DayKind",
    "Due",
    "Limit",
    "Pause",
    "SpecialDay",
    "Unit",
    "later_of",
    "paused_so_far",
]


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    CLOSURE = "closure"


WORKED = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})
DECLARED = frozenset({DayKind.HOLIDAY, DayKind.MAKEUP, DayKind.CLOSURE})


@dataclass(frozen=True)
class SpecialDay:
    """A day that somebody declared: a holiday, a make-up working day or a closure, with its Chinese name."""

    day: date
    kind: DayKind
    name: str

    def __post_init__(self) -> None:
        if self.kind not in DECLARED:
            raise ValueError(f"{self.day}: a special day is a holiday, a make-up day or a closure, not a {self.kind}")


@dataclass(frozen=True)
class Counted:
    """One calendar day of an explanation.

    `reason` is "start", "pause" or the day's kind; `name` is what the day is called, empty for an ordinary
    day; `number` is the place among the counted days, from 1, and None for a day that did not count.
    """

    day: date
    counted: bool
    reason: str
    name: str
    number: int | None
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """An office's calendar. A day without an entry in `specials` is worked from Monday to Friday.

    The State Council's notice is known from `known_from` through `known_through`; beyond, a date is
    provisional. `opens` and `closes` are office hours on the wall clock of the IANA zone `zone`.
    """

    specials: Mapping[date, SpecialDay] = field(hash=False)
    known_through: date
    known_from: date
    version: int
    zone: str = "Asia/Shanghai"
    opens: time = time(8, 30)
    closes: time = time(17, 30)

    def __post_init__(self) -> None:
        misplaced = [day for day, special in self.specials.items() if special.day != day]
        if misplaced:
            raise ValueError(f"special days entered under another date: {misplaced}")
        if self.known_from > self.known_through:
            raise ValueError(f"a calendar known from {self.known_from} cannot end on {self.known_through}")
        OfficeHours(self.zone, self.opens, self.closes)

    @cached_property
    def _hours(self) -> OfficeHours:
        return OfficeHours(self.zone, self.opens, self.closes)

    @cached_property
    def _numbers(self) -> DayNumbers:
        changes = ((special.day.toordinal(), _change(special)) for special in self.specials.values())
        return DayNumbers(change for change in changes if change[1])

    def kind(self, day: date) -> DayKind:
        if special := self.specials.get(day):
            return special.kind
        return DayKind.WORKDAY if day.weekday() < 5 else DayKind.WEEKEND

    def is_working(self, day: date) -> bool:
        return self.kind(day) in WORKED

    def name(self, day: date) -> str:
        """The Chinese name of a special day, empty for any other."""
        special = self.specials.get(day)
        return special.name if special else ""

    def add(self, day: date, n: int, pauses: Sequence[Pause] = ()) -> date:
        """The `n`-th counted working day after `day`, `day` itself for 0. ValueError for n < 0."""
        if n < 1:
            return _same(day, n)
        wanted = self._numbers.of(day.toordinal()) + n
        for after, until in stretches(pauses, day) if pauses else ():
            if self._numbers.day(wanted) <= after:
                break
            wanted += self._numbers.of(until) - self._numbers.of(after)
        return date.fromordinal(self._numbers.day(wanted))

    def back(self, day: date, n: int) -> date:
        """The `n`-th working day before `day`, `day` itself for 0. ValueError for n < 0 or before year 1."""
        if n < 1:
            return _same(day, n)
        return date.fromordinal(self._numbers.day(self._numbers.of(day.toordinal() - 1) - n + 1))

    def count(self, start: date, end: date, pauses: Sequence[Pause] = ()) -> int:
        """Counted working days in (start, end]; 0 when `end` is not after `start`."""
        first, last = start.toordinal(), end.toordinal()
        if last <= first:
            return 0
        paused = sum(
            self._numbers.of(min(until, last)) - self._numbers.of(after)
            for after, until in stretches(pauses, start)
            if after < last
        )
        return self._numbers.of(last) - self._numbers.of(first) - paused

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.add(day, 1)

    def due(self, moment: datetime, limit: Limit, pauses: Sequence[Pause] = ()) -> Due:
        """When a limit that was set at an aware `moment` ends.

        Working days are counted from the day after and end at closing time. Months end at closing time of
        the same date (or the month's last) so many months later; every calendar day but a paused one
        counts, and the end moves on to the next working day. Hours run while the office is open. A limit of
        0 ends on the same working day, or the next one when the office has closed. A running pause is taken
        as only just begun, so the date is the earliest possible; `paused_so_far` moves it on to what is
        true today.
        """
        day, at = _ENDINGS[limit.unit](self, self.local(moment), limit.amount, pauses)
        return Due(self._hours.instant(day, at), day, self._is_provisional(day, pauses), self.version)

    def explain(self, moment: datetime, limit: Limit, pauses: Sequence[Pause] = ()) -> tuple[Counted, ...]:
        """Every calendar day from the start to the due day, in order; the last is the due day, and counted.

        The start counts where the office still had time on it: for hours, and for a limit of 0. A day reads
        "pause" only where it would have counted. In a limit of months weekends and holidays count too.
        """
        local = self.local(moment)
        start, last = local.date(), self.due(moment, limit, pauses).day
        whole = _months_end(start, limit.amount, pauses) if limit.unit is Unit.MONTHS else start
        start_counts = last == start or (limit.unit is Unit.HOURS and _first_open(self, local, pauses)[0] == start)
        days = [self._explained(start, "start", start_counts, pauses)]
        for ordinal in range(start.toordinal() + 1, last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            counts = day <= whole or self.is_working(day)
            paused = counts and is_paused(day, pauses)
            reason = "pause" if paused else self.kind(day).value
            days.append(self._explained(day, reason, counts and not paused, pauses))
        return _numbered(days)

    def _explained(self, day: date, reason: str, counted: bool, pauses: Sequence[Pause]) -> Counted:
        return Counted(day, counted, reason, self.name(day), None, self._is_provisional(day, pauses))

    def _is_provisional(self, day: date, pauses: Sequence[Pause]) -> bool:
        return day > self.known_through or running_before(day, pauses)

    def morning(self, day: date, at: time) -> datetime:
        """The moment (UTC) at which the office's clock shows `at` on `day`."""
        return self._hours.instant(day, at)

    def local(self, moment: datetime) -> datetime:
        """An aware `moment` on the office's clock; ValueError for a naive one."""
        return self._hours.local(moment)

    def today(self, moment: datetime) -> date:
        return self.local(moment).date()

    def within_office_hours(self, moment: datetime) -> bool:
        """Whether the office is open: on a working day, from opening up to, not including, closing time."""
        local = self.local(moment)
        return self._hours.open_at(local.time()) and self.is_working(local.date())

    def next_opening(self, moment: datetime) -> datetime:
        """The first time (UTC) at or after `moment` at which the office opens; when it is open, the next."""
        local = self.local(moment)
        today = local.date()
        opens_today = local.time() <= self.opens and self.is_working(today)
        return self.morning(today if opens_today else self.next_working_day(today), self.opens)


def _change(special: SpecialDay) -> int:
    return int(special.kind in WORKED) - int(special.day.weekday() < 5)


def _same(day: date, n: int) -> date:
    if n < 0:
        raise ValueError(f"{n} working days: count the other way instead")
    return day


def _numbered(days: Sequence[Counted]) -> tuple[Counted, ...]:
    numbers = accumulate(int(day.counted) for day in days)
    return tuple(replace(day, number=number) if day.counted else day for day, number in zip(days, numbers, strict=True))


def _first_open(calendar: Calendar, local: datetime, pauses: Sequence[Pause]) -> tuple[date, time]:
    """The first counted day and wall time from `local` on at which the office is, or still will be, open."""
    day = local.date()
    if local.time() < calendar.closes and calendar.is_working(day) and not is_paused(day, pauses):
        return day, max(local.time(), calendar.opens)
    return calendar.add(day, 1, pauses), calendar.opens


def _months_end(start: date, months: int, pauses: Sequence[Pause]) -> date:
    """The last counted calendar day of so many months, paused days given back one for one.

    Given back as calendar days: as working days, a holiday declared in a pause would bring the end nearer.
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    end = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()
    for after, until in stretches(pauses, start):
        if end <= after:
            break
        end += until - after
    return date.fromordinal(end)


def _end_of_workdays(calendar: Calendar, local: datetime, n: int, pauses: Sequence[Pause]) -> tuple[date, time]:
    day = calendar.add(local.date(), n, pauses) if n else _first_open(calendar, local, pauses)[0]
    return day, calendar.closes


def _end_of_months(calendar: Calendar, local: datetime, n: int, pauses: Sequence[Pause]) -> tuple[date, time]:
    if not n:
        return _end_of_workdays(calendar, local, 0, pauses)
    end = _months_end(local.date(), n, pauses).toordinal()
    return calendar.add(date.fromordinal(end - 1), 1, pauses), calendar.closes


def _end_of_hours(calendar: Calendar, local: datetime, n: int, pauses: Sequence[Pause]) -> tuple[date, time]:
    day, start = _first_open(calendar, local, pauses)
    further, end = calendar._hours.spend(start, n)
    return calendar.add(day, further, pauses), end


_ENDINGS: Mapping[Unit, Callable[[Calendar, datetime, int, Sequence[Pause]], tuple[date, time]]] = {
    Unit.WORKDAYS: _end_of_workdays,
    Unit.MONTHS: _end_of_months,
    Unit.HOURS: _end_of_hours,
}
