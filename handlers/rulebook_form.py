"""The rulebook as a form: its values as text, and a book read again from what somebody entered, with every fault.

A field that is not among the values stays as it is in the book the form began with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

from domain.case import Kind, Weight
from domain.ladder import LADDER
from domain.limits import Limit
from domain.rulebook import DEFAULT, KINDS, Closure, Ground, KindRule, Rulebook, RungRule
from domain.rulebook_check import LONGEST_TEXT, Fault, rule_of
from handlers import grounds, rulebook
from handlers.rulebook_fields import FIELDS, SORTS, Unreadable, line
from handlers.words import catalogues

Values = Mapping[str, str]
GROUNDS = ("refusal_grounds", "termination_grounds")
#: Lists of rows, and the part of a row that says whether it is there.
ROWS: Mapping[str, tuple[str, ...]] = {
    "closures": ("day", "name"),
    **dict.fromkeys(GROUNDS, ("code", "words")),
    "texts": ("language", "key", "text"),
}
MOST_ROWS = 300


def values(book: Rulebook) -> dict[str, str]:
    """Everything in a book as the form shows it."""
    found: dict[str, str] = {}
    for name, one in FIELDS.items():
        _write(found, name, one.sort, getattr(book, name))
    for kind, rule in book.kinds.items():
        _write(found, f"kinds.{kind}.accept", "limit", rule.accept)
        for weight, limit in rule.handle.items():
            _write(found, _weighed(kind, weight), "limit", limit)
        _write(found, f"kinds.{kind}.answer_at_once", "yes", rule.answer_at_once)
    for rung in LADDER:
        if not rung.move:
            rule_ = rule_of(book, rung)
            found[f"rungs.{rung.key}"] = str(abs(rule_.days))
            found[f"rungs.{rung.key}.on"] = "yes" if rule_.on else "no"
            found[f"rungs.{rung.key}.to"] = " ".join(rule_.to)
    found["categories"] = "\n".join(book.categories)
    return found | {name: text for group in ROWS for name, text in _rows_of(book, group)}


def _write(found: dict[str, str], name: str, sort: str, value: Any) -> None:
    found[name] = SORTS[sort].write(value)
    if sort == "limit":
        found[f"{name}.unit"] = str(value.unit)


def _weighed(kind: Kind, weight: Weight | None) -> str:
    return f"kinds.{kind}.handle.{weight or 'any'}"


def _rows_of(book: Rulebook, group: str) -> Iterator[tuple[str, str]]:
    """Closed days, grounds and own texts, a row each."""
    rows: list[tuple[str, ...]]
    if group == "closures":
        rows = [(f"{one.day}", one.name) for one in book.closures]
    elif group == "texts":
        rows = [(language, key, text) for language, texts in book.texts.items() for key, text in texts.items()]
    else:
        rows = [(one.code, grounds.words_of(one)) for one in getattr(book, group)]
    for n, row in enumerate(rows):
        yield from ((f"{group}.{n}.{part}", text) for part, text in zip(ROWS[group], row, strict=True))


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody entered: the book, everything wrong with it, and the values to show them again."""

    book: Rulebook
    faults: tuple[Fault, ...]
    values: Values


@dataclass
class _Reading:
    """What was sent; what of it was looked at; what could not be read, with its fault."""

    sent: Values
    looked: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        self.looked.add(name)
        return self.sent.get(name)

    def value(self, name: str, sort: str, before: Any) -> Any:
        """The value entered; what it was before where nothing was, or nothing that can be read."""
        parts = [self.text(name), *([self.text(f"{name}.unit") or ""] if sort == "limit" else [])]
        if parts[0] is None:
            return before
        try:
            return SORTS[sort].read(*parts)
        except Unreadable as why:
            self.faults.append(Fault(name, str(why)))
            self.unread[name] = parts[0][:LONGEST_TEXT]
            return before

    def has(self, group: str) -> bool:
        """Whether anything of a list was sent, even if it is empty."""
        return any(name == group or name.startswith(f"{group}.") for name in self.sent)

    def rows(self, group: str) -> list[tuple[str, ...]]:
        """The rows of a list in which the last part, what it says, is filled in; of closed days either part."""
        numbers = {name.split(".")[1] for name in self.sent if name.startswith(f"{group}.")}
        known = sorted(int(n) for n in numbers if n.isascii() and n.isdecimal() and len(n) < 5)[:MOST_ROWS]
        rows = [tuple((self.text(f"{group}.{n}.{part}") or "").strip() for part in ROWS[group]) for n in known]
        return [row for row in rows if row[-1] or (group == "closures" and row[0])]


def read(sent: Values, before: Rulebook) -> Entered:
    """The book somebody entered, begun from another, and everything that is wrong with it."""
    reading = _Reading(sent)
    own: dict[str, Any] = {name: reading.value(name, one.sort, getattr(before, name)) for name, one in FIELDS.items()}
    book = replace(
        before,
        **own,
        kinds={kind: _kind(reading, kind, before.kinds[kind]) for kind in Kind},
        rungs=_rungs(reading, before),
        **{name: take(reading, name, before) for name, take in LISTS.items() if reading.has(name)},
    )
    sensible = [fault for fault in rulebook.faults(book) if fault.where not in reading.unread]
    unknown = [Fault(name[:80], "unknown_field") for name in sorted(sent.keys() - reading.looked)]
    return Entered(book, (*reading.faults, *sensible, *unknown), values(book) | reading.unread)


def _kind(reading: _Reading, kind: Kind, before: KindRule) -> KindRule:
    handle: dict[Weight | None, Limit] = {
        weight: reading.value(_weighed(kind, weight), "limit", limit)
        for weight, limit in {**KINDS[kind].handle, **before.handle}.items()
    }
    accept = reading.value(f"kinds.{kind}.accept", "limit", before.accept)
    return KindRule(accept, handle, reading.value(f"kinds.{kind}.answer_at_once", "yes", before.answer_at_once))


def _rungs(reading: _Reading, before: Rulebook) -> dict[str, RungRule]:
    """The rungs that differ from what they are by default."""
    found = {}
    for rung in LADDER:
        if rung.move:
            continue
        name, default, kept = f"rungs.{rung.key}", rule_of(DEFAULT, rung), rule_of(before, rung)
        days, to = reading.value(name, "number", abs(kept.days)), reading.text(f"{name}.to")
        on = reading.value(f"{name}.on", "yes", kept.on)
        entered = kept.to if name not in reading.sent else tuple((to or "").split())
        reached = kept.to if set(entered) == set(kept.to) else entered
        rule = RungRule(-days if rung.days < 0 else days, reached, on)
        if (rule.days, set(rule.to), rule.on) != (default.days, set(default.to), default.on):
            found[rung.key] = rule
    return found


def _closures(reading: _Reading, group: str, before: Rulebook) -> tuple[Closure, ...]:
    """Closed days in order; those that are no days are shown again behind them."""
    found, wrong = [], []
    for day, name in reading.rows(group):
        try:
            found.append(Closure(date.fromisoformat(day), line(name)))
        except ValueError:
            wrong.append((day, name))
    for n, (day, name) in enumerate(wrong, len(found)):
        reading.faults.append(Fault(f"closures.{n}", "unreadable_day"))
        reading.unread |= {f"closures.{n}.day": day[:LONGEST_TEXT], f"closures.{n}.name": name[:LONGEST_TEXT]}
    return tuple(sorted(found, key=lambda one: one.day))


def _grounds(reading: _Reading, group: str, before: Rulebook) -> tuple[Ground, ...]:
    """Words nobody changed stay the catalogue's; a new ground gets a code that no ground of this office had before."""
    rows = reading.rows(group)
    taken = {code for code, _words in rows}
    free = (code for n in count(1) if (code := f"own_{before.version + 1}_{n}") not in taken)
    found = []
    for given, words in rows:
        code = given or next(free)
        known = code in grounds.KNOWN and words == grounds.words_of(Ground(code))
        found.append(Ground(code, "" if known else line(words)))
    return tuple(found)


def _texts(reading: _Reading, group: str, before: Rulebook) -> dict[str, dict[str, str]]:
    """Own words where they differ from the catalogue's."""
    found: dict[str, dict[str, str]] = {}
    for language, key, text in reading.rows(group):
        if text != catalogues().get(language, {}).get(key):
            found.setdefault(language, {})[key] = text
    return found


def _categories(reading: _Reading, group: str, before: Rulebook) -> tuple[str, ...]:
    return tuple(filter(None, map(line, (reading.text(group) or "").splitlines())))


#: What grows and shrinks.
LISTS: Mapping[str, Callable[[_Reading, str, Rulebook], Any]] = {
    "closures": _closures,
    "categories": _categories,
    "texts": _texts,
    **dict.fromkeys(GROUNDS, _grounds),
}
