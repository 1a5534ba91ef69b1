"""What a move does to the units' parts in a case, and to the marks it leaves on the case itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from domain.case import UNDONE, Assignment, AssignmentState, Case, Kind, Role, Status, Weight
from domain.scene import Scene

Work = Callable[[Case, Scene], Case]


def assign(case: Case, scene: Scene) -> Case:
    """Lead and assisting units get their parts."""
    facts = scene.facts
    units = [(facts["lead"], True), *((unit, False) for unit in facts.get("assisting") or ())]
    parts = [Assignment(0, unit, lead, scene.now, round=case.round) for unit, lead in units]
    weight, joint = facts.get("weight") or case.weight, bool(facts.get("joint")) and len(parts) > 1
    return replace(case, weight=weight, joint=joint, assignments=(*case.assignments, *parts))


def assign_again(case: Case, scene: Scene) -> Case:
    """The lead unit gets its part anew, in the next round; so does every unit that answers for itself."""
    lead, again = case.lead, replace(case, round=case.round + 1)
    if lead is None:
        return again
    others = [a.unit for a in case.assignments if case.joint and not a.lead and a.state is AssignmentState.ANSWERED]
    old = tuple(
        _recalled(a) if a.state in UNDONE or a.id == lead.id or a.unit in others else a for a in case.assignments
    )
    fresh = [Assignment(0, lead.unit, True, scene.now, round=again.round)]
    fresh += [Assignment(0, unit, False, scene.now, round=again.round) for unit in dict.fromkeys(others)]
    return replace(again, assignments=(*old, *fresh))


def to_review(case: Case, scene: Scene) -> Case:
    """The next round is the approver's: no unit has the case any more."""
    parts = tuple(_recalled(a) if a.state in UNDONE or a.lead else a for a in case.assignments)
    return replace(case, round=case.round + 1, joint=False, assignments=parts)


def sign_part(case: Case, scene: Scene) -> Case:
    """The actor's unit has taken its part, and the actor handles it."""
    return _own_part(case, scene, AssignmentState.SIGNED)


def answer_part(case: Case, scene: Scene) -> Case:
    """The actor's unit has done its part."""
    return _own_part(case, scene, AssignmentState.ANSWERED)


def release_part(case: Case, scene: Scene) -> Case:
    """The unit has done its part; who wrote the answer stays its handler."""
    part = case.of_unit(scene.actor.unit)
    proposer: int | None = scene.facts.get("proposer")
    handler = proposer if proposer is not None or part is None else part.handler
    return _changed(case, part, lambda a: replace(a, state=AssignmentState.ANSWERED, handler=handler))


def return_case(case: Case, scene: Scene) -> Case:
    """The lead sends the case back: it goes to the desk, and nobody else needs to act on it."""
    lead = case.lead
    parts = tuple(_recalled(a) if a.state in UNDONE and a != lead else a for a in case.assignments)
    return _changed(replace(case, assignments=parts, joint=False), lead, _returned)


def return_part(case: Case, scene: Scene) -> Case:
    """An assisting unit sends its part back."""
    return _changed(case, case.of_unit(scene.actor.unit), _returned)


def recall_parts(case: Case, scene: Scene) -> Case:
    """Nobody needs to act any more."""
    return replace(case, assignments=tuple(_recalled(a) if a.state in UNDONE else a for a in case.assignments))


def set_handler(case: Case, scene: Scene) -> Case:
    """Somebody else of the actor's unit handles its part; 0 stands for whoever takes it. The clock names the unit."""
    unit = scene.actor.unit or scene.facts.get("unit")
    return _changed(case, case.of_unit(unit), lambda a: replace(a, handler=scene.facts["handler"] or None))


def swap_unit(case: Case, scene: Scene) -> Case:
    """Another unit gets a part, the one that had it is done with it. `from_unit`: whose part, by default the lead's."""
    part = case.of_unit(scene.facts["from_unit"]) if scene.facts.get("from_unit") else case.lead
    if part is None:
        return case
    fresh = Assignment(0, scene.facts["unit"], part.lead, scene.now, round=part.round)
    swapped = _changed(case, part, _recalled)
    return replace(swapped, assignments=(*swapped.assignments, fresh))


def involve(case: Case, scene: Scene) -> Case:
    """One more unit assists."""
    fresh = Assignment(0, scene.facts["unit"], False, scene.now, round=case.round)
    return replace(case, assignments=(*case.assignments, fresh))


def mirror(case: Case, scene: Scene) -> Case:
    """A case joined to another is with the unit that has the other. `unit` 0: with none."""
    facts, lead = scene.facts, case.lead
    case = replace(case, merged_into=facts.get("into") or case.merged_into)
    unit, state = facts.get("unit") or 0, AssignmentState(facts.get("state") or AssignmentState.ASSIGNED)
    if lead is not None and lead.unit == unit:
        return _changed(case, lead, lambda a: replace(a, state=state, handler=facts.get("handler") or None))
    apart = replace(case, assignments=tuple(_recalled(a) if a.state in UNDONE else a for a in case.assignments))
    if not unit:
        return apart
    fresh = Assignment(0, unit, True, scene.now, state, facts.get("handler") or None, case.round)
    return replace(apart, assignments=(*apart.assignments, fresh))


def join(case: Case, scene: Scene) -> Case:
    """The case is led by another one from now on; its own units are done with it."""
    joined = replace(case, merged_into=scene.facts["into"], resume=None, asker=None, joint=False)
    return mirror(joined, scene)


def part_from_group(case: Case, scene: Scene) -> Case:
    """The case stands for itself, in no group and with no unit that must act."""
    return replace(recall_parts(case, scene), merged_into=None)


def answer_with_group(case: Case, scene: Scene) -> Case:
    """The unit that answered the leading case has answered this one too; from now on it stands for itself."""
    answered = mirror(case, replace(scene, facts={**scene.facts, "state": AssignmentState.ANSWERED}))
    return replace(answered, merged_into=None)


def take_over(case: Case, scene: Scene) -> Case:
    """The case leads its group from now on: it has the parts of the one that led before.

    parts: rows of (unit, lead, since, state, handler); status: where the former lead stood.
    """
    facts = scene.facts
    alone = recall_parts(case, scene)
    fresh = tuple(
        Assignment(0, unit, lead, datetime.fromisoformat(since), AssignmentState(state), handler, case.round)
        for unit, lead, since, state, handler in facts.get("parts") or ()
    )
    weight = Weight(facts["weight"]) if facts.get("weight") else case.weight
    led = replace(alone, merged_into=None, weight=weight, joint=bool(facts.get("joint")))
    return replace(led, status=Status(facts["status"]), assignments=(*led.assignments, *fresh))


def remember_urging(case: Case, scene: Scene) -> Case:
    """The owner has urged; a leader's urging takes nothing from the owner's."""
    return case if scene.actor.role is Role.LEADER else replace(case, urged_at=scene.now)


def set_kind(case: Case, scene: Scene) -> Case:
    """It is of another kind from now on. about: whom it turns out to be about, and who never sees it then."""
    kind, rules = Kind(scene.facts["kind"]), scene.office.rulebook.kinds
    wanted = scene.facts.get("weight")
    weight = Weight(wanted) if wanted and wanted in rules[kind].weights else None
    return keep_from_named(replace(case, kind=kind, weight=weight), scene)


def keep_from_named(case: Case, scene: Scene) -> Case:
    """Whom the owner's words name, of the unit a complaint is about, never sees the case from now on."""
    return _kept_from(case, scene.facts.get("about") or ())


def mark_objected(case: Case, scene: Scene) -> Case:
    """The owner has objected: once."""
    return replace(case, objected=True)


def recuse(case: Case, scene: Scene) -> Case:
    """Whom the case is about never sees it."""
    return _kept_from(case, (scene.facts["person"],))


def _kept_from(case: Case, persons: Iterable[int]) -> Case:
    about = set(persons)
    parts = tuple(replace(a, handler=None) if a.handler in about and a.state in UNDONE else a for a in case.assignments)
    return replace(case, recused=tuple(sorted({*case.recused, *about})), assignments=parts)


def remember_asker(case: Case, scene: Scene) -> Case:
    """Who asked for more is told when it comes; a pause before acceptance is given once."""
    before_acceptance = case.accept_paused or case.status is Status.FILED
    return replace(case, resume=case.status, asker=scene.actor.person, accept_paused=before_acceptance)


def spend_pause(case: Case, scene: Scene) -> Case:
    """The working days the owner took are spent from the case's pool."""
    calendar = scene.office.calendar
    spent = calendar.count(calendar.today(case.status_at or case.filed_at), calendar.today(scene.now))
    return replace(case, paused_days=case.paused_days + spent)


def _recalled(part: Assignment) -> Assignment:
    return replace(part, state=AssignmentState.RECALLED)


def _returned(part: Assignment) -> Assignment:
    return replace(part, state=AssignmentState.RETURNED)


def _own_part(case: Case, scene: Scene, state: AssignmentState) -> Case:
    part = case.of_unit(scene.actor.unit)
    return _changed(case, part, lambda a: replace(a, state=state, handler=scene.actor.person))


def _changed(case: Case, part: Assignment | None, change: Callable[[Assignment], Assignment]) -> Case:
    if part is None:
        return case
    return replace(case, assignments=tuple(change(a) if a is part else a for a in case.assignments))
