"""A case in any place of its life, and everybody who may sit before it, for tests of who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.case import CLOCK, Actor, Assignment, AssignmentState, Case, Kind, Naming, Role, Status
from domain.deadlines import Deadline, Term, start
from domain.limits import Limit
from domain.office import Office
from domain.rulebook import Rulebook
from tests.domain.calendars import moment, real

OFFICE = Office("试县优化办", real())
#: An office whose heads look at every answer before it goes out.
CHECKING = Office("试县优化办", real(), Rulebook(head_checks=True))
#: A Wednesday morning without holidays near.
NOW = moment("2021-03-10T10:00")
#: When the units got their parts: they may still send them back.
GIVEN = NOW - timedelta(days=1)

OWNER = 1
LEAD, ASSISTING, DONE, FOREIGN, FRESH = 11, 12, 13, 14, 15
PROJECT, OTHER_PROJECT = 21, 22
#: Somebody who holds no chair, and two who are absent and have a deputy.
SOMEBODY, ABSENT_APPROVER, ABSENT_HEAD = 900, 320, 321

UNITS = {"lead": LEAD, "assisting": ASSISTING, "assisted": DONE, "foreign": FOREIGN, "unitless": None}
PROJECTS = {"its project": PROJECT, "another project": OTHER_PROJECT, "projectless": None}
PLAIN = (Role.DISPATCHER, Role.APPROVER, Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN, Role.ADMINISTRATOR)

#: Every role, in every relation to the case that makes a difference: "handler of lead", "own owner", "clock".
CHAIRS: dict[str, Actor] = {
    "own owner": Actor(OWNER, Role.OWNER),
    "another owner": Actor(2, Role.OWNER),
    "own monitor": Actor(OWNER, Role.MONITOR),
    "another monitor": Actor(2, Role.MONITOR),
    **{
        f"{role} of {place}": Actor(100 + n, role, unit)
        for n, (place, unit) in enumerate(UNITS.items())
        for role in (Role.HANDLER, Role.LIAISON, Role.HEAD)
    },
    **{f"inspector of {place}": Actor(200, Role.INSPECTOR, None, project) for place, project in PROJECTS.items()},
    **{str(role): Actor(300, role) for role in PLAIN},
    "leader of lead": Actor(301, Role.LEADER, LEAD),
    "leader of foreign": Actor(302, Role.LEADER, FOREIGN),
    "leader of its project": Actor(303, Role.LEADER, None, PROJECT),
    "leader of another project": Actor(304, Role.LEADER, None, OTHER_PROJECT),
    "deputy approver": Actor(310, Role.APPROVER, for_person=ABSENT_APPROVER),
    "deputy handler of lead": Actor(311, Role.HANDLER, LEAD, for_person=100),
    "deputy head of lead": Actor(312, Role.HEAD, LEAD, for_person=ABSENT_HEAD),
    "clock": CLOCK,
}

PARTS = (
    Assignment(1, LEAD, True, GIVEN, AssignmentState.SIGNED, 100),
    Assignment(2, ASSISTING, False, GIVEN, AssignmentState.ASSIGNED),
    Assignment(3, DONE, False, GIVEN, AssignmentState.ANSWERED, 102),
)
#: Where units have their parts already.
WITH_UNITS = frozenset({Status.DISPATCHED, Status.HANDLING, Status.WAITING, Status.ANSWERED, Status.CLOSED})

#: Facts that meet every need of every move but those named in FACTS.
FULL: dict[str, Any] = {
    "facts": "停电三天",
    "text": "写给对方的话",
    "lead": LEAD,
    "assisting": (ASSISTING,),
    "outcome": "solved",
    "solved": True,
    "level": 5,
    "better": FOREIGN,
    "handler": 101,
    "date": "2021-04-06",
    "kind": "complaint",
    "into": 8,
    "body": "市信访局",
    "amount_fen": 120000,
    "person": 77,
    "what": "sign",
    "status": "handling",
}
#: What a move needs that would mean something else in another one.
FACTS: Mapping[str, dict[str, Any]] = {
    "propose_refusal": {"ground": "scope"},
    "propose_termination": {"ground": "sued"},
    "involve": {"unit": FRESH},
    "reassign": {"unit": FRESH},
    "follow": {"unit": LEAD, "state": "signed", "into": None},
    "answer_with": {"unit": LEAD},
    "succeed": {"parts": [[LEAD, True, GIVEN.isoformat(), "signed", 100]], "into": None},
}


def full(move: str) -> dict[str, Any]:
    """Facts that meet every need of a move."""
    return {**FULL, **FACTS.get(move, {})}


def _live(term: Term, unit: int, number: int) -> Deadline:
    case = a_case(Status.HANDLING)
    begun = start(term, Limit(15), case, NOW - timedelta(days=1), OFFICE, unit)
    return replace(begun, id=number)


def a_case(status: Status | None, **changes: Any) -> Case:
    """A case that stands so; None: one that is only about to be filed. It names a key project."""
    parts = PARTS if status in WITH_UNITS else ()
    if status is Status.DISPATCHED:
        parts = (replace(PARTS[0], state=AssignmentState.ASSIGNED, handler=None), *PARTS[1:])
    if status is Status.MERGED:
        parts = PARTS[:1]
    case = Case(
        id=0 if status is None else 7,
        number="20210308-0001",
        kind=Kind.INQUIRY,
        status=status or Status.FILED,
        naming=Naming.NAMED,
        owner=OWNER,
        facts="停电三天",
        filed_at=NOW - timedelta(days=2),
        project=PROJECT,
        resume=Status.HANDLING if status is Status.WAITING else None,
        status_at=NOW - timedelta(days=1),
        answered_at=NOW - timedelta(days=1) if status in (Status.ANSWERED, Status.CLOSED) else None,
        merged_into=8 if status is Status.MERGED else None,
        assignments=parts,
    )
    return replace(case, **changes)


#: What runs on a case that units have: time to ask for more is left.
LIVE = (_live(Term.HANDLE, LEAD, 1), _live(Term.ASSIST, ASSISTING, 2))


def without_units(status: Status) -> Case:
    """A case that no unit ever had: answered at once, or asked for more before acceptance."""
    resume = Status.FILED if status is Status.WAITING else None
    return a_case(status, assignments=(), resume=resume)


def days_after(start: datetime, n: int) -> datetime:
    """The same time so many calendar days later."""
    return start + timedelta(days=n)
