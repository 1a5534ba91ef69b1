"""The table of moves, and apply(): what a move changes, decided without any I/O.

A move may have several rows: the first whose origin, condition and permit fit is taken. Adding a move is adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain import guards, parts, permits
from domain.case import OPEN, Actor, Case, Status
from domain.deadlines import PauseAll, ResumeAll, Start, Step, Stop, StopAll, Term
from domain.errors import (
    AlreadySo,
    BadDeclaration,
    Missing,
    NotYours,
    Refused,
)
from domain.guards import Condition, Facts, Guard
from domain.office import Office
from domain.parts import Work
from domain.permits import Permit


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
        guards=(guards.pause_left,),
        clock=_ASKED,
        work=(parts.remember_asker,),
    ),
    Move(
        "ask",
        frozenset({_S.HANDLING}),
        _S.WAITING,
        (permits.worker,),
        needs=("text",),
        guards=(guards.pause_left,),
        clock=(Stop((Term.CONTACT,)), *_ASKED),
        work=(parts.remember_asker,),
    ),
    Move(
        "supply",
        frozenset({_S.WAITING}),
        Target.BACK,
        (permits.owner,),
        needs=("text",),
        clock=_SUPPLIED,
        work=(parts.spend_pause,),
    ),
    Move("lapse", frozenset({_S.WAITING}), Target.BACK, (permits.clock,), clock=_SUPPLIED, work=(parts.spend_pause,)),
    Move("add", OPEN - {_S.WAITING}, Target.SAME, (permits.owner,), needs=("text",)),
    Move(
        "answer_at_once",
        frozenset({_S.FILED}),
        _S.ANSWERED,
        (permits.dispatcher,),
        needs=("text",),
        guards=(guards.only_inquiries,),
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
        guards=(guards.sound_units,),
        clock=(Stop((Term.DISPATCH,)), Start(Term.HANDLE), Start(Term.ASSIST)),
        work=(parts.assign,),
    ),
    Move(
        "sign",
        frozenset({_S.DISPATCHED}),
        _S.HANDLING,
        (permits.lead_worker,),
        clock=(Start(Term.CONTACT),),
        work=(parts.sign_part,),
    ),
    Move(
        "sign",
        frozenset({_S.DISPATCHED, _S.HANDLING, _S.WAITING}),
        Target.SAME,
        (permits.assisting_worker,),
        when=guards.unsigned_part,
        work=(parts.sign_part,),
    ),
    Move(
        "progress",
        frozenset({_S.HANDLING}),
        Target.SAME,
        (permits.worker,),
        needs=("text",),
        clock=(Stop((Term.CONTACT,), own=True),),
    ),
    Move(
        "assist_done",
        frozenset({_S.DISPATCHED, _S.HANDLING, _S.WAITING}),
        Target.SAME,
        (permits.assisting_worker,),
        needs=("text",),
        clock=(Stop((Term.ASSIST,), own=True),),
        work=(parts.answer_part,),
    ),
    Move(
        "answer",
        frozenset({_S.HANDLING}),
        _S.ANSWERED,
        (permits.lead_worker,),
        needs=("text", "outcome"),
        clock=(Stop((Term.CONTACT, Term.HANDLE, Term.ASSIST)), Start(Term.VISIT)),
        work=(parts.answer_part, parts.recall_parts),
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
        when=guards.has_lead,
        guards=(guards.within_redo,),
        clock=(Stop((Term.VISIT, Term.CLOSE)), Start(Term.HANDLE)),
        work=(parts.assign_again,),
    ),
    Move(
        "redo",
        frozenset({_S.ANSWERED, _S.CLOSED}),
        _S.ACCEPTED,
        (permits.owner, permits.visitor),
        needs=("text",),
        when=guards.has_no_lead,
        guards=(guards.within_redo,),
        clock=(Stop((Term.VISIT, Term.CLOSE)), Start(Term.DISPATCH)),
        work=(parts.assign_again,),
    ),
    Move("urge", OPEN - {_S.ANSWERED}, Target.SAME, (permits.owner,), guards=(guards.once_a_working_day,)),
    Move("withdraw", OPEN, _S.WITHDRAWN, (permits.owner,), clock=(StopAll(),), work=(parts.recall_parts,)),
)

NAMES = tuple(dict.fromkeys(move.name for move in MOVES))
#: The rows of each move, in the order of the table.
ROWS = {name: tuple(move for move in MOVES if move.name == name) for name in NAMES}


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
    rows = [move for move in ROWS.get(name, ()) if _fits(move, case, actor)]
    if not rows:
        raise AlreadySo(number=case.number)
    for move in rows:
        if any(permit(case, actor) for permit in move.by):
            return move
    raise NotYours()


def _fits(move: Move, case: Case, actor: Actor) -> bool:
    placed = case.status in move.origins if case.id else not move.origins
    return placed and (move.when is None or move.when(case, actor))


def open_to(case: Case, name: str, actor: Actor, now: datetime, office: Office) -> Move:
    """The row by which the move would be allowed, its needs aside. Raises AlreadySo, NotYours or what a guard says."""
    move = find(case, name, actor)
    offered = dict.fromkeys(move.needs, ())
    for guard in move.guards:
        if (refusal := guard(case, offered, now, office)) is not None:
            raise refusal
    return move


def may(case: Case, name: str, actor: Actor, now: datetime, office: Office) -> bool:
    """Whether the move would be allowed, its needs aside: what a card offers as a button."""
    try:
        open_to(case, name, actor, now, office)
    except Refused:
        return False
    return True


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
