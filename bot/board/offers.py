"""What the choices of a form offer: units, colleagues, grounds, kinds, as (value, label)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.case import UNIT_ROLES, Case, Kind, Matter, Role
from domain.permits import may_see
from handlers import grounds as known_grounds
from handlers import likely, likeness, phrases, proposals
from handlers.flows.records import CLUE
from handlers.turn import Turn
from handlers.words import N_, _
from storage import people, roles, units

Options = Sequence[tuple[str, str]]
Offer = Callable[[Turn, Case], Options]

YES_NO: Mapping[str, str] = {"yes": N_("Solved"), "no": N_("Not solved")}
#: Who may be given a unit's part.
STAFF = (Role.HANDLER, Role.LIAISON, Role.HEAD)


def is_yes(value: str) -> bool:
    """Whether a choice of YES_NO is the first."""
    return value == "yes"


def lines(table: Mapping[Any, str]) -> Offer:
    """The lines of a table of words."""
    return lambda turn, case: [(str(value), _(label)) for value, label in table.items()]


def units_by_name(turn: Turn, case: Case) -> Options:
    """Every unit in its order."""
    return [(str(unit), name) for unit, name in units.names(turn.tx).items()]


def units_by_likelihood(turn: Turn, case: Case) -> Options:
    """Every unit: those first that most likely must act on the case, last the one a complaint is about."""
    return [(str(unit), name) for unit, name in likely.in_order(turn.tx, case)]


def units_to_swap(turn: Turn, case: Case) -> Options:
    """Units a dispatcher may give the case to; nothing for those who give it to a colleague of their own."""
    return new_units(turn, case) if turn.holds(Role.DISPATCHER) else []


def new_units(turn: Turn, case: Case) -> Options:
    """Units that have no part in the case, in the same order."""
    return [(str(unit), name) for unit, name in likely.in_order(turn.tx, case) if case.of_unit(unit) is None]


def own_units(turn: Turn, case: Case) -> list[int]:
    """The person's own units that have a live part in the case."""
    mine = {holding.unit for holding in turn.holdings if holding.role in UNIT_ROLES and holding.unit is not None}
    return sorted(unit for unit in mine if case.of_unit(unit) is not None)


def colleagues(turn: Turn, case: Case) -> Options:
    """Who works in the person's own units on the case, but the person; nobody the case is about."""
    asked = [(role, unit) for unit in own_units(turn, case) for role in STAFF]
    held = [one for role, unit in asked for one in people.holders(turn.tx, role, turn.now, unit)]
    found = {one.person: one.name for one in held if one.person not in (turn.person.id, *case.recused)}
    return [(str(person), name or _("no name")) for person, name in found.items()]


def weights(turn: Turn, case: Case) -> Options:
    """The weights of the case's kind, with their limits; nothing where the kind has one limit."""
    rule = turn.office.rulebook.kinds[case.kind]
    return [(str(one), f"{_(phrases.WEIGHTS[one])} · {phrases.limit_words(rule.handle[one])}") for one in rule.weights]


def other_kinds(turn: Turn, case: Case) -> Options:
    """The kinds the case is not; of a clue the rules say where it belongs."""
    kinds = [(str(kind), _(phrases.KINDS[kind])) for kind in Kind if kind is not case.kind]
    return [*kinds, (CLUE, _("A clue about misconduct"))]


def grounds(matter: Matter) -> Offer:
    """The office's grounds in a matter."""
    return lambda turn, case: [
        (ground.code, known_grounds.words_of(ground)) for ground in known_grounds.listed(turn.office.rulebook, matter)
    ]


def alike(turn: Turn, case: Case) -> Options:
    """Open cases that look like this one, by their numbers."""
    found = [one for one, _share in likeness.alike(turn.tx, case)]
    return [(one.number, phrases.about(one)) for one in found if any(may_see(one, actor) for actor in turn.actors)]


def proposed(matter: Matter) -> Offer:
    """What waits for a decision in a matter, each in a line."""
    return lambda turn, case: [
        (str(one.id), " · ".join(value for _label, value in proposals.told(turn.tx, case, one)[:3]))
        for one in proposals.pending(case, matter)
    ]


def officials(turn: Turn, case: Case) -> Options:
    """Everybody who holds an official's role, but those the case is kept from already."""
    found = roles.officials(turn.tx, turn.now)
    return [(str(one.id), one.name or _("no name")) for one in found if one.id not in case.recused]
