"""Working days by number, on day ordinals: what makes counting cost the same however long the span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate


class DayNumbers:
    """Working days numbered from year 1 on: the number `of` a day, and the `day` of a number.

    Monday to Friday are counted by formula and corrected by the few days that differ: `changes` pairs a day's
    ordinal with +1 (a weekend that is worked) or -1 (a weekday that is not), each day once.
    """

    __slots__ = ("_days", "_numbers", "_shifts")

    def __init__(self, changes: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(changes)
        self._days = [day for day, _ in ordered]
        self._shifts = list(accumulate((change for _, change in ordered), initial=0))
        self._numbers = [self.of(day) for day in self._days]

    def of(self, day: int) -> int:
        """How many working days there are up to and including `day`."""
        weeks, rest = divmod(day, 7)
        return weeks * 5 + (rest if rest < 5 else 5) + self._shifts[bisect_right(self._days, day)]

    def day(self, number: int) -> int:
        """The working day of that number."""
        place = bisect_left(self._numbers, number)
        weeks, rest = divmod(number - self._shifts[place] - 1, 5)
        day = weeks * 7 + rest + 1
        return min(day, self._days[place]) if place < len(self._days) else day
