"""Erasures that were asked for, and the report of each: who, when, how much; nothing of what was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from storage.tables import erasures
from storage.transaction import Tx

_ADD = insert(erasures).returning(erasures.c.id)
_WANTED = select(erasures).where(erasures.c.done_at.is_(None)).order_by(erasures.c.id).limit(50)
_WANTED = _WANTED.with_for_update(skip_locked=True)
_OF_PERSON = select(erasures).where(erasures.c.person_id == bindparam("person_")).order_by(erasures.c.id)
_DONE = (
    update(erasures)
    .where(erasures.c.id == bindparam("id_"))
    .values(done_at=bindparam("now_"), report=bindparam("report_"))
)
_DONE_SINCE = select(func.count()).where(erasures.c.done_at > bindparam("since"))
_TAKE_BACK = delete(erasures).where(erasures.c.person_id == bindparam("person_"), erasures.c.done_at.is_(None))


@dataclass(frozen=True, slots=True)
class Wish:
    """One erasure. by: who asked for it, the person or an administrator; report: counts by sort, {} until done."""

    id: int
    person: int
    by: int | None
    report: dict[str, Any]
    at: datetime
    done_at: datetime | None


def _wish(row: Row[Any]) -> Wish:
    return Wish(row.id, row.person_id, row.by_id, msgspec.json.decode(row.report), row.at, row.done_at)


def add(tx: Tx, person: int, by: int | None, now: datetime) -> int:
    """An erasure is asked for; returns its id."""
    return int(tx.scalar(_ADD, {"person_id": person, "by_id": by, "report": "{}", "at": now}))


def wanted(tx: Tx) -> list[Wish]:
    """What is still to be done and in no other process' hands, oldest first."""
    return [_wish(row) for row in tx.all(_WANTED)]


def of_person(tx: Tx, person: int) -> list[Wish]:
    """Every erasure of this person, oldest first."""
    return [_wish(row) for row in tx.all(_OF_PERSON, {"person_": person})]


def done(tx: Tx, wish: int, report: dict[str, Any], now: datetime) -> None:
    """It is done, with what it came to."""
    tx.execute(_DONE, {"id_": wish, "now_": now, "report_": msgspec.json.encode(report).decode()})


def take_back(tx: Tx, person: int) -> bool:
    """Whether an erasure not done yet was taken back."""
    return bool(tx.execute(_TAKE_BACK, {"person_": person}).rowcount)


def done_since(tx: Tx, since: datetime) -> int:
    """How many were done since then."""
    return int(tx.scalar(_DONE_SINCE, {"since": since}))
