"""The nouns of casework. Status, kinds and roles are those of the rules; nothing here reads a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an owner may file; a clue has its own sealed path."""

    REQUEST = "request"
    COMPLAINT = "complaint"
    INQUIRY = "inquiry"
    SUGGESTION = "suggestion"


class Status(StrEnum):
    """Where a case stands. Ends are those in ENDED."""

    FILED = "filed"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    ANSWERED = "answered"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    MERGED = "merged"
    TRANSFERRED = "transferred"


ENDED = frozenset(
    {
        Status.CLOSED,
        Status.REFUSED,
        Status.WITHDRAWN,
        Status.TERMINATED,
        Status.MERGED,
        Status.TRANSFERRED,
    }
)
OPEN = frozenset(Status) - ENDED


class AssignmentState(StrEnum):
    """Where one unit stands with its part of a case."""

    ASSIGNED = "assigned"
    SIGNED = "signed"
    ANSWERED = "answered"
    RETURNED = "returned"
    RECALLED = "recalled"


class Role(StrEnum):
    """In what capacity somebody acts. CLOCK is the office's own clock: silence and lapses."""

    OWNER = "owner"
    MONITOR = "monitor"
    HANDLER = "handler"
    LIAISON = "liaison"
    HEAD = "head"
    DISPATCHER = "dispatcher"
    APPROVER = "approver"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    CUSTODIAN = "custodian"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"


class Matter(StrEnum):
    """What must be agreed before it is so; each has a term of the same name."""

    REFUSAL = "refusal"
    EXTENSION = "extension"
    TERMINATION = "termination"
    CHECK = "check"  # the head's look at an answer, where the office asks for it
    REVIEW = "review"  # the final review, after the case was redone


class ApprovalState(StrEnum):
    """How an approval stands; VOID: the case went on in a way that left nothing to decide."""

    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    VOID = "void"


UNIT_ROLES = frozenset({Role.HANDLER, Role.LIAISON, Role.HEAD})
OFFICIAL_ROLES = frozenset(Role) - {Role.OWNER, Role.MONITOR, Role.CLOCK}


class Naming(StrEnum):
    """Who may know the owner's name: everyone on the case, the office but not the unit, or nobody."""

    NAMED = "named"
    KEPT = "kept"
    ANONYMOUS = "anonymous"


class Weight(StrEnum):
    """How heavy a request is, chosen at dispatch (Xuchang's classes C, B, A)."""

    SIMPLE = "simple"
    CROSS = "cross"
    LEGACY = "legacy"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody in one of their roles. unit is set for roles of a unit; project for an inspector.

    for_person: the absent holder of the role, for whom the person stands in as deputy.
    """

    person: int | None
    role: Role
    unit: int | None = None
    project: int | None = None
    name: str = ""
    for_person: int | None = None

    @property
    def persons(self) -> frozenset[int]:
        """Whoever answers for what is done: the person, and the absent one a deputy stands in for."""
        return frozenset({one for one in (self.person, self.for_person) if one is not None})


CLOCK = Actor(None, Role.CLOCK)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One unit's part of a case. since: when the matter reached the unit, whoever of its staff has it now."""

    id: int
    unit: int
    lead: bool
    since: datetime
    state: AssignmentState = AssignmentState.ASSIGNED
    handler: int | None = None
    round: int = 1


#: In the facts of a proposal a deputy made: for whom.
PROPOSED_FOR = "proposed_for"


@dataclass(frozen=True, slots=True)
class Approval:
    """Something proposed, and who decides on it. facts: what the proposal came with; unit: where it concerns one."""

    id: int
    matter: Matter
    proposer: int | None
    proposed_at: datetime
    state: ApprovalState = ApprovalState.PENDING
    unit: int | None = None
    round: int = 1
    approver: int | None = None
    decided_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def proposers(self) -> frozenset[int]:
        """Who may not decide: who proposed it, and the absent one for whom a deputy did."""
        return frozenset(one for one in (self.proposer, self.facts.get(PROPOSED_FOR)) if one is not None)


@dataclass(frozen=True, slots=True)
class Case:
    """A matter of one owner. Times are UTC; `resume` is the status a waiting case goes back to.

    joint: each unit answers for itself, and the case is answered when all have. recused: the people it is never shown
    to, because it is about them. merged_into: the case that leads the group it was joined to. erased: its words are
    gone for good, and nothing can be done about it any more.
    """

    id: int
    number: str
    kind: Kind
    status: Status
    naming: Naming
    owner: int | None
    facts: str
    filed_at: datetime
    filed_by: int | None = None
    contact: str = ""
    enterprise: str = ""
    place: str = ""
    named_unit: int | None = None
    project: int | None = None
    weight: Weight | None = None
    round: int = 1
    resume: Status | None = None
    asker: int | None = None
    status_at: datetime | None = None
    urged_at: datetime | None = None
    answered_at: datetime | None = None
    accept_paused: bool = False
    paused_days: int = 0
    receipt: str = ""
    objected: bool = False
    joint: bool = False
    recused: tuple[int, ...] = ()
    merged_into: int | None = None
    erased: bool = False
    assignments: tuple[Assignment, ...] = ()
    approvals: tuple[Approval, ...] = ()

    @property
    def lead(self) -> Assignment | None:
        """The lead assignment of the running round, if the case was dispatched."""
        live = [a for a in self.assignments if a.lead and a.state in LIVE]
        return live[-1] if live else None

    def of_unit(self, unit: int | None) -> Assignment | None:
        """This unit's live assignment."""
        live = [a for a in self.assignments if a.unit == unit and a.state in LIVE]
        return live[-1] if live else None

    def pending(self, matter: Matter, unit: int | None = None) -> Approval | None:
        """What waits for a decision in this matter; of this unit, where one is named."""
        waiting = [a for a in self.approvals if a.matter is matter and a.state is ApprovalState.PENDING]
        return next((a for a in waiting if unit is None or a.unit == unit), None)

    @property
    def open_parts(self) -> tuple[Assignment, ...]:
        """The units' parts that still have to be done."""
        return tuple(a for a in self.assignments if a.state in UNDONE)


UNDONE = frozenset({AssignmentState.ASSIGNED, AssignmentState.SIGNED})
LIVE = frozenset({AssignmentState.ASSIGNED, AssignmentState.SIGNED, AssignmentState.ANSWERED})


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a case as it is chained: `content` is the exact text that was hashed."""

    seq: int
    move: str
    at: datetime
    actor: Actor
    content: dict[str, Any] = field(default_factory=dict)
    hash: str = ""
