"""Return visits with their ratings, and the phone calls the office owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.tables import calls, visits
from storage.transaction import Tx

_ADD = insert(visits)
_OF_CASE = select(visits).where(visits.c.case_id == bindparam("case_")).order_by(visits.c.id)
_OWE = upsert(calls).on_conflict_do_nothing()
_OWED = select(calls).where(calls.c.done_at.is_(None)).order_by(calls.c.id).limit(200)
_NUMBER = select(calls.c.id).where(
    calls.c.case_id == bindparam("case_"), calls.c.reason == "number", calls.c.done_at.is_(None)
)
_DONE = (
    update(calls)
    .where(calls.c.case_id == bindparam("case_"), calls.c.done_at.is_(None))
    .values(done_at=bindparam("now_"), done_by=bindparam("by_"))
)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the owner said of an answer. level 5 is best; None where it was not rated."""

    case: int
    round: int
    solved: bool | None
    level: int | None
    words: str
    by: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A phone call the office owes an owner. reason: "visit" (question undelivered) or "number" (filed on behalf)."""

    case: int
    reason: str
    round: int
    created_at: datetime


def add(tx: Tx, visit: Visit) -> None:
    """Keep a rating."""
    row = {
        "case_id": visit.case,
        "round": visit.round,
        "solved": visit.solved,
        "level": visit.level,
        "words": visit.words,
        "by_id": visit.by,
        "at": visit.at,
    }
    tx.execute(_ADD, row)


def of_case(tx: Tx, case: int) -> list[Visit]:
    """The ratings of a case, oldest first."""
    return [
        Visit(row.case_id, row.round, row.solved, row.level, row.words, row.by_id, row.at)
        for row in tx.all(_OF_CASE, {"case_": case})
    ]


def owe_call(tx: Tx, case: int, reason: str, round_: int, now: datetime) -> None:
    """Somebody must phone the owner; once per case, reason and round."""
    tx.execute(_OWE, {"case_id": case, "reason": reason, "round": round_, "created_at": now})


def owed_calls(tx: Tx) -> list[Call]:
    """Calls not made yet, oldest first."""
    return [Call(row.case_id, row.reason, row.round, row.created_at) for row in tx.all(_OWED)]


def owes_number(tx: Tx, case: int) -> bool:
    """Whether the owner of a case is still to be phoned with its number."""
    return tx.first(_NUMBER, {"case_": case}) is not None


def call_done(tx: Tx, case: int, by: int | None, now: datetime) -> None:
    """The owner was reached, or need not be called any more."""
    tx.execute(_DONE, {"case_": case, "by_": by, "now_": now})
