"""What a move is checked for beyond the rules, because only the database knows: units, people and other cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain.case import OPEN, Actor, Case, Kind, Role, Status
from domain.errors import Missing, NotLeftToTheAccused, NotOfTheUnit, NotToTheAccused, TooSoon, UnknownCase, WrongUnit
from domain.guards import accused_alone
from domain.permits import may_see
from handlers import accused, merging
from storage import cases, events, people, units
from storage.transaction import Tx

Facts = dict[str, Any]
Check = Callable[[Tx, Case, Actor, Facts, datetime], Facts]

#: A case that leads others is under way: accepted, and not answered yet.
LEADING = OPEN - {Status.FILED, Status.WAITING, Status.ANSWERED}


def _known_units(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """Every unit that is named is one of the office's."""
    known = units.names(tx)
    named = [facts.get("lead"), facts.get("unit"), facts.get("from_unit"), *(facts.get("assisting") or ())]
    for unit in named:
        if unit and unit not in known:
            raise WrongUnit(unit=str(unit)[:20])
    return facts


def _better_unit(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """The unit thought right, 0 for none known."""
    if facts.get("better") and facts["better"] not in units.names(tx):
        raise WrongUnit(unit=str(facts["better"])[:20])
    return facts


def _of_the_unit(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """Who is to handle a part works in its unit, and may see the case."""
    handler, unit = facts.get("handler"), actor.unit or facts.get("unit")
    if actor.role is Role.DISPATCHER or not handler:
        return facts
    held = people.holdings(tx, handler, now)
    if handler in case.recused or not any(one.unit == unit and one.role in STAFF for one in held):
        raise NotOfTheUnit()
    return facts


STAFF = frozenset({Role.HANDLER, Role.LIAISON, Role.HEAD})


def _joinable(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """The leading case is one the actor sees, under way, and joined to no other; its unit is what the other follows."""
    into = facts.get("into")
    if into in (None, "", ()):
        return facts
    lead = cases.lock(tx, into) if isinstance(into, int) else None
    if lead is None or not may_see(lead, actor):
        raise UnknownCase(number=str(into)[:20])
    if lead.status not in LEADING or lead.merged_into is not None:
        raise Missing(what="into")
    if _any_accused_alone(tx, case, {part.unit for part in lead.open_parts}):
        raise NotToTheAccused()
    return {**facts, **merging.facts_of_lead(lead)}


def _any_accused_alone(tx: Tx, case: Case, units_then: set[int]) -> bool:
    """Whether these units are no other than the one that the case, or one it leads, is about."""
    group = (case, *cases.many(tx, cases.joined_to(tx, case.id)).values())
    return any(accused_alone(one, units_then) for one in group)


def _not_left_to_the_accused_of_a_group(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """Nor does an assisting unit leave a group to the unit that one of its complaints is about."""
    part = case.of_unit(actor.unit)
    left = {one.unit for one in case.open_parts} - {actor.unit}
    if part is not None and not part.lead and _any_accused_alone(tx, case, left):
        raise NotLeftToTheAccused()
    return facts


def _not_the_accused_of_a_group(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """A group with a complaint about a unit goes to that unit alone as little as the complaint itself."""
    if facts.get("lead"):
        units_then = {facts["lead"], *(facts.get("assisting") or ())}
    elif facts.get("unit") and actor.role is Role.DISPATCHER:
        giver = facts.get("from_unit") or (case.lead.unit if case.lead else None)
        units_then = {part.unit for part in case.open_parts} - {giver} | {facts["unit"]}
    else:
        return facts
    if _any_accused_alone(tx, case, units_then):
        raise NotToTheAccused()
    return facts


def _whom_it_is_about(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """What becomes a complaint about a unit is kept from the people of that unit whom it names."""
    given = {name: value for name, value in facts.items() if name != "about"}
    if facts.get("kind") != Kind.COMPLAINT:
        return given
    about = accused.people_in(tx, Kind.COMPLAINT, case.named_unit, accused.told_in(tx, case), now)
    return {**given, "about": about}


def _whom_it_names(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """A complaint is kept from whom its owner names later, as from whom they named at once."""
    said = "\n".join(str(facts.get(name) or "") for name in accused.SAID)
    about = accused.people_in(tx, case.kind, case.named_unit, said, now)
    given = {name: value for name, value in facts.items() if name != "about"}
    return {**given, "about": about} if about else given


def _leader_once_a_day(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    """A leader urges a case once a working day too; what owners do does not count."""
    if actor.role is Role.LEADER:
        calendar = tx.office.calendar
        steps = events.of_case(tx, case.id)
        earlier = [step.at for step in steps if step.move == "urge" and step.actor == actor.person]
        free = calendar.next_working_day(calendar.today(earlier[-1])) if earlier else None
        if free is not None and calendar.today(now) < free:
            raise TooSoon(day=free)
    return facts


def _known_person(tx: Tx, case: Case, actor: Actor, facts: Facts, now: datetime) -> Facts:
    person = facts.get("person")
    if person and people.get(tx, person) is None:
        raise Missing(what="person")
    return facts


#: What is looked up before a move; a check may add what the move needs to know.
CHECKS: Mapping[str, tuple[Check, ...]] = MappingProxyType(
    {
        "dispatch": (_known_units, _not_the_accused_of_a_group),
        "involve": (_known_units,),
        "return": (_better_unit, _not_left_to_the_accused_of_a_group),
        "reassign": (_known_units, _of_the_unit, _not_the_accused_of_a_group),
        "reclassify": (_whom_it_is_about,),
        **dict.fromkeys(accused.BY_OWNER, (_whom_it_names,)),
        "merge": (_joinable,),
        "recuse": (_known_person,),
        "urge": (_leader_once_a_day,),
    }
)
