"""Cases that belong together: what happens to the others when one of the group moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from domain import clock
from domain.case import CLOCK, UNDONE, Assignment, Case, Matter, Status
from domain.deadlines import Term, resume
from domain.lifecycle import Change
from storage import cases, deadlines
from storage.transaction import Tx

#: casework.act, handed in because it is what calls this.
Act = Callable[..., Case]


def facts_of_lead(lead: Case) -> dict[str, Any]:
    """What a case that joins takes from the one that leads it: its unit, and where that stands."""
    part = lead.lead
    if part is None or part.state not in UNDONE:
        return {}
    return {"unit": part.unit, "state": str(part.state), "handler": part.handler}


#: Moves whose words are for owners too; those of any other stay with the officials of the leading case.
TOLD_OWNERS = frozenset({"progress", "grant_time"})


def _of_whole(change: Change) -> bool:
    """Whether more time for a unit is more time for the whole matter: not that of one that only assists."""
    lead = change.after.lead
    return change.after.joint or lead is None or lead.unit == change.facts.get("unit")


def follow(tx: Tx, act: Act, change: Change) -> None:
    """The cases that are led by this one go with it, and their owners hear what its owner hears."""
    if change.move.name == "grant_time" and not _of_whole(change):
        return
    text = change.facts.get("text") if change.move.name in TOLD_OWNERS else None
    told = {**facts_of_lead(change.after), "what": change.move.name, "text": text}
    for case in cases.joined_to(tx, change.after.id):
        act(tx, case, "follow", CLOCK, change.now, **told)


def answer(tx: Tx, act: Act, change: Change) -> None:
    """What answers the leading case answers each of the others, and each owner is asked."""
    if change.after.status is not Status.ANSWERED:
        return
    lead = change.after.lead
    facts = {name: change.facts.get(name) for name in ("text", "outcome", "files")}
    whose = {"unit": lead.unit, "handler": lead.handler} if lead else {}
    for case in cases.joined_to(tx, change.after.id):
        act(tx, case, "answer_with", CLOCK, change.now, **facts, **whose)


def transfer(tx: Tx, act: Act, change: Change) -> None:
    """A matter that goes to another body goes there with all its cases, also those the dispatcher does not see."""
    facts = {name: change.facts.get(name) for name in ("body", "text")}
    for case in cases.joined_to(tx, change.after.id):
        act(tx, case, "transfer", CLOCK, change.now, **facts)


def regroup(tx: Tx, act: Act, change: Change) -> None:
    """A case that led others and joins another takes them along."""
    into = change.facts["into"]
    for case in cases.joined_to(tx, change.after.id):
        member = cases.lock(tx, case)
        if member is not None:
            act(tx, case, "follow", CLOCK, change.now, what="regroup", into=into, **_unit_facts(change.facts))


def _unit_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("unit", "state", "handler") if facts.get(name)}


def succeed(tx: Tx, act: Act, change: Change) -> None:
    """The leading case ended for its own owner's reasons: the next one leads, with the units that were at work."""
    group = cases.joined_to(tx, change.before.id)
    if not group:
        return
    heir, rest = group[0], group[1:]
    before = change.before
    parts = [_kept(part) for part in before.assignments if part.state in UNDONE]
    status = before.resume if before.status is Status.WAITING else before.status
    if before.pending(Matter.REVIEW) is not None:
        status = Status.ACCEPTED  # what was reviewed is over, and no unit has the others: the desk hands them on
    facts = {"status": str(status), "parts": parts, "weight": before.weight, "joint": before.joint}
    unit = before.lead.unit if before.lead else None
    act(tx, heir, "succeed", CLOCK, change.now, former=before.number, unit=unit, **facts)
    _inherit(tx, change, heir)
    for case in rest:
        told = {**facts_of_lead(before), "what": "succeed", "into": heir}
        act(tx, case, "follow", CLOCK, change.now, **told)


def _kept(part: Assignment) -> list[Any]:
    return [part.unit, part.lead, part.since.isoformat(), str(part.state), part.handler]


def _inherit(tx: Tx, change: Change, heir: int) -> None:
    """The clocks of the former lead go on with the next one."""
    case = cases.get(tx, heir)
    assert case is not None
    former = [resume(one, change.now, tx.office) for one in change.live]
    fresh, changed = clock.inherited(former, deadlines.of_case(tx, heir), case)
    if change.before.pending(Matter.REVIEW) is not None:
        fresh += clock.open_term(Term.DISPATCH, case, change.now, tx.office)
    deadlines.add(tx, fresh, change.now)
    for one in changed:
        deadlines.keep(tx, one, change.now)


Consequence = Callable[[Tx, Act, Change], None]

#: What a move of the leading case does to those it leads.
GROUP: Mapping[str, tuple[Consequence, ...]] = MappingProxyType(
    {
        "dispatch": (follow,),
        "return": (follow,),
        "sign": (follow,),
        "reassign": (follow,),
        "progress": (follow,),
        "grant_time": (follow,),
        "answer": (answer,),
        "release": (answer,),
        "conclude": (answer,),
        "transfer": (transfer,),
        "merge": (regroup,),
        "withdraw": (succeed,),
        "terminate": (succeed,),
    }
)
