"""What was proposed on a case, and how it was decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, select, update

from domain.case import Approval, ApprovalState, Matter
from storage.tables import approvals, cases
from storage.transaction import Tx

_OF_CASE = select(approvals).where(approvals.c.case_id == bindparam("case_")).order_by(approvals.c.id)
_OF_CASES = select(approvals).where(approvals.c.case_id.in_(bindparam("ids", expanding=True))).order_by(approvals.c.id)
_PENDING = (
    select(approvals.c.case_id)
    .where(approvals.c.state == "pending", approvals.c.matter.in_(bindparam("matters", expanding=True)))
    .order_by(approvals.c.id)
    .limit(200)
)
_PENDING_OF_UNITS = (
    select(approvals.c.case_id)
    .where(approvals.c.state == "pending", approvals.c.unit_id.in_(bindparam("units", expanding=True)))
    .where(approvals.c.matter == "check")
    .order_by(approvals.c.id)
    .limit(200)
)
_OBJECTED = (
    select(cases.c.id).where(cases.c.status == "filed", cases.c.objected.is_(True)).order_by(cases.c.id).limit(200)
)
_ADD = insert(approvals)
_DECIDE = (
    update(approvals)
    .where(approvals.c.id == bindparam("id_"))
    .values(state=bindparam("state_"), approver_id=bindparam("approver_"), decided_at=bindparam("decided_at_"))
)


def of_case(tx: Tx, case: int) -> tuple[Approval, ...]:
    """Everything proposed on a case, the oldest first."""
    return tuple(_approval(row) for row in tx.all(_OF_CASE, {"case_": case}))


def of_cases(tx: Tx, ids: list[int]) -> dict[int, tuple[Approval, ...]]:
    """Everything proposed on each of these cases."""
    found: dict[int, tuple[Approval, ...]] = {}
    for row in tx.all(_OF_CASES, {"ids": ids}) if ids else ():
        found[row.case_id] = (*found.get(row.case_id, ()), _approval(row))
    return found


def pending(tx: Tx, matters: Iterable[Matter]) -> list[int]:
    """Ids of cases on which something waits for a decision in one of these matters, the oldest proposal first."""
    wanted = [str(matter) for matter in matters]
    return list(dict.fromkeys(row.case_id for row in tx.all(_PENDING, {"matters": wanted})))


def pending_of_units(tx: Tx, units: Iterable[int]) -> list[int]:
    """Ids of cases on which an answer of one of these units waits for its head, the oldest first."""
    return list(dict.fromkeys(row.case_id for row in tx.all(_PENDING_OF_UNITS, {"units": sorted(set(units))})))


def objected(tx: Tx) -> list[int]:
    """Ids of refused cases to which the owner has objected, and about which nobody has decided yet."""
    return [row.id for row in tx.all(_OBJECTED)]


def keep(tx: Tx, case: int, before: tuple[Approval, ...], after: tuple[Approval, ...]) -> None:
    """Write what a move proposed or decided."""
    known = {one.id: one for one in before}
    for one in after:
        if one.id == 0:
            tx.execute(_ADD, _row(case, one))
        elif known[one.id] != one:
            decided = {"state_": str(one.state), "approver_": one.approver, "decided_at_": one.decided_at}
            tx.execute(_DECIDE, {"id_": one.id, **decided})


def _row(case: int, one: Approval) -> dict[str, Any]:
    return {
        "case_id": case,
        "matter": str(one.matter),
        "state": str(one.state),
        "unit_id": one.unit,
        "round": one.round,
        "proposer_id": one.proposer,
        "proposed_at": one.proposed_at,
        "approver_id": one.approver,
        "decided_at": one.decided_at,
        "facts": msgspec.json.encode(dict(one.facts)).decode(),
    }


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        id=row.id,
        matter=Matter(row.matter),
        proposer=row.proposer_id,
        proposed_at=row.proposed_at,
        state=ApprovalState(row.state),
        unit=row.unit_id,
        round=row.round,
        approver=row.approver_id,
        decided_at=row.decided_at,
        facts=msgspec.json.decode(row.facts),
    )
