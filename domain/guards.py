"""Conditions under which a row of MOVES holds, and guards: why a move that the table allows is refused all the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from domain.case import ApprovalState, Assignment, AssignmentState, Case, Kind, Matter, Role, Status
from domain.errors import (
    AlreadySo,
    CluesNotHere,
    FinalSaid,
    LastOne,
    Missing,
    NoPauseLeft,
    NotLeftToTheAccused,
    NotToTheAccused,
    OnceOnly,
    OnlyInquiries,
    OwnProposal,
    Refused,
    TooLate,
    TooSoon,
    UnderReview,
    UnknownGround,
)
from domain.limits import Limit
from domain.office import Office
from domain.rulebook import Ground
from domain.scene import Scene

Condition = Callable[[Scene], bool]
Guard = Callable[[Scene], Refused | None]

# --- conditions: which row of a move holds ----------------------------------------------------------------------


def unsigned_part(scene: Scene) -> bool:
    """The actor's unit assists and has not signed yet."""
    part = scene.case.of_unit(scene.actor.unit)
    return part is not None and not part.lead and part.state is AssignmentState.ASSIGNED


def has_lead(scene: Scene) -> bool:
    """A unit has the case."""
    return scene.case.lead is not None


def unsigned_lead(scene: Scene) -> bool:
    """The lead was reassigned, and has not signed yet."""
    lead = scene.case.lead
    return lead is not None and lead.state is AssignmentState.ASSIGNED


def objected(scene: Scene) -> bool:
    """The owner objected to a refusal: the approver decides now."""
    return scene.case.objected


def not_objected(scene: Scene) -> bool:
    """An ordinary filing."""
    return not scene.case.objected


def pending(matter: Matter) -> Condition:
    """Something waits for a decision in this matter."""
    return lambda scene: scene.case.pending(matter) is not None


def goes_again(scene: Scene) -> bool:
    """Redone by the unit that had it."""
    return scene.case.lead is not None and not _at_review(scene)


def goes_to_desk(scene: Scene) -> bool:
    """Redone though no unit ever had it: it was answered at once."""
    return scene.case.lead is None and not _at_review(scene)


def goes_to_review(scene: Scene) -> bool:
    """It was redone before: the approver has the last word."""
    return _at_review(scene)


def _at_review(scene: Scene) -> bool:
    return scene.case.round + 1 >= scene.office.rulebook.final_round


def assists(scene: Scene) -> bool:
    """Assisting units help the lead, and do not answer for themselves."""
    return not scene.case.joint


def answers_alone(scene: Scene) -> bool:
    """The lead's answer is the case's answer."""
    return not scene.case.joint and not _checked(scene)


def answers_among_others(scene: Scene) -> bool:
    """Each unit answers for itself, and others still have to."""
    return _others_open(scene) and not _checked(scene) and not _signs_first(scene)


def answers_last(scene: Scene) -> bool:
    """Each unit answers for itself, and this is the last one."""
    return scene.case.joint and not _others_open(scene) and not _checked(scene) and not _signs_first(scene)


def checked(scene: Scene) -> bool:
    """The office asks for the head's look before an answer goes out."""
    return _checked(scene)


def releases_alone(scene: Scene) -> bool:
    """A head releases the answer of the case."""
    return not scene.case.joint and _own_check(scene)


def releases_among_others(scene: Scene) -> bool:
    """A head releases one of several answers."""
    return _others_open(scene) and _own_check(scene)


def releases_last(scene: Scene) -> bool:
    """A head releases the last of several answers."""
    return scene.case.joint and not _others_open(scene) and _own_check(scene)


def sends_back(scene: Scene) -> bool:
    """An answer of the actor's unit waits for the head."""
    return _own_check(scene)


def _own_check(scene: Scene) -> bool:
    return scene.actor.unit is not None and scene.case.pending(Matter.CHECK, scene.actor.unit) is not None


def _checked(scene: Scene) -> bool:
    return scene.office.rulebook.head_checks and scene.actor.role is not Role.HEAD


def _signs_first(scene: Scene) -> bool:
    """The lead signs before it answers: only then the case is being handled, and its owner knows by whom."""
    lead = scene.case.lead
    return scene.case.status is Status.DISPATCHED and lead is not None and lead.unit == scene.actor.unit


def _others_open(scene: Scene) -> bool:
    return scene.case.joint and any(part.unit != scene.actor.unit for part in scene.case.open_parts)


# --- guards -----------------------------------------------------------------------------------------------------


def only_inquiries(scene: Scene) -> Refused | None:
    """Some kinds may be answered at once (by default inquiries)."""
    return None if scene.office.rulebook.kinds[scene.case.kind].answer_at_once else OnlyInquiries()


def pause_left(scene: Scene) -> Refused | None:
    """The owner is asked once before acceptance, and for so many working days in all."""
    case = scene.case
    asked_once = case.status is Status.FILED and case.accept_paused
    spent = case.paused_days >= scene.office.rulebook.supplement_pool_days
    return NoPauseLeft() if asked_once or spent else None


def once_a_working_day(scene: Scene) -> Refused | None:
    """An owner urges once a working day."""
    calendar, urged_at = scene.office.calendar, scene.case.urged_at
    if urged_at is None or scene.actor.role is Role.LEADER:
        return None
    free = calendar.next_working_day(calendar.today(urged_at))
    return TooSoon(day=free) if calendar.today(scene.now) < free else None


def within_redo(scene: Scene) -> Refused | None:
    """Redo is open for so many calendar days after the answer."""
    last = last_redo(scene.case, scene.office)
    return TooLate(day=scene.office.calendar.today(last)) if last is not None and scene.now > last else None


def last_redo(case: Case, office: Office) -> datetime | None:
    """Until when the case may be redone; None where it was not answered."""
    return case.answered_at and case.answered_at + timedelta(days=office.rulebook.redo_calendar_days)


def not_reviewed(scene: Scene) -> Refused | None:
    """After the final review a case is not redone any more."""
    return FinalSaid() if scene.case.round >= scene.office.rulebook.final_round else None


def not_own_refusal(scene: Scene) -> Refused | None:
    """Whether a refusal stands is not for who proposed it to say."""
    granted = [one for one in scene.case.approvals if one.state is ApprovalState.GRANTED]
    refusals = [one for one in granted if one.matter is Matter.REFUSAL]
    own = any(not one.proposers.isdisjoint(scene.actor.persons) for one in refusals)
    return OwnProposal() if own else None


def not_under_review(scene: Scene) -> Refused | None:
    """While the approver reviews a case, it is not joined to another."""
    return UnderReview() if scene.case.pending(Matter.REVIEW) is not None else None


def sound_units(scene: Scene) -> Refused | None:
    """The lead unit does not also assist."""
    return Missing(what="lead") if scene.facts["lead"] in scene.facts.get("assisting", ()) else None


def not_the_accused_alone(scene: Scene) -> Refused | None:
    """A complaint about a unit is never dispatched to that unit alone."""
    case, units = scene.case, {scene.facts.get("lead"), *(scene.facts.get("assisting") or ())} - {None}
    return NotToTheAccused() if accused_alone(case, units) else None


def accused_alone(case: Case, units: Collection[int | None]) -> bool:
    """Whether these units are no other than the one the complaint is about."""
    return case.kind is Kind.COMPLAINT and case.named_unit is not None and set(units) == {case.named_unit}


def not_with_the_accused_alone(scene: Scene) -> Refused | None:
    """What turns out to be a complaint about a unit does not stay with that unit alone: another one first."""
    case, units = scene.case, {part.unit for part in scene.case.open_parts}
    becomes = scene.facts.get("kind") == Kind.COMPLAINT
    return NotToTheAccused() if becomes and accused_alone(replace(case, kind=Kind.COMPLAINT), units) else None


def part_to_give(scene: Scene) -> Refused | None:
    """Only a part that is still to be done goes to another unit: by default the lead's."""
    case, giver = scene.case, scene.facts.get("from_unit")
    if not scene.facts.get("unit"):
        return None
    part = case.of_unit(giver) if giver else case.lead
    return None if part in case.open_parts else AlreadySo(number=case.number)


def new_unit(scene: Scene) -> Refused | None:
    """A unit that has a part already gets no second one; the accused alone does not get a complaint."""
    case, unit = scene.case, scene.facts.get("unit")
    if unit is not None and case.of_unit(unit) is not None:
        return OnceOnly()
    left = {part.unit for part in case.open_parts} - {scene.facts.get("from_unit") or (case.lead and case.lead.unit)}
    alone = case.kind is Kind.COMPLAINT and unit is not None and case.named_unit == unit and not left
    return NotToTheAccused() if alone else None


def first_return(scene: Scene) -> Refused | None:
    """A unit sends back once, and once a unit has done so and the dispatcher has decided, no other may object again."""
    own, returned = scene.case.of_unit(scene.actor.unit), AssignmentState.RETURNED
    before = [a for a in scene.case.assignments if a.state is returned and a.round == scene.case.round]
    return OnceOnly() if own is not None and any(_settles(one, own) for one in before) else None


def _settles(returned: Assignment, own: Assignment) -> bool:
    """Whether the desk had decided on the part that was sent back when it gave this one."""
    return returned.lead or returned.unit == own.unit or (not own.lead and returned.since < own.since)


def within_return(scene: Scene) -> Refused | None:
    """A unit sends a case back within so much time after it got it, from the desk or from another unit."""
    part = scene.case.of_unit(scene.actor.unit)
    return _too_late(scene, part.since if part else None, scene.office.rulebook.return_limit)


def others_left(scene: Scene) -> Refused | None:
    """Where each unit answers for itself, the last one left does not send its part back: nobody would have the case.
    Nor does a unit leave a complaint to the one it is about.
    """
    if scene.case.joint and not _others_open(scene):
        return LastOne()
    left = {part.unit for part in scene.case.open_parts} - {scene.actor.unit}
    return NotLeftToTheAccused() if accused_alone(scene.case, left) else None


def within_objection(scene: Scene) -> Refused | None:
    """An owner objects to a refusal within so many working days, once."""
    if scene.case.objected:
        return OnceOnly()
    return _too_late(scene, scene.case.status_at, Limit(scene.office.rulebook.object_days))


def _too_late(scene: Scene, since: datetime | None, limit: Limit) -> Refused | None:
    if since is None:
        return None
    due = scene.office.calendar.due(since, limit)
    return TooLate(day=due.day) if scene.now > due.at else None


def none_pending(matter: Matter) -> Guard:
    """One proposal at a time in a matter."""
    return lambda scene: OnceOnly() if scene.case.pending(matter) is not None else None


def _listed(scene: Scene, grounds: tuple[Ground, ...]) -> Refused | None:
    wanted = scene.facts.get("ground")
    known = {ground.code for ground in grounds}
    return UnknownGround() if wanted not in (None, "", ()) and wanted not in known else None


def listed_refusal(scene: Scene) -> Refused | None:
    """A case is refused on a ground of the office's list."""
    return _listed(scene, scene.office.rulebook.refusal_grounds)


def listed_termination(scene: Scene) -> Refused | None:
    """A case is ended on a ground of the office's list."""
    return _listed(scene, scene.office.rulebook.termination_grounds)


def own_not_pending(scene: Scene) -> Refused | None:
    """One answer of a unit at a time waits for its head."""
    return OnceOnly() if scene.case.pending(Matter.CHECK, scene.actor.unit) is not None else None


def no_clues(scene: Scene) -> Refused | None:
    """A clue goes the sealed path, and never from an open case."""
    return CluesNotHere() if scene.facts.get("kind") == "clue" else None


def another_kind(scene: Scene) -> Refused | None:
    """It becomes a kind it is not yet."""
    wanted = scene.facts.get("kind")
    if wanted in (None, (), ""):
        return None
    if wanted not in set(Kind):
        return Missing(what="kind")
    return OnceOnly() if wanted == scene.case.kind else None


def another_case(scene: Scene) -> Refused | None:
    """A case is joined to another one."""
    return Missing(what="into") if scene.facts.get("into") == scene.case.id else None


def some_money(scene: Scene) -> Refused | None:
    """An amount is more than nothing, in fen."""
    amount = scene.facts.get("amount_fen")
    return Missing(what="amount_fen") if isinstance(amount, int) and amount <= 0 else None
