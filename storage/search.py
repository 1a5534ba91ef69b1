"""Finding cases by words, pinyin, a slip of the pen or a part of the number, among those somebody may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import BindParameter, Row, TextClause, bindparam, text

from domain.case import LIVE, Case
from domain.codes import kept_under, sound_of
from domain.scopes import Scope
from domain.searching import Condition, Sought, fits, holds, literally, sought
from storage import cases
from storage.matching import containing
from storage.named import items_like, units_like
from storage.search_index import forget, remember, scrub
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

#: Cases looked at in one go, and how often at most, for some that have the words to the letter.
PAGE = 100
PAGES = 5
#: From so many hundredths of likeness in sound on, a case is near.
NEAR = 78
#: Higher than any id.
NEWEST = 2**62

_LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE))
_MINE = f"""(SELECT case_id FROM assignments WHERE unit_id IN :units AND state IN ({_LIVE})
    UNION ALL SELECT id FROM cases WHERE project_id IN :projects
    UNION ALL SELECT id FROM cases WHERE owner_id IN :owners)"""  # noqa: S608 - constants of ours

#: The newest PAGE ids before one that are kept under a condition. Found wholly before they are sorted on PostgreSQL,
#: whose planner would rather walk through all cases by age; the 0 keeps SQLite from asking once for each id in scope.
_IDS = {
    "postgresql": """WITH hits AS MATERIALIZED (SELECT case_id FROM case_words WHERE words @@ CAST(:wanted AS tsquery))
    SELECT case_id AS id FROM hits WHERE case_id < :before AND {mine} ORDER BY case_id DESC LIMIT {page}""",
    "sqlite": """SELECT rowid AS id FROM case_words WHERE case_words MATCH :wanted AND rowid < :before AND {mine}
    ORDER BY rowid DESC LIMIT {page}""",
}
_KEPT_UNDER = """SELECT cases.id, cases.facts, cases.enterprise FROM cases JOIN ({ids}) AS found ON cases.id = found.id
    WHERE cases.erased_at IS NULL ORDER BY cases.id DESC"""
_NUMBERED = """SELECT id FROM cases WHERE number LIKE :pattern ESCAPE '\\' AND id < :before AND {mine}
    ORDER BY number DESC LIMIT {page}"""

#: By whether a scope narrows them.
Pair = dict[bool, TextClause]


def _both(statement: str, column: str) -> Pair:
    """A statement over all cases and over those of a scope."""
    everything = text(statement.format(mine="1 = 1", page=PAGE))
    names: list[BindParameter[Any]] = [bindparam(name, expanding=True) for name in ("units", "projects", "owners")]
    narrowed = text(statement.format(mine=f"{column} IN {_MINE}", page=PAGE)).bindparams(*names)
    return {False: everything, True: narrowed}


_WORDED: dict[str, Pair] = {
    "postgresql": _both(_KEPT_UNDER.format(ids=_IDS["postgresql"]), "case_id"),
    "sqlite": _both(_KEPT_UNDER.format(ids=_IDS["sqlite"]), "rowid + 0"),
}
_BY_NUMBER = _both(_NUMBERED, "id + 0")


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
    ids = _numbered(tx, wanted, scope, before)[:most]
    return _in_order(tx, ids or _worded(tx, wanted, scope, most, before))


def nearly(tx: Tx, words: str, scope: Scope, most: int = 20, before: int | None = None) -> list[Case]:
    """Cases that sound like the words, or have them but for a slip, the nearest first and then the newest."""
    wanted = sought(words, BOOK)
    if wanted is None or wanted.near == wanted.exact:
        return []
    rows = _page(tx, wanted.near, scope, before or NEWEST)
    scored = [(_likeness(wanted, _told(row)), row.id) for row in rows]
    return _in_order(tx, [case for score, case in sorted(scored, reverse=True) if score >= NEAR][:most])


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


def _numbered(tx: Tx, wanted: Sought, scope: Scope, before: int | None) -> list[int]:
    if not wanted.number:
        return []
    about = {"pattern": containing(wanted.number), "before": before or NEWEST}
    return [row.id for row in _run(tx, _BY_NUMBER, about, scope)]


def _worded(tx: Tx, wanted: Sought, scope: Scope, most: int, before: int | None) -> list[int]:
    """Ids of cases that have the words: pairs are enough for most words, the longer ones are read again."""
    found: list[int] = []
    for rows in _pages(tx, wanted.exact, scope, before or NEWEST):
        found += [row.id for row in rows if literally(wanted, _told(row))]
        if len(found) >= most:
            break
    return found[:most]


def _pages(tx: Tx, condition: Condition, scope: Scope, before: int) -> Iterator[list[Row[Any]]]:
    for _page_number in range(PAGES):
        rows = _page(tx, condition, scope, before)
        yield rows
        if len(rows) < PAGE:
            return
        before = rows[-1].id


def _page(tx: Tx, condition: Condition, scope: Scope, before: int) -> list[Row[Any]]:
    about = {"wanted": SPELLED[tx.dialect](condition), "before": before}
    return _run(tx, _WORDED[tx.dialect], about, scope) if about["wanted"] else []


def _run(tx: Tx, pair: Pair, about: dict[str, Any], scope: Scope) -> list[Row[Any]]:
    if scope.everything:
        return tx.all(pair[False], about)
    mine = {"units": sorted(scope.units), "projects": sorted(scope.projects), "owners": sorted(scope.owners)}
    return tx.all(pair[True], about | mine)


def _told(row: Row[Any]) -> str:
    return f"{row.facts}\n{row.enterprise}"


def _in_order(tx: Tx, ids: Sequence[int]) -> list[Case]:
    found = cases.many(tx, ids)
    return [found[case] for case in ids if case in found]


# --- how a condition is spelled -------------------------------------------------------------------------------


def _spelled(condition: Condition, every: str, either: str, begins: str) -> str:
    """A condition in the language of an index; "" where a part has no alternative and nothing can be found."""
    parts = []
    for part in condition:
        alternatives = [f"({every.join(code.replace('*', begins) for code in codes)})" for codes in part if codes]
        if not alternatives:
            return ""
        parts.append(f"({either.join(alternatives)})")
    return every.join(parts)


SPELLED = {
    "sqlite": lambda condition: _spelled(condition, " AND ", " OR ", "*"),
    "postgresql": lambda condition: _spelled(condition, " & ", " | ", ":*"),
}
