"""What an official has to do, by urgency: one list for the tasks, the desk and the morning's digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain import ladder
from domain.case import UNIT_ROLES, Actor, ApprovalState, AssignmentState, Case, Matter, Role, Status
from domain.deadlines import DECISION_TERMS, Deadline, Term
from domain.ladder import Colour
from domain.office import Office
from domain.people import Holding
from domain.permits import may_see
from storage import approvals, cases, deadlines
from storage.transaction import Tx

#: What counts against whom: terms of a unit's work, terms of the desk.
UNIT_TERMS = frozenset({Term.HANDLE, Term.ASSIST, Term.CONTACT})
DESK_TERMS = frozenset({Term.ACCEPT, Term.SILENCE, Term.DISPATCH})
#: What an approver decides on; an objection has no proposal, and the clock of a new filing.
OF_APPROVERS = frozenset(Matter) - {Matter.CHECK}
OBJECTION_TERMS = frozenset({Term.ACCEPT, Term.SILENCE})
DESK_STATUSES = (Status.FILED, Status.ACCEPTED)
ORDER = (Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE, Colour.NONE)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Task:
    """One case in somebody's list, with the deadline that presses most."""

    case: Case
    deadline: Deadline | None
    colour: Colour

    @property
    def urgency(self) -> tuple[int, datetime, int]:
        """Red first, then by deadline, then by age."""
        due = self.deadline.due.at if self.deadline else _NEVER
        return ORDER.index(self.colour), due, self.case.id


def of_units(tx: Tx, holdings: Sequence[Holding], now: datetime) -> list[Task]:
    """Open work of the units a person belongs to."""
    mine = {holding.unit for holding in holdings if holding.role in UNIT_ROLES and holding.unit is not None}
    open_cases = [case for case in cases.of_units(tx, mine) if any(_open_part(case, unit) for unit in mine)]
    return _tasks(tx, seen_by(open_cases, holdings), UNIT_TERMS, now, mine)


def _open_part(case: Case, unit: int) -> bool:
    part = case.of_unit(unit)
    return part is not None and part.state is not AssignmentState.ANSWERED


def seen_by(found: Iterable[Case], holdings: Sequence[Holding]) -> list[Case]:
    """Those of the cases that may be seen in one of these roles: a case about a person is in no list of theirs."""
    viewers = [holding.actor for holding in holdings]
    return [case for case in found if any(may_see(case, viewer) for viewer in viewers)]


def of_desk(tx: Tx, holdings: Sequence[Holding], now: datetime) -> list[Task]:
    """Cases the dispatchers must decide on or hand to a unit."""
    waiting = [case for case in cases.in_status(tx, DESK_STATUSES) if not _with_approver(case)]
    return _tasks(tx, seen_by(waiting, holdings), DESK_TERMS, now)


def _with_approver(case: Case) -> bool:
    """The owner has objected to a refusal: the desk has nothing to decide."""
    return case.objected and case.status is Status.FILED


def of_approvals(tx: Tx, holdings: Sequence[Holding], now: datetime) -> list[Task]:
    """What waits for the person's decision: an approver the office's, a head the answers of the own unit."""
    found: list[Task] = []
    if any(holding.role is Role.APPROVER for holding in holdings):
        proposed = cases.many(tx, approvals.pending(tx, OF_APPROVERS)).values()
        found += _tasks(tx, _undecided(proposed, holdings, Role.APPROVER), DECISION_TERMS - {Term.CHECK}, now)
        objected = cases.many(tx, approvals.objected(tx)).values()
        found += _tasks(tx, seen_by(objected, holdings), OBJECTION_TERMS, now)
    mine = {holding.unit for holding in holdings if holding.role is Role.HEAD and holding.unit is not None}
    if mine:
        checks = cases.many(tx, approvals.pending_of_units(tx, mine)).values()
        found += _tasks(tx, _undecided(checks, holdings, Role.HEAD), frozenset({Term.CHECK}), now, mine)
    return each_once(found)


def _undecided(found: Iterable[Case], holdings: Sequence[Holding], role: Role) -> list[Case]:
    """Those of the cases on which one of these holders may decide: on nothing they proposed themselves."""
    viewers = [holding.actor for holding in holdings if holding.role is role]
    return [case for case in found if any(may_see(case, viewer) and _decides(case, viewer) for viewer in viewers)]


def _decides(case: Case, viewer: Actor) -> bool:
    head = viewer.role is Role.HEAD
    return any(
        one.state is ApprovalState.PENDING
        and (one.matter is Matter.CHECK) is head
        and (one.unit == viewer.unit or not head)
        and one.proposers.isdisjoint(viewer.persons)
        for one in case.approvals
    )


def of_projects(tx: Tx, holdings: Sequence[Holding], now: datetime) -> list[Task]:
    """Open cases of the key projects an inspector follows."""
    mine = {h.project for h in holdings if h.role is Role.INSPECTOR and h.project is not None}
    return _tasks(tx, seen_by(cases.of_projects(tx, mine), holdings), UNIT_TERMS | DESK_TERMS, now)


def late(tx: Tx, holdings: Sequence[Holding], now: datetime) -> list[Task]:
    """Open cases whose deadline has passed, the longest overdue first."""
    found = cases.many(tx, deadlines.overdue_cases(tx, now))
    tasks = _tasks(tx, seen_by(found.values(), holdings), UNIT_TERMS | DESK_TERMS, now)
    return [task for task in tasks if task.colour is Colour.RED]


def of_person(tx: Tx, holdings: tuple[Holding, ...], now: datetime) -> list[Task]:
    """Everything a person must act on, each case once."""
    found = [*of_units(tx, holdings, now), *of_approvals(tx, holdings, now)]
    if any(holding.role is Role.DISPATCHER for holding in holdings):
        found += of_desk(tx, holdings, now)
    return each_once(found)


def each_once(found: Iterable[Task]) -> list[Task]:
    """Each case once, by what presses most of it; the most urgent first."""
    latest_first = sorted(found, key=lambda task: task.urgency, reverse=True)
    return sorted({task.case.id: task for task in latest_first}.values(), key=lambda task: task.urgency)


def _tasks(
    tx: Tx, found: Iterable[Case], terms: frozenset[Term], now: datetime, mine: set[int] | None = None
) -> list[Task]:
    listed = list(found)
    running = deadlines.of_cases(tx, [case.id for case in listed])
    tasks = [task_of(case, running[case.id], terms, now, tx.office, mine) for case in listed]
    return sorted(tasks, key=lambda task: task.urgency)


def task_of(
    case: Case,
    live: list[Deadline],
    terms: frozenset[Term],
    now: datetime,
    office: Office,
    mine: set[int] | None = None,
) -> Task:
    """A case with its most pressing deadline among these terms; mine narrows to some units' own deadlines."""
    concerned = [d for d in live if d.term in terms and (mine is None or d.unit is None or d.unit in mine)]
    pressing = min(concerned, key=lambda d: d.due.at, default=None)
    colour = ladder.colour(pressing, now, office) if pressing else Colour.NONE
    return Task(case, pressing, colour)
