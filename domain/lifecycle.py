"""The table of moves, and apply(): what a move changes, decided without any I/O.

A move may have several rows: the first whose origin, condition and permit fit is taken. Adding a move is adding a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain import permits
from domain.case import OPEN, Actor, Assignment, AssignmentState, Case, Kind, Status
from domain.deadlines import PauseAll, ResumeAll, Start, Step, Stop, StopAll, Term
from domain.errors import (
    AlreadySo,
    BadDeclaration,
    Missing,
    NoPauseLeft,
    NotYours,
    OnlyInquiries,
    Refused,
    TooLate,
    TooSoon,
)
from domain.office import Office
from domain.permits import Permit

Facts = Mapping[str, Any]
Guard = Callable[[Case, Facts, datetime, Office], Refused | None]
Condition = Callable[[Case, Actor], bool]
Work = Callable[[Case, Actor, Facts, datetime, Office], Case]


class Target(StrEnum):
    """Where a move leads when it is no fixed status."""

    SAME = "same"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from where, to where, by whom, what it needs, what it does to the clock and to the units' parts."""

    name: str
    origins: frozenset[Status]
    target: Status | Target
    by: tuple[Permit, ...]
    needs: tuple[str, ...] = ()
    when: Condition | None = None
    guards: tuple[Guard, ...] = ()
    clock: tuple[Step, ...] = ()
    work: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a move does: the case before and after, what the event says, and the steps of its clock."""

    move: Move
    actor: Actor
    before: Case
    after: Case
    facts: Facts
    now: datetime
    content: dict[str, Any] = field(default_factory=dict)


# --- guards: why a move that the table allows is refused all the same -----------------------------------------


def only_inquiries(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """Some kinds may be answered at once (by default inquiries)."""
    return None if office.rulebook.kinds[case.kind].answer_at_once else OnlyInquiries()


def pause_left(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """The owner is asked once before acceptance, and for so many working days in all."""
    asked_once = case.status is Status.FILED and case.accept_paused
    spent = case.paused_days >= office.rulebook.supplement_pool_days
    return NoPauseLeft() if asked_once or spent else None


def once_a_working_day(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """A case is urged once a working day."""
    if case.urged_at is None:
        return None
    free = office.calendar.next_working_day(office.calendar.today(case.urged_at))
    return TooSoon(day=free) if office.calendar.today(now) < free else None


def within_redo(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """Redo is open for so many calendar days after the answer."""
    if case.answered_at is None:
        return None
    last = case.answered_at + timedelta(days=office.rulebook.redo_calendar_days)
    return TooLate(day=office.calendar.today(last)) if now > last else None


def sound_units(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """The lead unit does not also assist."""
    return Missing(what="lead") if facts["lead"] in facts.get("assisting", ()) else None


# --- what a move does to the units' parts ----------------------------------------------------------------------


def assign(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """Lead and assisting units get their parts."""
    parts = [Assignment(0, facts["lead"], True, round=case.round)]
    parts += [Assignment(0, unit, False, round=case.round) for unit in facts.get("assisting", ())]
    return replace(case, weight=facts.get("weight") or case.weight, assignments=(*case.assignments, *parts))


def assign_again(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """The lead unit gets its part anew, in the next round; what was answered stays on file."""
    lead = case.lead
    again = replace(case, round=case.round + 1)
    if lead is None:
        return again
    kept = tuple(replace(a, state=AssignmentState.RECALLED) if a.state in _UNDONE else a for a in case.assignments)
    old = tuple(replace(a, state=AssignmentState.RETURNED) if a.id == lead.id else a for a in kept)
    return replace(again, assignments=(*old, Assignment(0, lead.unit, True, round=again.round)))


_UNDONE = frozenset({AssignmentState.ASSIGNED, AssignmentState.SIGNED})


def _own_part(case: Case, actor: Actor, state: AssignmentState) -> Case:
    part = case.of_unit(actor.unit)
    return replace(
        case,
        assignments=tuple(
            replace(a, state=state, handler=actor.person) if part is not None and a is part else a
            for a in case.assignments
        ),
    )


def sign_part(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """The actor's unit has taken its part, and the actor handles it."""
    return _own_part(case, actor, AssignmentState.SIGNED)


def answer_part(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """The actor's unit has done its part."""
    return _own_part(case, actor, AssignmentState.ANSWERED)


def recall_parts(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """Nobody needs to act any more."""
    parts = tuple(replace(a, state=AssignmentState.RECALLED) if a.state in _UNDONE else a for a in case.assignments)
    return replace(case, assignments=parts)


def remember_asker(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """Who asked for more is told when it comes; a pause before acceptance is given once."""
    before_acceptance = case.accept_paused or case.status is Status.FILED
    return replace(case, resume=case.status, asker=actor.person, accept_paused=before_acceptance)


def spend_pause(case: Case, actor: Actor, facts: Facts, now: datetime, office: Office) -> Case:
    """The working days the owner took are spent from the case's pool."""
    asked = office.calendar.today(case.status_at or case.filed_at)
    spent = office.calendar.count(asked, office.calendar.today(now))
    return replace(case, paused_days=case.paused_days + spent)


def unsigned_part(case: Case, actor: Actor) -> bool:
    """The actor's unit assists and has not signed yet."""
    part = case.of_unit(actor.unit)
    return part is not None and not part.lead and part.state is AssignmentState.ASSIGNED


def has_lead(case: Case, actor: Actor) -> bool:
    """A unit has the case."""
    return case.lead is not None


def has_no_lead(case: Case, actor: Actor) -> bool:
    """No unit ever had the case: it was answered at once."""
    return case.lead is None


_S = Status
_NONE: frozenset[Status] = frozenset()
_ENDS_ACCEPTANCE = Stop((Term.ACCEPT, Term.SILENCE))
_ASKED = (PauseAll(), Start(Term.SUPPLEMENT))
_SUPPLIED = (Stop((Term.SUPPLEMENT,)), ResumeAll())

MOVES: tuple[Move, ...] = (
    Move(
        "file",
        _NONE,
        _S.FILED,
        (permits.anyone_filing,),
        needs=("facts",),
        clock=(Start(Term.ACCEPT), Start(Term.SILENCE)),
    ),
    Move(
        "ask",
        frozenset({_S.FILED}),
        _S.WAITING,
        (permits.dispatcher,),
        needs=("text",),
        guards=(pause_left,),
        clock=_ASKED,
        work=(remember_asker,),
    ),
    Move(
        "ask",
        frozenset({_S.HANDLING}),
        _S.WAITING,
        (permits.worker,),
        needs=("text",),
        guards=(pause_left,),
        clock=(Stop((Term.CONTACT,)), *_ASKED),
        work=(remember_asker,),
    ),
    Move(
        "supply",
        frozenset({_S.WAITING}),
        Target.BACK,
        (permits.owner,),
        needs=("text",),
        clock=_SUPPLIED,
        work=(spend_pause,),
    ),
    Move("lapse", frozenset({_S.WAITING}), Target.BACK, (permits.clock,), clock=_SUPPLIED, work=(spend_pause,)),
    Move("add", OPEN - {_S.WAITING}, Target.SAME, (permits.owner,), needs=("text",)),
    Move(
        "answer_at_once",
        frozenset({_S.FILED}),
        _S.ANSWERED,
        (permits.dispatcher,),
        needs=("text",),
        guards=(only_inquiries,),
        clock=(_ENDS_ACCEPTANCE, Start(Term.VISIT)),
    ),
    Move(
        "accept",
        frozenset({_S.FILED}),
        _S.ACCEPTED,
        (permits.dispatcher, permits.clock),
        clock=(_ENDS_ACCEPTANCE, Start(Term.DISPATCH)),
    ),
    Move(
        "dispatch",
        frozenset({_S.ACCEPTED}),
        _S.DISPATCHED,
        (permits.dispatcher,),
        needs=("lead",),
        guards=(sound_units,),
        clock=(Stop((Term.DISPATCH,)), Start(Term.HANDLE), Start(Term.ASSIST)),
        work=(assign,),
    ),
    Move(
        "sign",
        frozenset({_S.DISPATCHED}),
        _S.HANDLING,
        (permits.lead_worker,),
        clock=(Start(Term.CONTACT),),
        work=(sign_part,),
    ),
    Move(
        "sign",
        frozenset({_S.DISPATCHED, _S.HANDLING, _S.WAITING}),
        Target.SAME,
        (permits.assisting_worker,),
        when=unsigned_part,
        work=(sign_part,),
    ),
    Move(
        "progress",
        frozenset({_S.HANDLING}),
        Target.SAME,
        (permits.worker,),
        needs=("text",),
        clock=(Stop((Term.CONTACT,)),),
    ),
    Move(
        "assist_done",
        frozenset({_S.DISPATCHED, _S.HANDLING, _S.WAITING}),
        Target.SAME,
        (permits.assisting_worker,),
        needs=("text",),
        clock=(Stop((Term.ASSIST,), own=True),),
        work=(answer_part,),
    ),
    Move(
        "answer",
        frozenset({_S.HANDLING}),
        _S.ANSWERED,
        (permits.lead_worker,),
        needs=("text", "outcome"),
        clock=(Stop((Term.CONTACT, Term.HANDLE, Term.ASSIST)), Start(Term.VISIT)),
        work=(answer_part, recall_parts),
    ),
    Move(
        "visit",
        frozenset({_S.ANSWERED}),
        _S.CLOSED,
        (permits.owner, permits.visitor),
        needs=("solved", "level"),
        clock=(Stop((Term.VISIT, Term.CLOSE)),),
    ),
    Move("call", frozenset({_S.ANSWERED}), Target.SAME, (permits.visitor,), needs=("text",)),
    Move("silence", frozenset({_S.ANSWERED}), _S.CLOSED, (permits.clock,), clock=(StopAll(),)),
    Move(
        "redo",
        frozenset({_S.ANSWERED, _S.CLOSED}),
        _S.DISPATCHED,
        (permits.owner, permits.visitor),
        needs=("text",),
        when=has_lead,
        guards=(within_redo,),
        clock=(Stop((Term.VISIT, Term.CLOSE)), Start(Term.HANDLE)),
        work=(assign_again,),
    ),
    Move(
        "redo",
        frozenset({_S.ANSWERED, _S.CLOSED}),
        _S.ACCEPTED,
        (permits.owner, permits.visitor),
        needs=("text",),
        when=has_no_lead,
        guards=(within_redo,),
        clock=(Stop((Term.VISIT, Term.CLOSE)), Start(Term.DISPATCH)),
        work=(assign_again,),
    ),
    Move("urge", OPEN - {_S.ANSWERED}, Target.SAME, (permits.owner,), guards=(once_a_working_day,)),
    Move("withdraw", OPEN, _S.WITHDRAWN, (permits.owner,), clock=(StopAll(),), work=(recall_parts,)),
)

NAMES = tuple(dict.fromkeys(move.name for move in MOVES))


def check(moves: tuple[Move, ...] = MOVES) -> None:
    """Refuse a table with a move nobody may make or that leads nowhere. Raises BadDeclaration naming the row."""
    for number, move in enumerate(moves, 1):
        where = f"MOVES row {number} ({move.name})"
        if not move.by:
            raise BadDeclaration(where=where, what="a move nobody may make")
        if not move.origins and not isinstance(move.target, Status):
            raise BadDeclaration(where=where, what="a move that starts a case needs a fixed status")
        if not move.origins and move.name != "file":
            raise BadDeclaration(where=where, what="a move from nowhere")


def find(case: Case, name: str, actor: Actor) -> Move:
    """The row that allows this actor this move now. Raises AlreadySo or NotYours."""
    rows = [move for move in MOVES if move.name == name and _fits(move, case, actor)]
    if not rows:
        raise AlreadySo(number=case.number)
    for move in rows:
        if any(permit(case, actor) for permit in move.by):
            return move
    raise NotYours()


def _fits(move: Move, case: Case, actor: Actor) -> bool:
    placed = case.status in move.origins if case.id else not move.origins
    return placed and (move.when is None or move.when(case, actor))


def may(case: Case, name: str, actor: Actor, now: datetime, office: Office) -> bool:
    """Whether the move would be allowed, its needs aside: what a card offers as a button."""
    try:
        move = find(case, name, actor)
    except Refused:
        return False
    offered = dict.fromkeys(move.needs, ())
    return all(guard(case, offered, now, office) is None for guard in move.guards)


def apply(case: Case, name: str, actor: Actor, facts: Facts, now: datetime, office: Office) -> Change:
    """What the move changes. `case.id` 0 stands for a case not stored yet (move "file").

    Raises AlreadySo (not from this status), NotYours (not by this actor), Missing (a need is empty),
    or what a guard says. Source: the moves of the rules of casework.
    """
    move = find(case, name, actor)
    for need in move.needs:
        if facts.get(need) in (None, "", ()):
            raise Missing(what=need)
    for guard in move.guards:
        if (refusal := guard(case, facts, now, office)) is not None:
            raise refusal
    after = case
    for step in move.work:
        after = step(after, actor, facts, now, office)
    after = _stamped(_moved(after, case, move), case, name, now)
    return Change(move, actor, case, after, facts, now, dict(facts))


def _moved(after: Case, before: Case, move: Move) -> Case:
    if isinstance(move.target, Status):
        return replace(after, status=move.target)
    if move.target is Target.BACK:
        return replace(after, status=before.resume or Status.FILED, resume=None, asker=None)
    return after


def _stamped(after: Case, before: Case, name: str, now: datetime) -> Case:
    if name == "urge":
        return replace(after, urged_at=now)
    if after.status is before.status:
        return after
    answered = now if after.status is Status.ANSWERED else after.answered_at
    return replace(after, status_at=now, answered_at=answered)


def kinds_answered_at_once(office: Office) -> tuple[Kind, ...]:
    """Kinds the dispatcher may answer without dispatching."""
    return tuple(kind for kind, rule in office.rulebook.kinds.items() if rule.answer_at_once)
