"""Deadlines of a case as values: started, paused, resumed and stopped by the clock steps of a move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.case import Case, Matter
from domain.office import Office
from domain.workdays import Due, Limit, Pause, later_of


class Term(StrEnum):
    """What a deadline is for."""

    ACCEPT = "accept"  # decide on acceptance: the target, reminded and reported
    SILENCE = "silence"  # no decision by then: the case is accepted by itself
    DISPATCH = "dispatch"
    SUPPLEMENT = "supplement"
    HANDLE = "handle"
    CONTACT = "contact"  # first contact with the owner after signing
    ASSIST = "assist"
    VISIT = "visit"
    CLOSE = "close"  # silence after a visit question that was delivered
    REFUSAL = "refusal"  # what is proposed is decided on; each as its matter is called
    EXTENSION = "extension"
    TERMINATION = "termination"
    CHECK = "check"
    REVIEW = "review"


class DeadlineState(StrEnum):
    """RUNNING and PAUSED are live; MET, MISSED (met late or lapsed) and VOID (no longer needed) are not.

    EXTENDED: a longer one took its place; it is kept, because the first limit is reported too.
    """

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    VOID = "void"
    EXTENDED = "extended"


#: What a unit's work is measured by.
WORK_TERMS = frozenset({Term.HANDLE, Term.ASSIST})
#: What waits for a decision.
DECISION_TERMS = frozenset({Term(str(matter)) for matter in Matter})
#: What is decided also while the owner is asked for more, so not paused; only a head cannot release an answer then.
DECIDED_MEANWHILE = DECISION_TERMS - {Term.CHECK}
LIVE_STATES = frozenset({DeadlineState.RUNNING, DeadlineState.PAUSED})


@dataclass(frozen=True, slots=True)
class Deadline:
    """One limit running on a case. `unit` is set where it belongs to one unit's part. id 0: not stored yet."""

    id: int
    case: int
    term: Term
    started_at: datetime
    limit: Limit
    due: Due
    state: DeadlineState = DeadlineState.RUNNING
    unit: int | None = None
    round: int = 1
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a term on this move. keep: one that runs already goes on, and counts against the unit that has it now."""

    term: Term
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """End these terms: met, or missed when the move comes after the due time. own: only those of the actor's unit."""

    terms: tuple[Term, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Void:
    """These terms are needed no more. own: only those of the actor's unit."""

    terms: tuple[Term, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """What runs against one unit runs against another from now on; its end stays."""


@dataclass(frozen=True, slots=True)
class Extend:
    """The unit's limit is extended to the day that was granted."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What runs by the kind of the case runs by its new kind's limit, from the first filing."""


@dataclass(frozen=True, slots=True)
class StopAll:
    """The case ended: nothing runs any more."""


@dataclass(frozen=True, slots=True)
class PauseAll:
    """What runs is paused while the owner is asked for more."""


@dataclass(frozen=True, slots=True)
class ResumeAll:
    """The owner has supplied, or the time for it ran out: what was paused runs on."""


Step = Start | Stop | Void | Hand | Extend | Recount | StopAll | PauseAll | ResumeAll


def start(term: Term, limit: Limit, case: Case, now: datetime, office: Office, unit: int | None = None) -> Deadline:
    """A new running deadline of `limit`, counted by the office's calendar."""
    due = office.calendar.due(now, limit)
    return Deadline(0, case.id, term, now, limit, due, unit=unit, round=case.round)


def stop(deadline: Deadline, now: datetime) -> Deadline:
    """The deadline ended at `now`: met if in time."""
    state = DeadlineState.MET if now <= deadline.due.at else DeadlineState.MISSED
    return replace(deadline, state=state, ended_at=now)


def void(deadline: Deadline, now: datetime) -> Deadline:
    """The deadline is needed no more."""
    return replace(deadline, state=DeadlineState.VOID, ended_at=now)


def extended(deadline: Deadline, day: date, office: Office) -> Deadline:
    """The deadline that takes this one's place and ends on `day`, or the last working day before it. id 0."""
    calendar = office.calendar
    limit = Limit(calendar.count(calendar.today(deadline.started_at), day, deadline.pauses))
    due = calendar.due(deadline.started_at, limit, deadline.pauses)
    return replace(deadline, id=0, limit=limit, due=due)


def recounted(deadline: Deadline, limit: Limit, since: datetime, office: Office) -> Deadline:
    """The deadline that takes this one's place with another limit from another start, never nearer than told. id 0."""
    due = office.calendar.due(since, limit, deadline.pauses)
    if due.at <= deadline.due.at:
        return deadline
    return replace(deadline, id=0, started_at=since, limit=limit, due=due)


def pause(deadline: Deadline, now: datetime, office: Office) -> Deadline:
    """From the day after `now` on no day counts until it is resumed; not where the decision waited for can be made."""
    if deadline.term in DECIDED_MEANWHILE:
        return deadline
    if deadline.state is not DeadlineState.RUNNING or now > deadline.due.at:
        return deadline
    opened = Pause(office.calendar.today(now), None)
    return replace(deadline, state=DeadlineState.PAUSED, pauses=(*deadline.pauses, opened))


def resume(deadline: Deadline, now: datetime, office: Office) -> Deadline:
    """Days up to and including today were paused; the due time moves by them, never nearer."""
    if deadline.state is not DeadlineState.PAUSED:
        return deadline
    closed = replace(deadline.pauses[-1], until=office.calendar.today(now))
    pauses = (*deadline.pauses[:-1], closed)
    due = later_of(deadline.due, office.calendar.due(deadline.started_at, deadline.limit, pauses))
    return replace(deadline, state=DeadlineState.RUNNING, pauses=pauses, due=due)
