"""Calendars to test with: the real one, and random ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from domain.workdays import Calendar, DayKind, Limit, Pause, SpecialDay, Unit
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed

FIRST, LAST = date(2021, 1, 1), date(2022, 12, 31)


def calendar_of(specials: Iterable[SpecialDay] = (), **fields: Any) -> Calendar:
    known = {"known_from": date(2000, 1, 1), "known_through": date(2040, 12, 31), "version": 1}
    return Calendar(**{**known, "specials": {special.day: special for special in specials}, **fields})


@cache
def real() -> Calendar:
    return calendar_of(seed(), known_from=KNOWN_FROM, known_through=KNOWN_THROUGH)


def declared(calendar: Calendar, day: date, kind: DayKind) -> Calendar:
    """The same calendar with one more day declared."""
    return replace(calendar, specials={**calendar.specials, day: SpecialDay(day, kind, "某日")})


def moment(text: str) -> datetime:
    """The instant at which an office in China reads that wall clock."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


days = st.dates(FIRST, LAST)
counts = st.integers(0, 60)
special_days = st.builds(
    SpecialDay, days, st.sampled_from([DayKind.HOLIDAY, DayKind.MAKEUP, DayKind.CLOSURE]), st.just("某日")
)
calendars = st.one_of(
    st.builds(real),
    st.lists(special_days, max_size=80).map(calendar_of),
)
ended_pauses = st.builds(lambda day, length: Pause(day, day + timedelta(days=length)), days, st.integers(0, 40))
pauses = st.lists(ended_pauses, max_size=4).map(tuple)
moments = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    days,
    st.integers(0, 24 * 60 - 1),
)
limits = st.one_of(
    st.builds(Limit, st.integers(0, 60), st.just(Unit.WORKDAYS)),
    st.builds(Limit, st.integers(0, 6), st.just(Unit.MONTHS)),
    st.builds(Limit, st.integers(0, 80), st.just(Unit.HOURS)),
)
