"""Finding cases by words, pinyin, a slip of the pen or a part of the number, among those somebody may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import Row

from domain.case import Case
from domain.codes import kept_under, sound_of
from domain.scopes import Scope
from domain.searching import Sought, fits, holds, literally, sought
from storage import cases
from storage.named import items_like, units_like
from storage.search_index import forget, remember, scrub
from storage.search_pages import numbered, pages
from storage.sounds import BOOK
from storage.transaction import Tx

__all__ = [
    "cases_like",
    "exactly",
    "forget",
    "found_by_facts",
    "items_like",
    "nearly",
    "remember",
    "scrub",
    "units_like",
]

#: From so many hundredths of likeness in sound on, a case is near; so many are listened to.
NEAR = 78
MOST_HEARD = 100


def cases_like(tx: Tx, words: str, scope: Scope, most: int = 20, before: int | None = None) -> list[Case]:
    """At most `most` cases with these words, newest first; where there are none, those that are near, nearest first.

    words: parts of a number, Chinese, pinyin or initials. before: only cases with a lower id, for the next page of
    exact ones. The scope narrows what is read; whether somebody may see a case is for permits.may_see to say.
    """
    return exactly(tx, words, scope, most, before) or nearly(tx, words, scope, most, before)


def exactly(tx: Tx, words: str, scope: Scope, most: int = 20, before: int | None = None) -> list[Case]:
    """Cases with a number that contains the words, else with the words in facts or enterprise, newest first."""
    wanted = sought(words, BOOK)
    if wanted is None:
        return []
    ids = numbered(tx, wanted.number, scope, before)[:most] if wanted.number else []
    return _in_order(tx, ids or _worded(tx, wanted, scope, most, before))


def nearly(tx: Tx, words: str, scope: Scope, most: int = 20, before: int | None = None) -> list[Case]:
    """Cases that sound like the words, or have them but for a slip, the nearest first and then the newest."""
    wanted = sought(words, BOOK)
    if wanted is None or wanted.near == wanted.exact:
        return []
    scored = sorted(((score, case) for case, score in _heard(tx, wanted, scope, before).items()), reverse=True)
    return _in_order(tx, [case for score, case in scored if score >= NEAR][:most])


def found_by_facts(case: Case, words: str, *, near: bool = False) -> bool:
    """Whether a case is found by its number and its facts alone, without its enterprise; near: as `nearly` finds it."""
    wanted = sought(words, BOOK)
    if wanted is None:
        return False
    if not near:
        return bool(wanted.number and wanted.number in case.number) or fits(wanted, case.facts, BOOK)
    return holds(wanted.near, kept_under(case.facts, BOOK)) and _likeness(wanted, case.facts) >= NEAR


def _likeness(wanted: Sought, told: str) -> float:
    """How much a part of a text sounds like what is looked for, 0 to 100."""
    return fuzz.partial_ratio(wanted.sound, sound_of(told, BOOK))


def _worded(tx: Tx, wanted: Sought, scope: Scope, most: int, before: int | None) -> list[int]:
    """Ids of cases that have the words: pairs are enough for most words, the longer ones are read again."""
    found: dict[int, None] = {}
    for rows in pages(tx, wanted.exact, scope, before):
        found |= dict.fromkeys(row.id for row in rows if literally(wanted, _told(row)))
        if len(found) >= most:
            break
    return list(found)[:most]


def _heard(tx: Tx, wanted: Sought, scope: Scope, before: int | None) -> dict[int, float]:
    """How much the newest cases that may be near sound like what is looked for."""
    found: dict[int, float] = {}
    for rows in pages(tx, wanted.near, scope, before):
        found |= {row.id: _likeness(wanted, _told(row)) for row in rows[:MOST_HEARD] if row.id not in found}
        if len(found) >= MOST_HEARD:
            break
    return found


def _told(row: Row[Any]) -> str:
    return f"{row.facts}\n{row.enterprise}"


def _in_order(tx: Tx, ids: Sequence[int]) -> list[Case]:
    found = cases.many(tx, ids)
    return [found[case] for case in ids if case in found]
