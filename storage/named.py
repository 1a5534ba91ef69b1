"""Finding units and items by name: a few hundred of them, kept in memory for some seconds with how they sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from rapidfuzz import fuzz

from domain.codes import folded, kept_under, sound_of
from domain.people import UnitOf
from domain.searching import Sought, holds, sought
from storage import items, units
from storage.items import Item
from storage.sounds import BOOK
from storage.transaction import Tx

T = TypeVar("T")

#: From so many hundredths of likeness in sound on, a name is near.
NEAR = 78


class _Entry(NamedTuple):
    """Something with a name. told: what else is said of it; codes: what both are kept under."""

    name: str
    told: str
    sound: str
    named: frozenset[str]
    codes: frozenset[str]


def units_like(tx: Tx, words: str, most: int = 20) -> list[UnitOf]:
    """Active units by name, then by what they do, then those with a name that sounds like the words."""
    known = tx.remembered("units to find", lambda tx: _entries(units.every(tx), lambda unit: (unit.name, unit.duties)))
    return _like(known, words, most)


def items_like(tx: Tx, words: str, most: int = 20) -> list[Item]:
    """Items by name, then by their documents and steps, then those with a name that sounds like the words."""
    known = tx.remembered("items to find", lambda tx: _entries(items.every(tx), _of_item))
    return _like(known, words, most)


def _of_item(item: Item) -> tuple[str, str]:
    return item.name, f"{item.code}\n{item.documents}\n{item.steps}"


def _entries(things: Iterable[T], words_of: Callable[[T], tuple[str, str]]) -> list[tuple[T, _Entry]]:
    return [(thing, _entry(*words_of(thing))) for thing in things]


def _entry(name: str, told: str) -> _Entry:
    whole = f"{name}\n{told}"
    return _Entry(
        folded(name),
        folded(whole),
        sound_of(name, BOOK),
        frozenset(kept_under(name, BOOK)),
        frozenset(kept_under(whole, BOOK)),
    )


def _like(known: list[tuple[T, _Entry]], words: str, most: int) -> list[T]:
    wanted = sought(words, BOOK)
    if wanted is None:
        return []
    ranked = [(_rank(wanted, entry), at) for at, (_thing, entry) in enumerate(known)]
    return [known[at][0] for rank, at in sorted(ranked, key=lambda one: (-one[0], one[1])) if rank >= NEAR][:most]


def _rank(wanted: Sought, entry: _Entry) -> float:
    """300: in the name; 200: in what is said of it; otherwise how much the name sounds like it, 0 to 100."""
    if wanted.words in entry.name or _has(wanted, entry.name, entry.named):
        return 300
    if wanted.words in entry.told or _has(wanted, entry.told, entry.codes):
        return 200
    return fuzz.partial_ratio(wanted.sound, entry.sound) if len(wanted.sound) > 2 else 0


def _has(wanted: Sought, text: str, codes: frozenset[str]) -> bool:
    return all(part in text for part in wanted.literal) and holds(wanted.exact, codes)
