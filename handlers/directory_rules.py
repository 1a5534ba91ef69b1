"""Rules over the directory: made and ended by administrators, and what they come to now."""

from __future__ import annotations

from collections import Counter

import msgspec

from domain.directory import Rule, below, fitting, path, plan
from domain.errors import Refused
from domain.people import Holding
from handlers import appointing
from handlers import directory as comparisons
from handlers.turn import Turn
from handlers.words import _
from storage import directory
from storage.transaction import Tx

MOST_FOUND = 8
Lines = list[tuple[str, str]]


class SuchARule(Refused):
    """There is such a rule already. Nothing has changed."""


class NoSuchRule(Refused):
    """This rule is not there any more. Send /directory to see those that are."""


def add(turn: Turn, rule: Rule) -> int:
    """A new rule; a comparison carries it out in a moment, and the person hears of it.

    Raises SuchARule, WrongUnit, Missing.
    """
    appointing.check_place(turn.tx, rule.role, rule.unit or 0, rule.project or 0)
    same = [one for one in directory.rules(turn.tx) if _about(one) == _about(rule)]
    if same:
        raise SuchARule()
    made = directory.add_rule(turn.tx, rule, turn.person.id, turn.now)
    compare(turn)
    return made


def _about(rule: Rule) -> tuple[object, ...]:
    return rule.department, rule.tag, rule.place


def end(turn: Turn, rule: int) -> int:
    """A rule holds no more: the roles it gave end at once, but those that another rule gives too. How many ended.

    Raises NoSuchRule.
    """
    tx = turn.tx
    if not directory.end_rule(tx, rule, turn.now):
        raise NoSuchRule()
    members = [one for one in directory.every_member(tx).values() if one.left_at is None]
    fits = fitting(directory.rules(tx), directory.every_department(tx).values(), members)
    held = directory.held(tx, turn.now)
    its = {(person, one.row) for person, given in held.items() for one in given if one.rule == rule}
    rows = {row for _person, row in its}
    made = plan(fits, directory.persons(tx), held)
    for row, other in made.hand_on:
        if row in rows:
            directory.hand_on(tx, row, other)
    ended = comparisons.end_roles(tx, [one for one in made.end if one in its], turn.now)
    turn.forget_roles()
    return ended


def compare(turn: Turn) -> int:
    """The directory is to be compared, and the person hears what came of it."""
    directory.ensure(turn.tx)
    kept = directory.locked(turn.tx)
    tell = tuple(dict.fromkeys((*kept.state.tell, turn.person.id)))
    directory.keep(turn.tx, msgspec.structs.replace(kept.state, tell=tell), kept.pulled)
    directory.want(turn.tx)
    return kept.wanted


def allow(turn: Turn) -> int:
    """The comparison that waits may be carried out, if it would take no more from people than was said; how many."""
    kept = directory.locked(turn.tx)
    if kept.state.held:
        allowed = msgspec.structs.replace(kept.state, allowed=kept.state.held, held=0)
        directory.keep(turn.tx, allowed, kept.pulled)
        compare(turn)
    return kept.state.held


# --- what an administrator sees ---------------------------------------------------------------------------------


def line(tx: Tx, rule: Rule) -> str:
    """A rule in words: whom it is about, and what they are by it."""
    role = appointing.role_line(tx, Holding(0, *rule.place))
    if rule.tag is not None:
        return _("tag {name} → {role}", name=rule.name, role=role)
    return _("{name} → {role}", name=rule.name, role=role)


def holders(turn: Turn) -> Counter[int]:
    """How many hold a role by each rule."""
    every = directory.held(turn.tx, turn.now).values()
    return Counter(one.rule for given in every for one in given if one.rule is not None)


def department_lines(turn: Turn, words: str) -> Lines:
    """Departments whose path contains the words, the nearest to the root first; every one for no words."""
    known = directory.every_department(turn.tx)
    lines = [(str(number), path(known, number)) for number in known]
    wanted = words.strip().casefold()
    found = [one for one in lines if wanted in one[1].casefold()]
    return sorted(found, key=lambda one: (one[1].count("/"), one[1]))[: MOST_FOUND + 1]


def tag_lines(turn: Turn) -> Lines:
    """Tags by number and name."""
    tags = directory.state(turn.tx).state.tags
    return sorted(tags.items(), key=lambda one: one[1])


def reach(turn: Turn, department: int) -> int:
    """How many members are in a department or below it now."""
    within = below(directory.every_department(turn.tx).values(), department)
    members = directory.every_member(turn.tx).values()
    return sum(1 for one in members if one.left_at is None and not within.isdisjoint(one.departments))
