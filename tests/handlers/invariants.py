"""What must be true of every case after every move, whoever made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Row, select

from domain.case import OPEN, UNDONE, UNIT_ROLES, ApprovalState, AssignmentState, Case, Matter, Role, Status
from domain.deadlines import DECISION_TERMS, LIVE_STATES, Deadline, DeadlineState, Term
from domain.messages import Message
from storage import cases, deadlines, people, tables, visits
from storage.transaction import Tx
from tests.people import words

LIVE_PARTS = {AssignmentState.ASSIGNED, AssignmentState.SIGNED, AssignmentState.ANSWERED}
#: Where a unit has the case.
WITH_UNIT = {Status.DISPATCHED, Status.HANDLING}
#: What runs while a case stands so: any of them.
CLOCKS: dict[Status, set[Term]] = {
    Status.FILED: {Term.SILENCE},
    Status.WAITING: {Term.SUPPLEMENT},
    Status.ACCEPTED: {Term.DISPATCH},
    Status.DISPATCHED: {Term.HANDLE},
    Status.HANDLING: {Term.HANDLE, Term.REVIEW},
    Status.ANSWERED: {Term.VISIT, Term.CLOSE},
}
#: Who must act while a case stands so, where it is nobody's part; the owner where it is the owner's turn.
NEXT_BY_STATUS: dict[Status, Role] = {
    Status.FILED: Role.DISPATCHER,
    Status.ACCEPTED: Role.DISPATCHER,
    Status.WAITING: Role.OWNER,
    Status.ANSWERED: Role.OWNER,
}

Dates = dict[int, Deadline]


@dataclass(frozen=True, slots=True)
class Picture:
    """A case with its clocks, as they stood."""

    case: Case
    clocks: Dates


def picture(tx: Tx, ids: Iterable[int]) -> dict[int, Picture]:
    """These cases with every deadline they ever had."""
    found = cases.many(tx, ids)
    return {number: Picture(case, {one.id: one for one in every(tx, number)}) for number, case in found.items()}


def every(tx: Tx, case: int) -> list[Deadline]:
    """Every deadline of a case, over or not."""
    table = tables.deadlines
    return [deadlines._deadline(row) for row in tx.all(select(table).where(table.c.case_id == case))]


def sound(tx: Tx, one: Picture, now: datetime) -> None:
    """What is true of a case by itself."""
    case = one.case
    live = {clock.id: clock for clock in one.clocks.values() if clock.state in LIVE_STATES}
    _owner(tx, case)
    _one_lead(case)
    _decisions(case, live)
    _group(tx, case)
    _clocks(tx, case, live)
    if case.status in OPEN:
        assert next_to_act(tx, case, now), f"nobody must act on {case}"


def _owner(tx: Tx, case: Case) -> None:
    assert case.owner is not None
    assert people.get(tx, case.owner) is not None


def _one_lead(case: Case) -> None:
    leads = [part for part in case.assignments if part.lead and part.state in LIVE_PARTS]
    stands = case.resume if case.status is Status.WAITING else case.status
    under_review = case.pending(Matter.REVIEW) is not None
    wanted = 1 if stands in WITH_UNIT and not under_review else None
    assert len(leads) == wanted if wanted else len(leads) <= 1, (case.status, leads)
    units = [part.unit for part in case.open_parts]
    assert len(units) == len(set(units)), f"a unit with two parts: {units}"


def _decisions(case: Case, live: Dates) -> None:
    """What waits for a decision has a clock, and a clock of a decision has something to decide."""
    waiting = sorted((str(a.matter), a.unit or 0) for a in case.approvals if a.state is ApprovalState.PENDING)
    clocks = sorted((str(one.term), one.unit or 0) for one in live.values() if one.term in DECISION_TERMS)
    assert waiting == clocks


def _group(tx: Tx, case: Case) -> None:
    assert (case.status is Status.MERGED) == (case.merged_into is not None), case
    if case.merged_into is None:
        return
    lead = cases.get(tx, case.merged_into)
    assert lead is not None
    assert lead.merged_into is None, "a chain of groups"
    assert lead.status in OPEN, f"led by a case that is over: {lead.status}"


def _clocks(tx: Tx, case: Case, live: Dates) -> None:
    terms = {one.term for one in live.values()}
    if case.status in OPEN:
        assert terms & CLOCKS[case.status], f"{case.status} without a clock: {terms}"
    elif case.status is Status.MERGED:
        assert terms <= {Term.HANDLE}, f"a joined case keeps its own limit alone: {terms}"
    else:
        assert terms == set(), f"{case.status} and still running: {terms}"
    keys = [(one.term, one.unit, one.round) for one in live.values()]
    assert len(keys) == len(set(keys)), f"the same limit twice: {keys}"
    parts = {part.unit for part in case.assignments if part.state in UNDONE}
    measured = {one.unit for one in live.values() if one.term in (Term.HANDLE, Term.ASSIST) and one.unit is not None}
    if case.status in WITH_UNIT:
        assert measured <= parts, f"a limit against a unit without a part: {measured} {parts}"
        assert parts <= measured, f"a part without a limit: {parts} {measured}"


def next_to_act(tx: Tx, case: Case, now: datetime) -> list[int]:
    """Who must act next, by the rules: whoever decides, whoever has an open part; the desk where a unit has nobody."""
    if case.pending(Matter.REVIEW) is not None:
        return _holders(tx, case, Role.APPROVER, None, now)
    if case.status is Status.FILED and case.objected:
        return _holders(tx, case, Role.APPROVER, None, now)
    role = NEXT_BY_STATUS.get(case.status)
    if role is Role.OWNER:
        return [case.owner] if case.owner else []
    if role is not None:
        return _holders(tx, case, role, None, now)
    units = [part.unit for part in case.open_parts]
    staff = [one for unit in units for role in UNIT_ROLES for one in _holders(tx, case, role, unit, now)]
    return staff or (_holders(tx, case, Role.DISPATCHER, None, now) if units else [])


def _holders(tx: Tx, case: Case, role: Role, unit: int | None, now: datetime) -> list[int]:
    found = people.holders(tx, role, now, unit)
    return [one.person for one in found if one.person not in case.recused]


# --- from one moment to the next --------------------------------------------------------------------------------


def no_nearer(before: Picture, after: Picture) -> None:
    """A date that was told moves away or stays, and what takes a limit's place ends later than it did."""
    for number, old in before.clocks.items():
        new = after.clocks[number]
        if old.state in LIVE_STATES:
            assert new.due.at >= old.due.at or after.case.merged_into != before.case.merged_into, (old, new)
        else:
            assert new == old, "what was over has changed"
        if new.state is DeadlineState.EXTENDED and old.state in LIVE_STATES:
            heirs = [one for key, one in after.clocks.items() if key not in before.clocks and one.term is old.term]
            assert any(one.due.at > old.due.at for one in heirs), f"extended by nothing: {old}"


def told_of_its_end(tx: Tx, case: Case, said: Iterable[Row[tuple[int, int, bytes]]]) -> None:
    """Whoever owns a case that ended was written to with its number, or is to be phoned."""
    mine = [msgspec.json.decode(row.message, type=Message) for row in said if row.person_id == case.owner]
    assert any(case.number in words(message) for message in mine) or any(
        call.case == case.id for call in visits.owed_calls(tx)
    ), f"{case.number} ended as {case.status} and nobody told the owner: {[words(one) for one in mine]}"


def said_after(tx: Tx, last: int) -> list[Row[tuple[int, int, bytes]]]:
    """What was put in line after an id."""
    box = tables.outbox
    return list(tx.all(select(box.c.id, box.c.person_id, box.c.message).where(box.c.id > last).order_by(box.c.id)))
