"""What a move does to the units' parts in a case, and to the marks it leaves on the case itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.case import Actor, Assignment, AssignmentState, Case, Status
from domain.guards import Facts
from domain.office import Office

Work = Callable[[Case, Actor, Facts, datetime, Office], Case]


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
    old = tuple(
        replace(a, state=AssignmentState.RECALLED) if a.state in _UNDONE or a.id == lead.id else a
        for a in case.assignments
    )
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
