"""Who is told of a move: small named audiences over the case as the move left it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.case import AssignmentState, Case, Role
from domain.deadlines import Deadline, Term
from domain.lifecycle import Change
from domain.office import Office
from handlers import phrases
from handlers.words import _
from storage import deadlines, people, units
from storage.transaction import Tx


@dataclass
class View:
    """What a notice may look at."""

    tx: Tx
    change: Change
    _live: list[Deadline] | None = field(default=None)

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

    def due(self, term: Term) -> str:
        """When the running deadline of this term ends, in words; "" if none runs."""
        found = self._running(term)
        return phrases.due_words(found, self.office, self.now) if found else ""

    def is_late(self, term: Term) -> bool:
        """Whether the running deadline of this term has passed."""
        found = self._running(term)
        return found is not None and found.due.at < self.now

    def _running(self, term: Term) -> Deadline | None:
        if self._live is None:
            self._live = deadlines.of_case(self.tx, self.case.id)
        return next((one for one in self._live if one.term is term), None)

    def unit(self, unit: int | None) -> str:
        """A unit's name."""
        found = units.get(self.tx, unit) if unit else None
        return found.name if found else _("the office")

    def lead_name(self) -> str:
        """The lead unit's name."""
        return self.unit(self.case.lead.unit if self.case.lead else None)


Audience = Callable[[View], set[int]]


def _holders(view: View, roles: tuple[Role, ...], unit: int | None = None, project: int | None = None) -> set[int]:
    return {h.person for h in people.holders(view.tx, roles, view.now, unit, project)}


def owner(view: View) -> set[int]:
    """The owner, where the office can write to them."""
    return {view.case.owner} if view.case.owner else set()


def dispatchers(view: View) -> set[int]:
    """Every dispatcher."""
    return _holders(view, (Role.DISPATCHER,))


def lead_staff(view: View) -> set[int]:
    """The handler who has signed; before that every liaison and handler of the lead unit."""
    part = view.case.lead
    if part is None:
        return set()
    if part.handler is not None:
        return {part.handler} | _holders(view, (Role.LIAISON,), part.unit)
    return _holders(view, (Role.LIAISON, Role.HANDLER), part.unit)


def colleagues(view: View) -> set[int]:
    """Liaisons and handlers of the acting unit."""
    return _holders(view, (Role.LIAISON, Role.HANDLER), view.change.actor.unit) if view.change.actor.unit else set()


def lead_head(view: View) -> set[int]:
    """The head of the lead unit."""
    return _holders(view, (Role.HEAD,), view.case.lead.unit) if view.case.lead else set()


def leaders(view: View) -> set[int]:
    """The leaders who answer for the units."""
    return _holders(view, (Role.LEADER,))


def assisting_staff(view: View) -> set[int]:
    """Liaisons and handlers of the assisting units of this round."""
    parts = [a for a in view.case.assignments if not a.lead and a.round == view.case.round]
    open_parts = [a for a in parts if a.state is not AssignmentState.RECALLED]
    return {person for a in open_parts for person in _holders(view, (Role.LIAISON, Role.HANDLER), a.unit)}


def every_worker(view: View) -> set[int]:
    """Everybody who works on the case; the desk while no unit has it."""
    return (lead_staff(view) | assisting_staff(view)) or dispatchers(view)


def had_it(view: View) -> set[int]:
    """Everybody who worked on the case before the move took it from them."""
    return every_worker(View(view.tx, replace(view.change, after=view.change.before)))


def asker(view: View) -> set[int]:
    """Who asked the owner for more."""
    return {view.change.before.asker} if view.change.before.asker else set()


def watchers(view: View) -> set[int]:
    """Where a key project is named: its inspectors and the supervisors."""
    project = view.case.project
    if project is None:
        return set()
    return _holders(view, (Role.INSPECTOR,), None, project) | _holders(view, (Role.SUPERVISOR,))
