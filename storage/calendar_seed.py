"""What an office's calendar starts from: the State Council's notices, as chinese_calendar holds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from chinese_calendar.constants import Holiday, holidays, workdays

from domain.workdays import DayKind, SpecialDay

# The package drops the last character that the notices themselves write.
_FULL_NAMES: Final = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


def seed() -> tuple[SpecialDay, ...]:
    """Every declared holiday, at weekends too, and every make-up working day, in order of date."""
    declared = [*_special_days(holidays, DayKind.HOLIDAY), *_special_days(workdays, DayKind.MAKEUP)]
    return tuple(sorted(declared, key=lambda special: special.day))


def _special_days(names: dict[date, str], kind: DayKind) -> Iterator[SpecialDay]:
    for day, english in names.items():
        chinese: str = Holiday(english).chinese
        yield SpecialDay(day, kind, _FULL_NAMES.get(chinese, chinese))


def _known_through() -> date:
    """The last day that no later notice can change.

    A year's notice reaches back into the December before it: 29 December 2018 became a make-up day by the
    notice for 2019. So the last December is known only up to the earliest day that a New Year's arrangement
    ever took.
    """
    last_year = max(holidays).year
    arranged = [day for day in (*holidays, *workdays) if day.month == 12]
    earliest = min((day.replace(year=last_year) for day in arranged), default=date(last_year + 1, 1, 1))
    return earliest - timedelta(days=1)


KNOWN_FROM: Final = date(min(holidays).year, 1, 1)
KNOWN_THROUGH: Final = _known_through()
