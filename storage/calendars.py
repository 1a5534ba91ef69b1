"""The calendar as kept: seeded from the State Council's notices, then the office's own, in dated versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select

from domain.workdays import DayKind, SpecialDay
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed
from storage.tables import calendar_days, calendars
from storage.transaction import Tx

SEED_FROM, SEED_THROUGH = KNOWN_FROM, KNOWN_THROUGH

_LATEST = select(calendars).order_by(calendars.c.version.desc()).limit(1)
_ADD_DAY, _ADD = insert(calendar_days), insert(calendars)
_NUMBER = select(func.coalesce(func.max(calendars.c.version), 0))
_DAYS = select(calendar_days).order_by(calendar_days.c.day)


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of the calendar."""

    days: tuple[SpecialDay, ...]
    known_from: date
    known_through: date
    version: int


def plant(tx: Tx, now: datetime) -> bool:
    """Fill an empty calendar from the seed; False if there is one already."""
    if tx.first(_LATEST) is not None:
        return False
    tx.execute(_ADD_DAY, [{"day": s.day, "kind": str(s.kind), "name": s.name} for s in seed()])
    row = {"version": 1, "known_from": KNOWN_FROM, "known_through": KNOWN_THROUGH, "made_at": now, "why": "seed"}
    tx.execute(_ADD, row)
    return True


def renew(tx: Tx, why: str, now: datetime) -> int:
    """The office's own hours or closed days changed: what is counted from now on has a new version. Returns it."""
    latest = tx.first(_LATEST)
    assert latest is not None, "the calendar is planted at start-up"
    known = {"known_from": latest.known_from, "known_through": latest.known_through}
    tx.execute(_ADD, {"version": latest.version + 1, **known, "made_at": now, "why": why})
    return int(latest.version) + 1


def newest(tx: Tx) -> int:
    """The number of the latest version; 0 before the first start."""
    return int(tx.scalar(_NUMBER))


def current(tx: Tx) -> Kept:
    """The latest version."""
    latest = tx.first(_LATEST)
    assert latest is not None, "the calendar is planted at start-up"
    days = tuple(SpecialDay(row.day, DayKind(row.kind), row.name) for row in tx.all(_DAYS))
    return Kept(days, latest.known_from, latest.known_through, latest.version)


def known_through(tx: Tx) -> date:
    """The last day whose holidays are known: the seed's before the first start."""
    latest = tx.first(_LATEST)
    return latest.known_through if latest is not None else KNOWN_THROUGH
