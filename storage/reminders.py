"""Rungs that were reached, once per (deadline, rung, recipient), and what an official is still to be told of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.tables import deadlines, reminders
from storage.transaction import Tx

_ADD = insert(reminders).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_UNTOLD = (
    select(reminders)
    .join(deadlines, deadlines.c.id == reminders.c.deadline_id)
    .where(
        reminders.c.person_id == bindparam("person_"),
        reminders.c.told_at.is_(None),
        deadlines.c.state == "running",
    )
    .order_by(reminders.c.at, reminders.c.deadline_id)
)
_TOLD = (
    update(reminders)
    .where(
        reminders.c.deadline_id == bindparam("deadline_"),
        reminders.c.rung == bindparam("rung_"),
        reminders.c.person_id == bindparam("person_"),
        reminders.c.told_at.is_(None),
    )
    .values(told_at=bindparam("now_"))
)
#: What was settled meanwhile is not looked through every time.
_SETTLED = (
    update(reminders)
    .where(
        reminders.c.person_id == bindparam("person_"),
        reminders.c.told_at.is_(None),
        exists().where(deadlines.c.id == reminders.c.deadline_id, deadlines.c.state != "running"),
    )
    .values(told_at=bindparam("now_"))
)
_OF_CASE = select(reminders).where(reminders.c.case_id == bindparam("case_")).order_by(reminders.c.at)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One rung of one deadline for one person."""

    deadline: int
    rung: str
    person: int
    case: int
    colour: str
    at: datetime


def add(tx: Tx, fresh: list[Reminder], told_at: datetime | None = None) -> list[Reminder]:
    """Record rungs; returns those that were not recorded before. told_at: they are told by the caller at once."""
    new = []
    for one in fresh:
        row = {
            "deadline_id": one.deadline,
            "rung": one.rung,
            "person_id": one.person,
            "case_id": one.case,
            "colour": one.colour,
            "at": one.at,
            "told_at": told_at,
        }
        if tx.execute(_ADD, row).rowcount == 1:
            new.append(one)
    return new


def untold(tx: Tx, person: int) -> list[Reminder]:
    """What a person is still to be told of, in order; what has been settled meanwhile is not worth saying."""
    return [_reminder(row) for row in tx.all(_UNTOLD, {"person_": person})]


def told(tx: Tx, person: int, those: Iterable[Reminder], now: datetime) -> int:
    """The person is told of these now, and of none that was recorded since they were read; returns of how many that is
    new. What has been settled is told no more either."""
    names = [{"deadline_": one.deadline, "rung_": one.rung, "person_": person, "now_": now} for one in those]
    new = sum(tx.execute(_TOLD, name).rowcount for name in names)
    tx.execute(_SETTLED, {"person_": person, "now_": now})
    return new


def of_case(tx: Tx, case: int) -> list[Reminder]:
    """Every rung reached in a case."""
    return [_reminder(row) for row in tx.all(_OF_CASE, {"case_": case})]


def _reminder(row: object) -> Reminder:
    return Reminder(*(getattr(row, name) for name in ("deadline_id", "rung", "person_id", "case_id", "colour", "at")))
