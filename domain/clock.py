"""What a move does to the deadlines of its case: pure, from the live deadlines and the move's clock steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from domain.case import UNDONE, AssignmentState, Case, Matter
from domain.deadlines import (
    DECISION_TERMS,
    LIVE_STATES,
    WORK_TERMS,
    Deadline,
    DeadlineState,
    Extend,
    Hand,
    PauseAll,
    Recount,
    ResumeAll,
    Start,
    Step,
    Stop,
    StopAll,
    Term,
    Void,
    extended,
    pause,
    recounted,
    resume,
    start,
    stop,
    void,
)
from domain.lifecycle import Change
from domain.more_time import as_day
from domain.moves import Decision
from domain.office import Office
from domain.workdays import Limit, Unit

Opening = Callable[[Case, Office], list[tuple[Limit, int | None]]]


def _handle(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    limit = office.rulebook.limit(case.kind, case.weight)
    if case.joint:
        return [(limit, part.unit) for part in case.open_parts]
    return [(limit, case.lead.unit if case.lead else None)]


def _assist(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    units = [part.unit for part in case.open_parts if not part.lead and not case.joint]
    return [(office.rulebook.assist, unit) for unit in units]


def _dispatch(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    """A case that a unit has sent back is decided on the same day."""
    returned = any(a.state is AssignmentState.RETURNED and a.round == case.round for a in case.assignments)
    return [(office.rulebook.redispatch if returned else office.rulebook.dispatch, None)]


def _contact(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    return [(office.rulebook.contact, case.lead.unit if case.lead else None)]


def _supplement(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    left = office.rulebook.supplement_pool_days - case.paused_days
    return [(Limit(max(1, left), Unit.WORKDAYS), None)]


def _decision(case: Case, office: Office) -> list[tuple[Limit, int | None]]:
    return [(office.rulebook.approval, case.approvals[-1].unit if case.approvals else None)]


#: Which limits a term starts with, and for which unit.
OPENINGS: Mapping[Term, Opening] = MappingProxyType(
    {
        Term.ACCEPT: lambda case, office: [(office.rulebook.kinds[case.kind].accept, None)],
        Term.SILENCE: lambda case, office: [(office.rulebook.silence, None)],
        Term.DISPATCH: _dispatch,
        Term.SUPPLEMENT: _supplement,
        Term.HANDLE: _handle,
        Term.CONTACT: _contact,
        Term.ASSIST: _assist,
        Term.VISIT: lambda case, office: [(office.rulebook.visit, None)],
        Term.CLOSE: lambda case, office: [(office.rulebook.close_silent, None)],
        Term.REFUSAL: _decision,
        Term.EXTENSION: _decision,
        Term.TERMINATION: _decision,
        Term.CHECK: _decision,
        Term.REVIEW: lambda case, office: [(office.rulebook.review, None)],
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
    for step in (*change.move.clock, *_of_decision(change)):
        if isinstance(step, Start):
            kept, started = _begun(step, after, change, office)
            after, fresh = kept, fresh + started
        else:
            stepped = [_stepped(step, one, change, now, office) for one in after]
            fresh += [new for old, new in zip(after, stepped, strict=True) if new.id == 0 and old.id]
            after = [_replaced(old, new, now) for old, new in zip(after, stepped, strict=True)]
            if isinstance(step, Hand):
                after = _once_each(after, now)
    after = [_undecidable(one, change) for one in after]
    changed = [new for old, new in zip(before, after, strict=True) if new != old]
    return fresh, changed


def _of_decision(change: Change) -> tuple[Step, ...]:
    if change.move.decides is None or change.move.decides[0] is not Decision.PROPOSE:
        return ()
    return (Start(Term(str(change.move.decides[1]))),)


def _begun(step: Start, live: list[Deadline], change: Change, office: Office) -> tuple[list[Deadline], list[Deadline]]:
    """(what ran, what begins): a term that may go on is handed to the unit that has the case now."""
    wanted = open_term(step.term, change.after, change.now, office)
    if not step.keep:
        return live, wanted
    units = {one.unit for one in wanted}
    kept: list[Deadline] = []
    for one in live:
        running = one.term is step.term and one.state in LIVE_STATES
        lead = change.after.lead
        if running and one.unit not in units and lead is not None:
            one = replace(one, unit=lead.unit)
        kept.append(one)
    kept = _once_each(kept, change.now)
    taken = {one.unit for one in kept if one.term is step.term and one.state in LIVE_STATES}
    return kept, [one for one in wanted if one.unit not in taken]


def _replaced(old: Deadline, new: Deadline, now: datetime) -> Deadline:
    """A deadline that another takes the place of is kept as extended."""
    if new.id == 0 and old.id:
        return replace(old, state=DeadlineState.EXTENDED, ended_at=now)
    return new


def _stepped(step: Step, one: Deadline, change: Change, now: datetime, office: Office) -> Deadline:
    if one.state not in LIVE_STATES:
        return one
    match step:
        case Stop(terms, own):
            return stop(resume(one, now, office), now) if _concerns(one, terms, own, change) else one
        case Void(terms, own):
            return void(one, now) if _concerns(one, terms, own, change) else one
        case StopAll():
            return void(one, now)
        case PauseAll():
            return pause(one, now, office)
        case ResumeAll():
            return resume(one, now, office)
        case Hand():
            return _handed(one, change)
        case Extend():
            return _extended(one, change, office)
        case Recount():
            return _recounted(one, change, office)
    return one


def _concerns(one: Deadline, terms: tuple[Term, ...], own: bool, change: Change) -> bool:
    return one.term in terms and (not own or one.unit == change.actor.unit)


def _handed(one: Deadline, change: Change) -> Deadline:
    """What ran against a unit that has no open part any more runs against the one that has taken its place."""
    if one.term not in WORK_TERMS | {Term.CONTACT} or one.unit is None:
        return one
    still = {part.unit for part in change.after.assignments if part.state in UNDONE}
    unit = change.facts.get("unit") or (change.after.lead.unit if change.after.lead else None)
    return replace(one, unit=unit) if one.unit not in still and unit else one


def _once_each(many: list[Deadline], now: datetime) -> list[Deadline]:
    """Where several units' limits have come to one unit, the earliest stays: it was told first."""
    first: dict[tuple[Term, int | None], Deadline] = {}
    for one in sorted((one for one in many if one.state in LIVE_STATES), key=lambda one: one.due.at):
        first.setdefault((one.term, one.unit), one)
    kept = [id(one) for one in first.values()]
    return [one if one.state not in LIVE_STATES or id(one) in kept else void(one, now) for one in many]


def _extended(one: Deadline, change: Change, office: Office) -> Deadline:
    """The limit may have grown since more time was asked for: what was granted never brings it nearer."""
    day = as_day(change.facts.get("date"))
    if day is None or one.term not in WORK_TERMS or one.unit != change.facts.get("unit"):
        return one
    longer = extended(one, day, office)
    return longer if longer.due.at > one.due.at else one


def _recounted(one: Deadline, change: Change, office: Office) -> Deadline:
    """Limits of the new kind from the first filing; what was promised to the owner never comes nearer."""
    case = change.after
    rule = office.rulebook.kinds[case.kind]
    limits = {Term.ACCEPT: rule.accept, Term.HANDLE: office.rulebook.limit(case.kind, case.weight)}
    return recounted(one, limits[one.term], case.filed_at, office) if one.term in limits else one


def _undecidable(one: Deadline, change: Change) -> Deadline:
    """A decision's clock ends with its proposal: met when it was decided, void when nothing was left to decide."""
    if one.term not in DECISION_TERMS or one.state not in LIVE_STATES:
        return one
    matter, decided = Matter(str(one.term)), change.move.decides
    if change.after.pending(matter, one.unit) is not None:
        return one
    by_decision = decided is not None and decided[1] is matter and decided[0] is not Decision.PROPOSE
    return stop(one, change.now) if by_decision else void(one, change.now)


#: What runs on with the next case of a group: the work of the units and of the desk.
INHERITED = WORK_TERMS | {Term.DISPATCH, Term.CONTACT}


def inherited(former: Iterable[Deadline], own: Iterable[Deadline], case: Case) -> tuple[list[Deadline], list[Deadline]]:
    """(new, changed) deadlines of a case that leads its group in another's place.

    What ran on the former lead runs on it; where both have a limit for the work, the earlier one stays.
    """
    fresh, changed = [], []
    mine = {one.term: one for one in own if one.state in LIVE_STATES}
    for one in former:
        if one.state not in LIVE_STATES or one.term not in INHERITED:
            continue
        copy = replace(one, id=0, case=case.id, round=case.round)
        running = mine.get(one.term)
        if running is None:
            fresh.append(copy)
        elif one.due.at < running.due.at and one.unit == running.unit:
            changed.append(replace(copy, id=running.id))
    return fresh, changed
