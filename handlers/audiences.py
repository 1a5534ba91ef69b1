"""Who is told of a move: small named audiences over the case as the move left it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.case import LIVE, PROPOSED_FOR, Actor, Assignment, AssignmentState, Case, Kind, Role
from domain.deadlines import Deadline, Term
from domain.lifecycle import Change
from domain.office import Office
from domain.permits import may_see, recused
from handlers import phrases
from handlers.words import _
from storage import cases, deadlines, people, recipients, units
from storage.recipients import Recipient
from storage.transaction import Tx


@dataclass
class View:
    """What a notice may look at."""

    tx: Tx
    change: Change
    _live: list[Deadline] | None = None
    #: The moments yet to come that its words have named.
    named: list[datetime] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The case after the move."""
        return self.change.after

    @property
    def office(self) -> Office:
        """The office."""
        return self.tx.office

    @property
    def now(self) -> datetime:
        """When the move was made."""
        return self.change.now

    @property
    def text(self) -> str:
        """The words the move came with."""
        return str(self.change.facts.get("text") or self.change.facts.get("words") or "")

    def due(self, term: Term, unit: int | None = None) -> str:
        """When the running deadline of this term ends, in words; "" if none runs. unit: that of this unit alone."""
        found = self._running(term, unit)
        if found and found.due.at >= self.now:
            self.named.append(found.due.at)
        return phrases.due_words(found, self.office, self.now) if found else ""

    def work_due(self, unit: int | None) -> str:
        """When the part of this unit is due, in words: it answers for the case, or it assists."""
        return self.due(Term.HANDLE, unit) or self.due(Term.ASSIST, unit)

    def is_late(self, term: Term, unit: int | None = None) -> bool:
        """Whether the running deadline of this term has passed. unit: that of this unit alone."""
        found = self._running(term, unit)
        return found is not None and found.due.at < self.now

    def _running(self, term: Term, unit: int | None) -> Deadline | None:
        return next((one for one in self.live if one.term is term and unit in (None, one.unit)), None)

    @property
    def live(self) -> list[Deadline]:
        """What runs on the case after the move."""
        if self._live is None:
            self._live = deadlines.of_case(self.tx, self.case.id)
        return self._live

    def unit(self, unit: int | None) -> str:
        """A unit's name."""
        return units.names(self.tx).get(unit or 0) or _("the office")

    def unit_names(self) -> str:
        """The units that have the case, the lead first."""
        parts = sorted((part for part in self.case.assignments if part.state in LIVE), key=lambda part: not part.lead)
        return phrases.listed(dict.fromkeys(self.unit(part.unit) for part in parts))

    def leading_number(self) -> str:
        """The number of the case that leads the group this one is joined to."""
        found = cases.get(self.tx, self.case.merged_into) if self.case.merged_into else None
        return found.number if found else self.case.number

    def lead_name(self) -> str:
        """The lead unit's name."""
        return self.unit(self.case.lead.unit if self.case.lead else None)


Audience = Callable[[View], list[Recipient]]


def _in(
    view: View, role: Role, *, other: Role | None = None, unit: int | None = None, project: int | None = None
) -> list[Recipient]:
    found = recipients.in_role(view.tx, role, view.now, other=other, unit=unit, project=project)
    return [one for one in found if one.holding and _concerned(view, one.holding.actor)]


def _concerned(view: View, actor: Actor) -> bool:
    """Whether the actor may see the case, or could before the move took it from them; never one about them."""
    before = view.change.before
    return may_see(view.case, actor) or (before.id > 0 and may_see(before, actor) and not recused(view.case, actor))


def owner(view: View) -> list[Recipient]:
    """The owner, where the office can write to them."""
    if view.case.owner is None or view.change.actor.person == view.case.owner:
        return []
    found = recipients.told_at(view.tx, view.case.owner)
    return [found] if found else []


def dispatchers(view: View) -> list[Recipient]:
    """Every dispatcher."""
    return _in(view, Role.DISPATCHER)


def lead_staff(view: View) -> list[Recipient]:
    """The handler who has signed, with the liaisons; every liaison and handler of the lead unit before that, and where
    that handler works there no more."""
    part = view.case.lead
    if part is None:
        return []
    if part.handler is None:
        return _in(view, Role.LIAISON, other=Role.HANDLER, unit=part.unit)
    staff = _in(view, Role.LIAISON, other=Role.HANDLER, unit=part.unit)
    theirs = _of_handler(part, staff) or _of_handler(part, _in(view, Role.HEAD, unit=part.unit))
    return (theirs + _in(view, Role.LIAISON, unit=part.unit)) if theirs else staff


def _of_handler(part: Assignment, found: list[Recipient]) -> list[Recipient]:
    """Those who handle the part themselves, or stand in for who does. A head may: a case that is redone is theirs."""
    return [one for one in found if one.holding and part.handler in one.holding.actor.persons]


def colleagues(view: View) -> list[Recipient]:
    """Liaisons and handlers of the acting unit."""
    unit = view.change.actor.unit
    return _in(view, Role.LIAISON, other=Role.HANDLER, unit=unit) if unit else []


def lead_head(view: View) -> list[Recipient]:
    """The head of the lead unit, or of the one that led until the move."""
    part = view.case.lead or view.change.before.lead
    return _in(view, Role.HEAD, unit=part.unit) if part else []


def leaders(view: View) -> list[Recipient]:
    """The leaders who answer for a unit on the case, for its project, or for all."""
    return _in(view, Role.LEADER)


def assisting_staff(view: View) -> list[Recipient]:
    """Liaisons and handlers of the assisting units of this round."""
    parts = [a for a in view.case.assignments if not a.lead and a.round == view.case.round]
    found: list[Recipient] = []
    for part in (a for a in parts if a.state is not AssignmentState.RECALLED):
        staff = _in(view, Role.LIAISON, other=Role.HANDLER, unit=part.unit)
        away = part.handler is not None and not _of_handler(part, staff)
        found += staff + (_of_handler(part, _in(view, Role.HEAD, unit=part.unit)) if away else [])
    return found


def every_worker(view: View) -> list[Recipient]:
    """Everybody who works on the case, or on the one that leads it; the desk while no unit has it."""
    working = view
    if view.case.merged_into is not None:
        leading = cases.get(view.tx, view.case.merged_into)
        if leading is not None:
            working = View(view.tx, replace(view.change, before=leading, after=leading))
    found = lead_staff(working) + assisting_staff(working)
    # Who may see the leading case may still not see this one: it can be about them.
    return [one for one in found if one.holding and _concerned(view, one.holding.actor)] or dispatchers(view)


def had_it(view: View) -> list[Recipient]:
    """Everybody who worked on the case before the move took it from them."""
    return every_worker(View(view.tx, replace(view.change, after=view.change.before)))


def asker(view: View) -> list[Recipient]:
    """Who asked the owner for more, in whichever role they may still see the case; else everybody who works on it."""
    return _still(view, view.change.before.asker) or every_worker(view)


def _still(view: View, *persons: int | None) -> list[Recipient]:
    """Those of the people who hold a role in which they may see the case: nobody who has left, or was moved."""
    found = [recipients.one(view.tx, person) for person in dict.fromkeys(persons) if person]
    return [one for one in found if one and _holds_any(view, one.person.id)]


def _holds_any(view: View, person: int) -> bool:
    return any(_concerned(view, one.actor) for one in people.holdings(view.tx, person, view.now))


def approvers(view: View) -> list[Recipient]:
    """Those who decide on what is proposed; not who proposed it."""
    return _in(view, Role.APPROVER)


def supervisors(view: View) -> list[Recipient]:
    """The supervisors."""
    return _in(view, Role.SUPERVISOR)


def supervisors_of_complaints(view: View) -> list[Recipient]:
    """Where a complaint is about a unit: the supervisors."""
    about_unit = view.case.kind is Kind.COMPLAINT and view.case.named_unit is not None
    return supervisors(view) if about_unit else []


def own_head(view: View) -> list[Recipient]:
    """The head of the acting unit."""
    unit = view.change.actor.unit
    return _in(view, Role.HEAD, unit=unit) if unit else []


def heads(view: View) -> list[Recipient]:
    """The heads of all units that still have something to do."""
    return [one for part in view.case.open_parts for one in _in(view, Role.HEAD, unit=part.unit)]


def proposer(view: View) -> list[Recipient]:
    """Who proposed what was decided on, and for whom a deputy did; else everybody who works on it."""
    facts = view.change.facts
    persons = [one for one in (facts.get("proposer"), facts.get(PROPOSED_FOR)) if one != view.case.owner]
    return _still(view, *persons) or every_worker(view)


def new_hands(view: View) -> list[Recipient]:
    """Who has a part now: the handler that was named, or the staff of the unit that was."""
    facts = view.change.facts
    unit = facts.get("unit") or view.change.actor.unit
    staff = _in(view, Role.LIAISON, other=Role.HANDLER, unit=unit) if unit else []
    named = [one for one in staff if one.person.id == facts.get("handler")]
    return named or staff


def old_hands(view: View) -> list[Recipient]:
    """Who had the part before: its handler, or the staff of the unit it was taken from."""
    before, facts = view.change.before, view.change.facts
    if view.change.actor.role is Role.DISPATCHER:
        unit = facts.get("from_unit") or (before.lead.unit if before.lead else None)
        return _in(view, Role.LIAISON, other=Role.HANDLER, unit=unit) if unit else []
    part = before.of_unit(facts.get("unit") or view.change.actor.unit)
    return [one for one in _still(view, part.handler if part else None) if one.person.id != facts.get("handler")]


def watchers(view: View) -> list[Recipient]:
    """Where a key project is named: its inspectors and the supervisors."""
    project = view.case.project
    if project is None:
        return []
    return _in(view, Role.INSPECTOR, project=project) + _in(view, Role.SUPERVISOR)
