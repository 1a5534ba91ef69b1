"""Who has read a case, in which role, how and when. Kept when the reader has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select

from domain.case import Actor, Role
from storage.tables import people, readings
from storage.transaction import Tx

_ADD = insert(readings)
_LATELY = select(readings.c.id).where(
    readings.c.person_id == bindparam("person_"),
    readings.c.at > bindparam("after"),
    readings.c.case_id == bindparam("case_"),
    readings.c.how == bindparam("how_"),
)
_NAMED = select(readings, people.c.name).join(people, people.c.id == readings.c.person_id)
_OF_CASE = (
    _NAMED.where(readings.c.case_id == bindparam("case_"))
    .order_by(readings.c.at.desc(), readings.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(readings).where(readings.c.case_id == bindparam("case_"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one case. how: what was opened, such as "card", "story" or "board"."""

    person: int
    name: str
    role: Role
    unit: int | None
    how: str
    at: datetime


def add(tx: Tx, case: int, actor: Actor, how: str, now: datetime) -> None:
    """Write a reading down."""
    row = {"case_id": case, "person_id": actor.person, "role": str(actor.role), "unit_id": actor.unit}
    tx.execute(_ADD, {**row, "how": how, "at": now})


def lately(tx: Tx, case: int, person: int, how: str, after: datetime) -> bool:
    """Whether the person's reading of the case was written down since."""
    return tx.first(_LATELY, {"case_": case, "person_": person, "how_": how, "after": after}) is not None


def of_case(tx: Tx, case: int, most: int = 500) -> list[Reading]:
    """The readings of a case, the latest first."""
    return [_reading(row) for row in tx.all(_OF_CASE, {"case_": case, "most": most})]


def count(tx: Tx, case: int) -> int:
    """How many readings of a case are written down."""
    return int(tx.scalar(_COUNT, {"case_": case}))


def _reading(row: Row[Any]) -> Reading:
    return Reading(row.person_id, row.name, Role(row.role), row.unit_id, row.how, row.at)
