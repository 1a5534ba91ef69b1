"""Cases and the units' parts in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.case import OPEN, Approval, Assignment, AssignmentState, Case, Kind, Naming, Status, Weight
from storage import approvals
from storage.tables import assignments, cases, counters
from storage.transaction import Tx

_counting = upsert(counters)
_NEXT = _counting.on_conflict_do_update(
    index_elements=["name"], set_={"value": counters.c.value + _counting.excluded.value}
).returning(counters.c.value)
_INSERT = insert(cases).returning(cases.c.id)
_LOCK = select(cases).where(cases.c.id == bindparam("id_")).with_for_update()
_GET = select(cases).where(cases.c.id == bindparam("id_"))
_MANY = select(cases).where(cases.c.id.in_(bindparam("ids", expanding=True))).order_by(cases.c.id)
_NUMBER = select(cases).where(cases.c.number == bindparam("number_"))
_BY_RECEIPT = select(cases).where(cases.c.receipt == bindparam("receipt_"))
_TOLD = select(cases.c.id).where(cases.c.owner_id == bindparam("owner_"), cases.c.told_ref == bindparam("ref_"))
_UPDATE = (
    update(cases)
    .where(cases.c.id == bindparam("id_"))
    .values(
        status=bindparam("status_"),
        weight=bindparam("weight_"),
        round=bindparam("round_"),
        resume=bindparam("resume_"),
        asker_id=bindparam("asker_"),
        status_at=bindparam("status_at_"),
        urged_at=bindparam("urged_at_"),
        answered_at=bindparam("answered_at_"),
        accept_paused=bindparam("accept_paused_"),
        paused_days=bindparam("paused_days_"),
        kind=bindparam("kind_"),
        objected=bindparam("objected_"),
        joint=bindparam("joint_"),
        recused=bindparam("recused_"),
        proposals=bindparam("proposals_"),
        merged_into=bindparam("merged_into_"),
    )
)
_PARTS = select(assignments).where(assignments.c.case_id == bindparam("case_")).order_by(assignments.c.id)
_PARTS_OF_MANY = (
    select(assignments).where(assignments.c.case_id.in_(bindparam("ids", expanding=True))).order_by(assignments.c.id)
)
_ADD_PART = insert(assignments)
_SET_PART = (
    update(assignments)
    .where(assignments.c.id == bindparam("id_"))
    .values(state=bindparam("state_"), handler_id=bindparam("handler_"))
)
_OPEN = [str(status) for status in OPEN]
_OF_OWNER = (
    select(cases).where(cases.c.owner_id == bindparam("owner_")).order_by(cases.c.id.desc()).limit(bindparam("most"))
)
_TOLD_BY = (
    select(cases.c.id, cases.c.facts)
    .where(cases.c.owner_id == bindparam("owner_"))
    .order_by(cases.c.id.desc())
    .limit(bindparam("most"))
)
_IN_STATUS = (
    select(cases)
    .where(cases.c.status.in_(bindparam("statuses", expanding=True)))
    .order_by(cases.c.id)
    .limit(bindparam("most"))
)
_OF_UNITS = (
    select(cases)
    .join(assignments, assignments.c.case_id == cases.c.id)
    .where(
        assignments.c.unit_id.in_(bindparam("units", expanding=True)),
        assignments.c.state.in_(["assigned", "signed"]),
        cases.c.status.in_(_OPEN),
    )
    .order_by(cases.c.id)
    .limit(bindparam("most"))
    .distinct()
)
_OF_PROJECTS = (
    select(cases)
    .where(cases.c.project_id.in_(bindparam("projects", expanding=True)), cases.c.status.in_(_OPEN))
    .order_by(cases.c.id)
    .limit(bindparam("most"))
)
_JOINED = select(cases.c.id).where(cases.c.merged_into == bindparam("lead_")).order_by(cases.c.id)
_OCCASION = select(cases).where(cases.c.occasion == bindparam("occasion_")).order_by(cases.c.id)


@dataclass(frozen=True, slots=True)
class Filing:
    """What is kept of a filing beside the case itself.

    told_ref: the message the facts came in; receipt: the code of the receipt, with the office's signature (64 bytes).
    """

    occasion: str = ""
    told_ref: str = ""
    receipt: str = ""
    signature: bytes = b""


def next_number(tx: Tx, day: date) -> str:
    """The next case number of a day, such as 20261121-0007."""
    stem = day.strftime("%Y%m%d")
    return f"{stem}-{next_of(tx, f'case:{stem}'):04d}"


def next_of(tx: Tx, counter: str) -> int:
    """The next number of a counter, from 1."""
    return int(tx.execute(_NEXT, {"name": counter, "value": 1}).scalar_one())


def add(tx: Tx, case: Case, filing: Filing) -> int:
    """Store a new case; returns its id."""
    row = {
        "number": case.number,
        "kind": str(case.kind),
        "status": str(case.status),
        "naming": str(case.naming),
        "owner_id": case.owner,
        "filed_by": case.filed_by,
        "facts": case.facts,
        "contact": case.contact,
        "enterprise": case.enterprise,
        "place": case.place,
        "named_unit_id": case.named_unit,
        "project_id": case.project,
        "occasion": filing.occasion,
        "told_ref": filing.told_ref,
        "receipt": filing.receipt,
        "signature": filing.signature,
        "filed_at": case.filed_at,
        "status_at": case.filed_at,
        "recused": _kept_recused(case),
    }
    return int(tx.execute(_INSERT, row).scalar_one())


def lock(tx: Tx, case: int) -> Case | None:
    """A case with its parts and approvals, its row locked for the transaction."""
    row = tx.first(_LOCK, {"id_": case})
    return _whole(tx, row) if row else None


def get(tx: Tx, case: int) -> Case | None:
    """A case with its parts and approvals."""
    row = tx.first(_GET, {"id_": case})
    return _whole(tx, row) if row else None


def _whole(tx: Tx, row: Row[Any]) -> Case:
    proposed = approvals.of_case(tx, row.id) if row.proposals else ()
    return _case(row, tx.all(_PARTS, {"case_": row.id}), proposed)


def many(tx: Tx, ids: Iterable[int]) -> dict[int, Case]:
    """Cases with their parts by id."""
    wanted = sorted(set(ids))
    return {case.id: case for case in _with_parts(tx, tx.all(_MANY, {"ids": wanted}))} if wanted else {}


def by_number(tx: Tx, number: str) -> Case | None:
    """The case with exactly this number."""
    row = tx.first(_NUMBER, {"number_": number})
    return _whole(tx, row) if row else None


def by_receipt(tx: Tx, code: str) -> tuple[Case, bytes] | None:
    """The case whose receipt has this code, and the office's signature on it."""
    row = tx.first(_BY_RECEIPT, {"receipt_": code}) if code else None
    return (_case(row, []), bytes(row.signature)) if row else None


def told_in(tx: Tx, owner: int, ref: str) -> int | None:
    """The case of this owner whose facts came in the message `ref`."""
    return tx.scalar(_TOLD, {"owner_": owner, "ref_": ref}) if ref else None


def keep(tx: Tx, before: Case, after: Case) -> None:
    """Write what a move changed of a case and its parts."""
    tx.execute(
        _UPDATE,
        {
            "id_": after.id,
            "status_": str(after.status),
            "weight_": str(after.weight) if after.weight else None,
            "round_": after.round,
            "resume_": str(after.resume) if after.resume else None,
            "asker_": after.asker,
            "status_at_": after.status_at,
            "urged_at_": after.urged_at,
            "answered_at_": after.answered_at,
            "accept_paused_": after.accept_paused,
            "paused_days_": after.paused_days,
            "kind_": str(after.kind),
            "objected_": after.objected,
            "joint_": after.joint,
            "recused_": _kept_recused(after),
            "proposals_": len(after.approvals),
            "merged_into_": after.merged_into,
        },
    )
    approvals.keep(tx, after.id, before.approvals, after.approvals)
    known = {part.id: part for part in before.assignments}
    for part in after.assignments:
        if part.id == 0:
            tx.execute(_ADD_PART, _new_part(after.id, part))
        elif known[part.id] != part:
            tx.execute(_SET_PART, {"id_": part.id, "state_": str(part.state), "handler_": part.handler})


def _new_part(case: int, part: Assignment) -> dict[str, Any]:
    return {
        "case_id": case,
        "unit_id": part.unit,
        "lead": part.lead,
        "since": part.since,
        "state": str(part.state),
        "handler_id": part.handler,
        "round": part.round,
    }


def joined_to(tx: Tx, lead: int) -> list[int]:
    """The cases a case leads, the oldest first."""
    return [row.id for row in tx.all(_JOINED, {"lead_": lead})]


def of_owner(tx: Tx, owner: int, most: int = 20) -> list[Case]:
    """An owner's cases, newest first."""
    return _with_parts(tx, tx.all(_OF_OWNER, {"owner_": owner, "most": most}))


def told_by(tx: Tx, owner: int, most: int) -> list[tuple[int, str]]:
    """(id, facts) of an owner's newest cases, for comparing what is told in them."""
    return [(row.id, row.facts) for row in tx.all(_TOLD_BY, {"owner_": owner, "most": most})]


def in_status(tx: Tx, statuses: Iterable[Status], most: int = 200) -> list[Case]:
    """Cases in any of these statuses, oldest first."""
    return _with_parts(tx, tx.all(_IN_STATUS, {"statuses": [str(s) for s in statuses], "most": most}))


def of_units(tx: Tx, units: Iterable[int], most: int = 200) -> list[Case]:
    """Open cases in which one of these units still has something to do."""
    wanted = sorted(set(units))
    return _with_parts(tx, tx.all(_OF_UNITS, {"units": wanted, "most": most})) if wanted else []


def of_projects(tx: Tx, projects: Iterable[int], most: int = 200) -> list[Case]:
    """Open cases that name one of these key projects."""
    wanted = sorted(set(projects))
    return _with_parts(tx, tx.all(_OF_PROJECTS, {"projects": wanted, "most": most})) if wanted else []


def of_occasion(tx: Tx, occasion: str) -> list[Case]:
    """The cases taken at one occasion, such as a tea meeting, in their order."""
    return _with_parts(tx, tx.all(_OCCASION, {"occasion_": occasion}))


def _with_parts(tx: Tx, found: list[Row[Any]]) -> list[Case]:
    if not found:
        return []
    parts: dict[int, list[Row[Any]]] = {row.id: [] for row in found}
    for part in tx.all(_PARTS_OF_MANY, {"ids": list(parts)}):
        parts[part.case_id].append(part)
    proposed = approvals.of_cases(tx, [row.id for row in found if row.proposals])
    return [_case(row, parts[row.id], proposed.get(row.id, ())) for row in found]


def _case(row: Row[Any], parts: list[Row[Any]], proposed: tuple[Approval, ...] = ()) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        kind=Kind(row.kind),
        status=Status(row.status),
        naming=Naming(row.naming),
        owner=row.owner_id,
        filed_by=row.filed_by,
        facts=row.facts,
        filed_at=row.filed_at,
        contact=row.contact,
        enterprise=row.enterprise,
        place=row.place,
        named_unit=row.named_unit_id,
        project=row.project_id,
        weight=Weight(row.weight) if row.weight else None,
        round=row.round,
        resume=Status(row.resume) if row.resume else None,
        asker=row.asker_id,
        status_at=row.status_at,
        urged_at=row.urged_at,
        answered_at=row.answered_at,
        accept_paused=bool(row.accept_paused),
        paused_days=row.paused_days,
        receipt=row.receipt,
        objected=bool(row.objected),
        joint=bool(row.joint),
        recused=_recused(row.recused),
        merged_into=row.merged_into,
        erased=row.erased_at is not None,
        assignments=tuple(_part(part) for part in parts),
        approvals=proposed,
    )


def _kept_recused(case: Case) -> str:
    return msgspec.json.encode(case.recused).decode() if case.recused else "[]"


def _recused(text: str) -> tuple[int, ...]:
    return () if text == "[]" else tuple(msgspec.json.decode(text, type=list[int]))


def _part(row: Row[Any]) -> Assignment:
    state = AssignmentState(row.state)
    return Assignment(row.id, row.unit_id, bool(row.lead), row.since, state, row.handler_id, row.round)
