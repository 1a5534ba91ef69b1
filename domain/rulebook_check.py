"""What makes no sense in a rulebook: every fault with the field it is in, none hidden by the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import Any

from domain.case import Kind
from domain.errors import BadDeclaration
from domain.ladder import LADDER, Rung, To
from domain.rulebook import (
    KINDS,
    REFUSAL_GROUNDS,
    TERMINATION_GROUNDS,
    Ground,
    Rulebook,
    RungRule,
)
from domain.workdays import Limit, Unit

#: The most of each unit that a limit may have: a year, roughly.
MOST: Mapping[Unit, int] = {Unit.WORKDAYS: 250, Unit.MONTHS: 12, Unit.HOURS: 2000}
#: Working days in a month, for comparing limits of different units.
MONTH_DAYS = 21
OFFICE_HOURS = 8
MOST_DAYS = 250
MOST_LINES = 200
LONGEST_NAME = 80
LONGEST_WORDS = 300
LONGEST_TEXT = 1000
UNIT_RECIPIENTS = frozenset({To.HANDLER, To.LIAISON, To.HEAD})
OFFICE_RECIPIENTS = frozenset(To) - UNIT_RECIPIENTS - {To.OWNER}
#: Rungs whose name says their day: they can be switched off, or reach others.
NAMED_DAYS = frozenset({"tomorrow", "today"})
FURTHEST = 60
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that makes no sense. where: the field, by its dotted path; what: its name, with its values."""

    where: str
    what: str
    values: Mapping[str, Any] = field(default_factory=dict)


def check(book: Rulebook) -> None:
    """Raises BadDeclaration with every fault of a book."""
    refuse(faults(book))


def refuse(found: list[Fault]) -> None:
    """Raises BadDeclaration if there are faults, with all of them."""
    if found:
        what = "; ".join(f"{one.where} ({one.what})" for one in found)
        raise BadDeclaration(where="rulebook", what=what)


def faults(book: Rulebook) -> list[Fault]:
    """Everything that makes no sense in a book, in the order of its fields."""
    return [fault for look in LOOKS for fault in look(book)]


# --- limits -----------------------------------------------------------------------------------------------------

LIMITS = ("silence", "dispatch", "contact", "assist", "return_limit", "approval", "review", "visit", "close_silent")
#: Fields with the least and the most they may be.
NUMBERS: Mapping[str, tuple[int, int]] = {
    "object_days": (1, MOST_DAYS),
    "extend_before_days": (0, 30),
    "final_round": (2, 9),
    "supplement_pool_days": (1, 60),
    "redo_calendar_days": (1, 365),
    "low_levels": (0, 4),
    "digest_spread_minutes": (0, 240),
    "idle_offer_hours": (1, 24 * 30),
    "idle_forget_hours": (2, 24 * 90),
}


def _limits(book: Rulebook) -> Iterator[Fault]:
    for kind, rule in book.kinds.items():
        yield from _limit(f"kinds.{kind}.accept", rule.accept)
        for weight, limit in rule.handle.items():
            yield from _limit(f"kinds.{kind}.handle.{weight or 'any'}", limit)
    for name in LIMITS:
        yield from _limit(name, getattr(book, name))
    yield from _limit("redispatch", book.redispatch, least=0)


def _limit(where: str, limit: Limit, least: int = 1) -> Iterator[Fault]:
    most = MOST[limit.unit]
    if not least <= limit.amount <= most:
        yield Fault(where, "limit" if least else "number", {"least": least, "most": most})


def _numbers(book: Rulebook) -> Iterator[Fault]:
    for name, (least, most) in NUMBERS.items():
        if not least <= getattr(book, name) <= most:
            yield Fault(name, "number", {"least": least, "most": most})
    if book.idle_forget_hours <= book.idle_offer_hours:
        yield Fault("idle_forget_hours", "idle")


def _kinds(book: Rulebook) -> Iterator[Fault]:
    if set(book.kinds) != set(Kind):
        yield Fault("kinds", "kinds")
    for kind, rule in book.kinds.items():
        if None not in rule.handle:
            yield Fault(f"kinds.{kind}.handle.any", "weightless")
        for weight in rule.handle.keys() - KINDS[kind].handle.keys():
            yield Fault(f"kinds.{kind}.handle.{weight}", "weights")


def _silence(book: Rulebook) -> Iterator[Fault]:
    if any(_in_days(rule.accept) > _in_days(book.silence) for rule in book.kinds.values()):
        yield Fault("silence", "silence")


def _in_days(limit: Limit) -> float:
    """Roughly how many working days a limit is."""
    return {
        Unit.WORKDAYS: float(limit.amount),
        Unit.MONTHS: float(limit.amount * MONTH_DAYS),
        Unit.HOURS: limit.amount / OFFICE_HOURS,
    }[limit.unit]


# --- hours ------------------------------------------------------------------------------------------------------


def _hours(book: Rulebook) -> Iterator[Fault]:
    if book.opens >= book.closes:
        yield Fault("closes", "hours")
    elif not book.opens <= book.digest_at < book.closes:
        yield Fault("digest_at", "digest")
    elif _minutes(book.digest_at) + book.digest_spread_minutes >= _minutes(book.closes):
        yield Fault("digest_spread_minutes", "spread")
    if book.owner_from >= book.owner_until:
        yield Fault("owner_until", "owner_hours")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _closures(book: Rulebook) -> Iterator[Fault]:
    yield from _each("closures", book.closures, lambda one: one.day)
    for number, one in enumerate(book.closures):
        yield from _words(f"closures.{number}", one.name, LONGEST_NAME)


# --- the ladder -------------------------------------------------------------------------------------------------


def rule_of(book: Rulebook, rung: Rung) -> RungRule:
    """A rung as this office has it."""
    return book.rungs.get(rung.key) or RungRule(rung.days, tuple(str(one) for one in rung.to))


def recipients(rung: Rung) -> tuple[To, ...]:
    """Whom a rung may reach: the unit only where the deadline is a unit's; owners' rungs are theirs alone."""
    if To.OWNER in rung.to:
        return (To.OWNER,)
    allowed = OFFICE_RECIPIENTS | (UNIT_RECIPIENTS if UNIT_RECIPIENTS & set(rung.to) else set())
    return tuple(one for one in To if one in allowed)


def _rungs(book: Rulebook) -> Iterator[Fault]:
    known = {rung.key: rung for rung in LADDER}
    for key, rule in book.rungs.items():
        where = f"rungs.{key}"
        if key not in known:
            yield Fault(where, "rung")
        elif known[key].move:
            yield Fault(where, "automatic")
        else:
            yield from _rung(where, known[key], rule)
    yield from _order(book)


def _rung(where: str, rung: Rung, rule: RungRule) -> Iterator[Fault]:
    if rung.name in NAMED_DAYS and rule.days != rung.days:
        yield Fault(where, "named_day")
    elif not 1 <= abs(rule.days) <= FURTHEST and rung.name not in NAMED_DAYS:
        yield Fault(where, "number", {"least": 1, "most": FURTHEST})
    elif (rule.days < 0) != (rung.days < 0):
        yield Fault(where, "side")
    if To.OWNER in rung.to and not rule.on:
        yield Fault(where, "owner_off")
    if To.OWNER in rung.to and rule.to != (To.OWNER,):
        yield Fault(where, "owner_to")
    elif rule.on and not rule.to:
        yield Fault(where, "nobody")
    elif strangers := set(rule.to) - set(recipients(rung)):
        yield Fault(where, "to", {"to": tuple(sorted(strangers))})


def _order(book: Rulebook) -> Iterator[Fault]:
    """Rungs of the same deadlines come one after the other, and the owner's before silence counts."""
    spoken = [(rung, rule_of(book, rung)) for rung in LADDER if not rung.move]
    kept = [(rung, rule) for rung, rule in spoken if rule.on]
    for terms in dict.fromkeys(rung.terms for rung, _rule in kept):
        of_terms = [(rung, rule) for rung, rule in kept if rung.terms == terms]
        for (_first, before), (rung, after) in pairwise(of_terms):
            if after.days <= before.days:
                yield Fault(f"rungs.{rung.key}", "growing")
        rung, last = of_terms[-1]
        end = min(book.supplement_pool_days, int(_in_days(book.close_silent)))
        if To.OWNER in rung.to and last.days >= end:
            yield Fault(f"rungs.{rung.key}", "owner_late", {"days": end})


# --- lists ------------------------------------------------------------------------------------------------------


def _grounds(book: Rulebook) -> Iterator[Fault]:
    known = {"refusal_grounds": REFUSAL_GROUNDS, "termination_grounds": TERMINATION_GROUNDS}
    for name, defaults in known.items():
        grounds: tuple[Ground, ...] = getattr(book, name)
        if not grounds:
            yield Fault(name, "no_ground")
        yield from _each(name, grounds, lambda one: one.code)
        for number, ground in enumerate(grounds):
            if not CODE.fullmatch(ground.code):
                yield Fault(f"{name}.{number}", "code")
            if ground.words or ground.code not in {one.code for one in defaults}:
                yield from _words(f"{name}.{number}", ground.words, LONGEST_WORDS)


def _categories(book: Rulebook) -> Iterator[Fault]:
    yield from _each("categories", book.categories, lambda one: one)
    for one in book.categories:
        yield from _words("categories", one, LONGEST_NAME)


def _names(book: Rulebook) -> Iterator[Fault]:
    for name in ("name", "phone"):
        if len(getattr(book, name)) > LONGEST_NAME:
            yield Fault(name, "name", {"most": LONGEST_NAME})


def _each(name: str, lines: tuple[Any, ...], of: Callable[[Any], Any]) -> Iterator[Fault]:
    if len(lines) > MOST_LINES:
        yield Fault(name, "many", {"most": MOST_LINES})
    seen: set[Any] = set()
    for number, line in enumerate(lines):
        if of(line) in seen:
            yield Fault(name if isinstance(line, str) else f"{name}.{number}", "twice")
        seen.add(of(line))


def _words(where: str, words: str, most: int) -> Iterator[Fault]:
    if not 1 <= len(words.strip()) <= most:
        yield Fault(where, "words", {"most": most})


Look = Callable[[Rulebook], Iterator[Fault]]

LOOKS: tuple[Look, ...] = (
    _names, _kinds, _limits, _silence, _numbers, _hours, _closures, _rungs, _grounds, _categories,
)  # fmt: skip
