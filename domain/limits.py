"""A limit, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class Unit(StrEnum):
    WORKDAYS = "wd"
    MONTHS = "month"
    HOURS = "hour"


@dataclass(frozen=True)
class Limit:
    """So many working days, calendar months or hours of office time."""

    amount: int
    unit: Unit = Unit.WORKDAYS

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"a limit of {self.amount} {self.unit} lies in the past")


@dataclass(frozen=True)
class Due:
    """When a limit ends: `at` (UTC), on the office's `day`, by the calendar of that version.

    Provisional: the notice for some of its days is not out yet, or it is paused and will move on.
    """

    at: datetime
    day: date
    provisional: bool
    calendar_version: int


def later_of(old: Due, new: Due) -> Due:
    """What is valid after a recomputation: a date once told never moves nearer.

    Where the old date stays, it keeps the version of the calendar that explains it, and is provisional only
    if the new one is.
    """
    return new if new.at >= old.at else replace(old, provisional=new.provisional)
