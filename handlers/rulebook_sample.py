"""The sample case in words: when each thing would be due, and who would hear of it on which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.office import Office
from domain.rulebook_preview import Mark, Pair, Row
from handlers import phrases
from handlers.rulebook import RECIPIENTS
from handlers.rulebook_sections import rung_words
from handlers.words import N_, _

#: What the clock does by itself.
MOVES: Mapping[str, str] = MappingProxyType(
    {
        "accept": N_("accepted by itself"),
        "lapse": N_("goes on without the addition"),
        "silence": N_("closes by itself"),
        "call": N_("becomes a call to make, where no message arrived"),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One deadline by one book: its limit, when it ends, and its reminders, a line each."""

    limit: str
    due: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One deadline of the sample by the old rules and the new."""

    label: str
    old: Told | None
    new: Told | None

    @property
    def differs(self) -> bool:
        """Whether the new rules change it."""
        return self.old != self.new


def lines(pairs: Iterable[Pair], office: Office, today: date) -> list[Line]:
    """The sample as people read it, in the language being spoken."""
    found = []
    for pair in pairs:
        row = pair.old or pair.new
        assert row is not None, "a pair has at least one side"
        weight = f"（{_(phrases.WEIGHTS[row.weight])}）" if row.weight else ""
        sides = (_told(side, office, today) if side else None for side in (pair.old, pair.new))
        found.append(Line(f"{_(phrases.TERMS[row.term])}{weight}", *sides))
    return found


def _told(row: Row, office: Office, today: date) -> Told:
    local = office.calendar.local(row.due.at)
    due = f"{phrases.day_words(local.date(), today)} {local:%H:%M}"
    return Told(phrases.limit_words(row.limit), due, tuple(_mark_words(mark, today) for mark in row.marks))


def _mark_words(mark: Mark, today: date) -> str:
    day = phrases.day_words(mark.day, today)
    if mark.move:
        return f"{day} {_(MOVES.get(mark.move, mark.move))}"
    whom = phrases.listed(_(RECIPIENTS[one]) for one in mark.to)
    return _("{day}: {what}, to {whom}", day=day, what=rung_words(mark.name), whom=whom)
