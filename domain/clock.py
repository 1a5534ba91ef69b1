"""What a move does to the deadlines of its case: pure, from the live deadlines and the move's clock steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from domain.case import Case
from domain.deadlines import (
    LIVE_STATES,
    Deadline,
    PauseAll,
    ResumeAll,
    Start,
    Step,
    Stop,
    StopAll,
    Term,
    pause,
    resume,
    start,
    stop,
    void,
)
from domain.lifecycle import Change
from domain.office import Office
from domain.workdays import Limit, Unit

Opening = Callable[[Case, Office], list[tuple[Limit, int | None]]]


def _handle(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    return [(office.rulebook.limit(case.kind, case.weight), case.lead.unit if case.lead else None)]


def _assist(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    units = [part.unit for part in case.assignments if not part.lead and part.round == case.round]
    return [(office.rulebook.assist, unit) for unit in units]


def _contact(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    return [(office.rulebook.contact, case.lead.unit if case.lead else None)]


def _supplement(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    left = office.rulebook.supplement_pool_days - case.paused_days
    return [(Limit(max(1, left), Unit.WORKDAYS), None)]


#: Which limits a term starts with, and for which unit.
OPENINGS: Mapping[Term, Opening] = MappingProxyType(
    {
        Term.ACCEPT: lambda case, office: [(office.rulebook.kinds[case.kind].accept, None)],
        Term.SILENCE: lambda case, office: [(office.rulebook.silence, None)],
        Term.DISPATCH: lambda case, office: [(office.rulebook.dispatch, None)],
        Term.SUPPLEMENT: _supplement,
        Term.HANDLE: _handle,
        Term.CONTACT: _contact,
        Term.ASSIST: _assist,
        Term.VISIT: lambda case, office: [(office.rulebook.visit, None)],
        Term.CLOSE: lambda case, office: [(office.rulebook.close_silent, None)],
    }
)


def open_term(term: Term, case: Case, now: datetime, office: Office) -> list[Deadline]:
    """New deadlines of a term: one, or one for each unit concerned."""
    return [start(term, limit, case, now, office, unit) for limit, unit in OPENINGS[term](case, office)]


def turn(change: Change, live: Iterable[Deadline], office: Office) -> tuple[list[Deadline], list[Deadline]]:
    """(new deadlines, stored ones that changed) after a move."""
    before = [one for one in live if one.state in LIVE_STATES]
    now, after = change.now, list(before)
    fresh: list[Deadline] = []
    for step in change.move.clock:
        if isinstance(step, Start):
            fresh += open_term(step.term, change.after, now, office)
        else:
            after = [_stepped(step, one, change, now, office) for one in after]
    changed = [new for old, new in zip(before, after, strict=True) if new != old]
    return fresh, changed


def _stepped(step: Step, one: Deadline, change: Change, now: datetime, office: Office) -> Deadline:
    if one.state not in LIVE_STATES:
        return one
    match step:
        case Stop(terms, own):
            concerned = one.term in terms and (not own or one.unit == change.actor.unit)
            return stop(resume(one, now, office), now) if concerned else one
        case StopAll():
            return void(one, now)
        case PauseAll():
            return pause(one, now, office)
        case ResumeAll():
            return resume(one, now, office)
    return one
