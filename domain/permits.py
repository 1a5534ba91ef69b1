"""Who may: small named predicates over a case and an actor. Deny by default: a move without a permit is nobody's."""

from __future__ import annotations

from collections.abc import Callable

from domain.case import OFFICIAL_ROLES, UNDONE, UNIT_ROLES, Actor, AssignmentState, Case, Naming, Role

Permit = Callable[[Case, Actor], bool]

WORKERS = frozenset({Role.HANDLER, Role.LIAISON})
OVERSEERS = frozenset({Role.DISPATCHER, Role.APPROVER, Role.SUPERVISOR})


def owner(case: Case, actor: Actor) -> bool:
    """The owner or monitor who filed this case for themselves, or for whom it was filed."""
    return actor.role in (Role.OWNER, Role.MONITOR) and actor.person is not None and actor.person == case.owner


def anyone_filing(case: Case, actor: Actor) -> bool:
    """Whoever files: for themselves as owner or monitor, on somebody's behalf as an official."""
    return actor.role in OFFICIAL_ROLES or (actor.role in (Role.OWNER, Role.MONITOR) and actor.person == case.owner)


def dispatcher(case: Case, actor: Actor) -> bool:
    """A dispatcher of the office."""
    return actor.role is Role.DISPATCHER


def approver(case: Case, actor: Actor) -> bool:
    """The head of the office, who approves what others proposed."""
    return actor.role is Role.APPROVER


def supervisor(case: Case, actor: Actor) -> bool:
    """A supervisor."""
    return actor.role is Role.SUPERVISOR


def lead_worker(case: Case, actor: Actor) -> bool:
    """A handler or liaison of the lead unit; its head too, once the case was redone and went to the head."""
    return _works(case, actor) and case.lead is not None and actor.unit == case.lead.unit


def assisting_worker(case: Case, actor: Actor) -> bool:
    """A handler or liaison of an assisting unit whose part is still open."""
    part = case.of_unit(actor.unit)
    return _works(case, actor) and part is not None and not part.lead and part.state in UNDONE


def open_worker(case: Case, actor: Actor) -> bool:
    """A handler or liaison of any unit whose part is still to be done."""
    part = case.of_unit(actor.unit)
    return _works(case, actor) and part is not None and part.state in UNDONE


def open_answerer(case: Case, actor: Actor) -> bool:
    """Who answers for a unit whose part is to be done: in a joint case of any unit, else of the lead."""
    return open_worker(case, actor) and (case.joint or lead_worker(case, actor))


def _works(case: Case, actor: Actor) -> bool:
    return actor.role in WORKERS or (actor.role is Role.HEAD and case.round > 1)


def lead_liaison(case: Case, actor: Actor) -> bool:
    """The liaison of the lead unit, which has not signed yet."""
    lead = case.lead
    return _receives(actor) and lead is not None and actor.unit == lead.unit and lead.state is AssignmentState.ASSIGNED


def assisting_liaison(case: Case, actor: Actor) -> bool:
    """The liaison of an assisting unit that has not signed yet."""
    part = case.of_unit(actor.unit)
    return _receives(actor) and part is not None and not part.lead and part.state is AssignmentState.ASSIGNED


def unit_liaison(case: Case, actor: Actor) -> bool:
    """The liaison or head of a unit whose part is still to be done."""
    part = case.of_unit(actor.unit)
    return (_receives(actor) or actor.role is Role.HEAD) and part is not None and part.state in UNDONE


def own_handler(case: Case, actor: Actor) -> bool:
    """Whoever handles the unit's part."""
    part = case.of_unit(actor.unit)
    mine = part is not None and part.handler is not None and part.handler in (actor.person, actor.for_person)
    return mine and actor.role in WORKERS and part is not None and part.state in UNDONE


def _receives(actor: Actor) -> bool:
    return actor.role is Role.LIAISON


def unit_head(case: Case, actor: Actor) -> bool:
    """The head of a unit whose part is still to be done."""
    part = case.of_unit(actor.unit)
    return actor.role is Role.HEAD and part is not None and part.state in UNDONE


def leader(case: Case, actor: Actor) -> bool:
    """A leader who answers for a unit on the case, for its project, or for all."""
    return answering_leader(case, actor)


def worker(case: Case, actor: Actor) -> bool:
    """A handler or liaison of any unit on the case whose part is still open."""
    return lead_worker(case, actor) or assisting_worker(case, actor)


def visitor(case: Case, actor: Actor) -> bool:
    """An official who visits back by phone: a dispatcher, or the inspector of the case's project."""
    return actor.role is Role.DISPATCHER or project_inspector(case, actor)


def project_inspector(case: Case, actor: Actor) -> bool:
    """The inspector of the key project this case names."""
    return actor.role is Role.INSPECTOR and case.project is not None and actor.project == case.project


def clock(case: Case, actor: Actor) -> bool:
    """The office's own clock."""
    return actor.role is Role.CLOCK


def unit_member(case: Case, actor: Actor) -> bool:
    """Handler, liaison or head of a unit that has a live part in the case."""
    return actor.role in UNIT_ROLES and actor.unit is not None and case.of_unit(actor.unit) is not None


def answering_leader(case: Case, actor: Actor) -> bool:
    """A leader who answers for a unit on the case, or for its project; one who holds neither answers for all."""
    if actor.role is not Role.LEADER:
        return False
    of_unit = actor.unit is not None and case.of_unit(actor.unit) is not None
    of_project = actor.project is not None and actor.project == case.project
    return of_unit or of_project or (actor.unit is None and actor.project is None)


def overseer(case: Case, actor: Actor) -> bool:
    """A dispatcher, an approver or a supervisor of the office."""
    return actor.role in OVERSEERS


#: Who may read a case. One row a reason; whoever fits none learns nothing, not even that the case exists.
READERS: tuple[Permit, ...] = (owner, unit_member, project_inspector, answering_leader, overseer)


def recused(case: Case, actor: Actor) -> bool:
    """The case is about the actor, or about the absent one they stand in for."""
    return not actor.persons.isdisjoint(case.recused)


def may_see(case: Case, actor: Actor) -> bool:
    """Whether this actor may read the case. Whom it is about may not, in no role but that of its owner."""
    return any(permit(case, actor) for permit in READERS) and (owner(case, actor) or not recused(case, actor))


def may_know_owner(case: Case, actor: Actor) -> bool:
    """Whether this actor may know who the owner is: nobody of an anonymous one, no unit of one who keeps the name."""
    if case.naming is Naming.ANONYMOUS:
        return False
    return case.naming is Naming.NAMED or actor.role not in UNIT_ROLES
