"""Deadlines, and the indexed question of which have reached a rung."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, insert, or_, select, update

from domain import ladder
from domain.deadlines import Deadline, DeadlineState, Term, void
from domain.workdays import Due, Limit, Pause, Unit
from storage.tables import deadlines
from storage.transaction import Tx

#: Terms by which a case is overdue: somebody of the office or of a unit should have acted.
PRESSING = ("accept", "dispatch", "handle", "contact", "assist")

_LIVE = or_(deadlines.c.state == "running", deadlines.c.state == "paused")
_OF_CASE = select(deadlines).where(deadlines.c.case_id == bindparam("case_"), _LIVE).order_by(deadlines.c.id)
_OF_CASES = (
    select(deadlines).where(deadlines.c.case_id.in_(bindparam("ids", expanding=True)), _LIVE).order_by(deadlines.c.id)
)
_DUE = (
    select(deadlines)
    .where(deadlines.c.climb_at.is_not(None), deadlines.c.climb_at <= bindparam("now"))
    .order_by(deadlines.c.climb_at, deadlines.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
#: How many deadlines are walked at a time when the rules change.
WALKED = 500
_WALK = (
    select(deadlines)
    .where(deadlines.c.id > bindparam("after"), deadlines.c.id <= bindparam("last"), _LIVE)
    .order_by(deadlines.c.id)
    .limit(WALKED)
)
_LAST = select(func.coalesce(func.max(deadlines.c.id), 0))
_EXTENDED = select(deadlines.c.case_id, deadlines.c.unit_id, deadlines.c.term, deadlines.c.round).where(
    deadlines.c.state == "extended"
)
_LOOK_AT = update(deadlines).where(deadlines.c.id == bindparam("id_")).values(climb_at=bindparam("climb_at_"))
_NEXT = select(func.min(deadlines.c.climb_at)).where(deadlines.c.climb_at.is_not(None))
_OVERDUE = (
    select(deadlines.c.case_id, func.min(deadlines.c.due_at).label("since"))
    .where(
        deadlines.c.state == "running",
        deadlines.c.term.in_(PRESSING),
        deadlines.c.due_at < bindparam("now"),
    )
    .group_by(deadlines.c.case_id)
    .order_by(func.min(deadlines.c.due_at))
    .limit(bindparam("most"))
)
_ADD = insert(deadlines)
_KEEP = (
    update(deadlines)
    .where(deadlines.c.id == bindparam("id_"))
    .values(
        state=bindparam("state_"),
        unit_id=bindparam("unit_"),
        amount=bindparam("amount_"),
        measure=bindparam("measure_"),
        started_at=bindparam("started_at_"),
        due_at=bindparam("due_at_"),
        due_day=bindparam("due_day_"),
        provisional=bindparam("provisional_"),
        pauses=bindparam("pauses_"),
        ended_at=bindparam("ended_at_"),
        climb_at=bindparam("climb_at_"),
    )
)
_CLIMBED = (
    update(deadlines)
    .where(deadlines.c.id == bindparam("id_"))
    .values(climbed_at=bindparam("climbed_at_"), climb_at=bindparam("climb_at_"))
)


class _KeptPause(msgspec.Struct, array_like=True):
    after: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Climber:
    """A deadline with the moment up to which its rungs were fired."""

    deadline: Deadline
    climbed_at: datetime | None


def _pauses(text: str) -> tuple[Pause, ...]:
    if text == "[]":
        return ()
    return tuple(Pause(p.after, p.until) for p in msgspec.json.decode(text, type=list[_KeptPause]))


def _kept(pauses: Iterable[Pause]) -> str:
    return msgspec.json.encode([_KeptPause(p.after, p.until) for p in pauses]).decode()


def _deadline(row: Row[Any]) -> Deadline:
    return Deadline(
        id=row.id,
        case=row.case_id,
        term=Term(row.term),
        started_at=row.started_at,
        limit=Limit(row.amount, Unit(row.measure)),
        due=Due(row.due_at, row.due_day, bool(row.provisional), row.calendar_version),
        state=DeadlineState(row.state),
        unit=row.unit_id,
        round=row.round,
        pauses=_pauses(row.pauses),
        ended_at=row.ended_at,
    )


def of_case(tx: Tx, case: int) -> list[Deadline]:
    """What runs or is paused on a case."""
    return [_deadline(row) for row in tx.all(_OF_CASE, {"case_": case})]


def of_cases(tx: Tx, ids: Iterable[int]) -> dict[int, list[Deadline]]:
    """What runs or is paused on each of these cases."""
    found: dict[int, list[Deadline]] = {case: [] for case in ids}
    if found:
        for row in tx.all(_OF_CASES, {"ids": list(found)}):
            found[row.case_id].append(_deadline(row))
    return found


def add(tx: Tx, fresh: list[Deadline], now: datetime) -> None:
    """Store new deadlines, each with the moment of its first rung after `now`."""
    if fresh:
        tx.execute(_ADD, [_row(tx, deadline, now) for deadline in fresh])


def _row(tx: Tx, deadline: Deadline, now: datetime) -> dict[str, Any]:
    return {
        "case_id": deadline.case,
        "unit_id": deadline.unit,
        "term": str(deadline.term),
        "state": str(deadline.state),
        "round": deadline.round,
        "amount": deadline.limit.amount,
        "measure": str(deadline.limit.unit),
        "started_at": deadline.started_at,
        "due_at": deadline.due.at,
        "due_day": deadline.due.day,
        "provisional": deadline.due.provisional,
        "calendar_version": deadline.due.calendar_version,
        "pauses": _kept(deadline.pauses),
        "climb_at": ladder.next_after(deadline, now, tx.office),
    }


def keep(tx: Tx, deadline: Deadline, now: datetime) -> None:
    """Write a changed deadline; its next rung is the first later than `now`, for a resumed one as for a new one."""
    tx.execute(
        _KEEP,
        {
            "id_": deadline.id,
            "state_": str(deadline.state),
            "unit_": deadline.unit,
            "amount_": deadline.limit.amount,
            "measure_": str(deadline.limit.unit),
            "started_at_": deadline.started_at,
            "due_at_": deadline.due.at,
            "due_day_": deadline.due.day,
            "provisional_": deadline.due.provisional,
            "pauses_": _kept(deadline.pauses),
            "ended_at_": deadline.ended_at,
            "climb_at_": ladder.next_after(deadline, now, tx.office),
        },
    )


def due(tx: Tx, now: datetime, most: int) -> list[Climber]:
    """Up to `most` deadlines that have reached a rung, earliest first, claimed for this transaction."""
    return [Climber(_deadline(row), row.climbed_at) for row in tx.all(_DUE, {"now": now, "most": most})]


def climbed(tx: Tx, fired: list[tuple[Deadline, datetime]]) -> None:
    """Rungs up to the given moments were fired; the next one of each deadline is found anew."""
    if fired:
        tx.execute(
            _CLIMBED,
            [
                {
                    "id_": deadline.id,
                    "climbed_at_": moment,
                    "climb_at_": ladder.next_after(deadline, moment, tx.office),
                }
                for deadline, moment in fired
            ],
        )


def walk(tx: Tx) -> Iterator[list[Climber]]:
    """Everything that runs or is paused when this begins, some at a time, oldest first."""
    after, last = 0, tx.scalar(_LAST)
    while found := tx.all(_WALK, {"after": after, "last": last}):
        yield [Climber(_deadline(row), row.climbed_at) for row in found]
        after = found[-1].id


def extended(tx: Tx) -> set[tuple[int, int | None, Term, int]]:
    """Case, unit, term and round of every deadline that was extended: its limit is no longer the rules'."""
    return {(row.case_id, row.unit_id, Term(row.term), row.round) for row in tx.all(_EXTENDED)}


def supersede(tx: Tx, old: Climber, new: Deadline, now: datetime) -> None:
    """Another deadline takes the place of one that runs; what was said of the old one is not said again."""
    keep(tx, void(old.deadline, now), now)
    climb_at = ladder.next_after(new, old.climbed_at, tx.office)
    tx.execute(_ADD, {**_row(tx, new, now), "climbed_at": old.climbed_at, "climb_at": climb_at})


def look_again(tx: Tx, many: Iterable[Climber]) -> None:
    """The ladder has changed: find anew when each of these is looked at next."""
    rows = [
        {"id_": one.deadline.id, "climb_at_": ladder.next_after(one.deadline, one.climbed_at, tx.office)}
        for one in many
    ]
    if rows:
        tx.execute(_LOOK_AT, rows)


def overdue_cases(tx: Tx, now: datetime, most: int = 200) -> list[int]:
    """Cases with a running deadline that has passed, the longest overdue first."""
    return [row.case_id for row in tx.all(_OVERDUE, {"now": now, "most": most})]


def next_moment(tx: Tx) -> datetime | None:
    """When the next rung of any deadline is reached."""
    found = tx.scalar(_NEXT)
    return found if found is None or isinstance(found, datetime) else None
