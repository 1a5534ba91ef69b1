"""Pages of cases kept under a condition, newest first, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BindParameter, Row, TextClause, bindparam, text

from domain.case import LIVE
from domain.scopes import Scope
from domain.searching import Condition
from storage.matching import containing
from storage.transaction import Tx

#: Cases of one page, and how many pages are looked at for some that have the words to the letter.
PAGE = 200
PAGES = 2
#: On PostgreSQL so many of the newest are looked at first, without the index.
RECENT = 2000
#: Higher than any id.
NEWEST = 2**62

_LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE))
#: The ids of a scope.
_MINE = f"""SELECT case_id AS id FROM assignments WHERE unit_id IN :units AND state IN ({_LIVE})
    UNION SELECT id FROM cases WHERE project_id IN :projects
    UNION SELECT id FROM cases WHERE owner_id IN :owners"""  # noqa: S608 - constants of ours
_KEPT = "SELECT cases.id, cases.facts, cases.enterprise FROM cases JOIN"

#: The newest that are kept under a condition; {page} and {recent} stand for numbers.
_SQLITE = f"""{_KEPT} (SELECT rowid AS id FROM case_words WHERE case_words MATCH :wanted AND rowid < :before {{within}}
    ORDER BY rowid DESC LIMIT {PAGE}) AS found ON cases.id = found.id
    WHERE cases.erased_at IS NULL ORDER BY cases.id DESC"""  # noqa: S608
#: Found wholly before they are sorted: the planner would rather walk through all cases by age.
_BY_INDEX = f"""WITH hits AS MATERIALIZED
    (SELECT case_id AS id FROM case_words WHERE words @@ CAST(:wanted AS tsquery))
    {_KEPT} (SELECT id FROM hits WHERE id < :before {{within}} ORDER BY id DESC LIMIT {PAGE}) AS found
    ON cases.id = found.id WHERE cases.erased_at IS NULL ORDER BY cases.id DESC"""  # noqa: S608
_BY_LOOKING = f"""WITH hits AS MATERIALIZED (SELECT newest.id FROM
    (SELECT id FROM ({{ids}}) AS mine WHERE id < :before ORDER BY id DESC LIMIT {RECENT}) AS newest
    JOIN case_words ON case_id = newest.id WHERE words @@ CAST(:wanted AS tsquery))
    {_KEPT} (SELECT id FROM hits ORDER BY id DESC LIMIT {PAGE}) AS found
    ON cases.id = found.id WHERE cases.erased_at IS NULL ORDER BY cases.id DESC"""  # noqa: S608
_NUMBERED = f"""SELECT id FROM cases WHERE number LIKE :pattern ESCAPE '\\' AND id < :before {{within}}
    ORDER BY number DESC LIMIT {PAGE}"""  # noqa: S608
#: The planner does not know what it costs to read the words of every case.
_BY_THE_INDEX_ALONE, _AS_BEFORE = (text(f"SET LOCAL enable_seqscan = {value}") for value in ("off", "DEFAULT"))

#: By whether a scope narrows it.
Pair = dict[bool, TextClause]


def _both(statement: str, column: str = "id") -> Pair:
    """A statement over all cases, and over those of a scope."""
    names: list[BindParameter[Any]] = [bindparam(name, expanding=True) for name in ("units", "projects", "owners")]
    everything = statement.format(within="", ids="SELECT id FROM cases")
    narrowed = statement.format(within=f"AND {column} IN ({_MINE})", ids=_MINE)
    return {False: text(everything), True: text(narrowed).bindparams(*names)}


#: The 0 keeps SQLite from asking its index once for each id of a scope.
_MATCHING = _both(_SQLITE, "rowid + 0")
_LOOKED_AT, _INDEXED, _BY_NUMBER = _both(_BY_LOOKING), _both(_BY_INDEX), _both(_NUMBERED, "id + 0")


def numbered(tx: Tx, part: str, scope: Scope, before: int | None) -> list[int]:
    """Ids of cases with this part in their number, the highest number first; at most PAGE."""
    about = {"pattern": containing(part), "before": before or NEWEST}
    return [row.id for row in _run(tx, _BY_NUMBER, about, scope)]


def pages(tx: Tx, condition: Condition, scope: Scope, before: int | None) -> Iterator[list[Row[Any]]]:
    """Pages of cases (id, facts, enterprise) that are kept under a condition, newest first, PAGES of them at most.

    On PostgreSQL one more page comes first, of the newest cases, which the following ones hold again: a word of many
    cases is found there at once, where the index would read every one of them.
    """
    wanted = SPELLED[tx.dialect](condition)
    if not wanted:
        return
    about: dict[str, Any] = {"wanted": wanted, "before": before or NEWEST}
    if tx.dialect == "postgresql":
        yield _run(tx, _LOOKED_AT, about, scope)
    for _number in range(PAGES):
        rows = _page(tx, about, scope)
        yield rows
        if len(rows) < PAGE:
            return
        about["before"] = rows[-1].id


def _page(tx: Tx, about: dict[str, Any], scope: Scope) -> list[Row[Any]]:
    if tx.dialect == "sqlite":
        return _run(tx, _MATCHING, about, scope)
    tx.execute(_BY_THE_INDEX_ALONE)
    rows = _run(tx, _INDEXED, about, scope)
    tx.execute(_AS_BEFORE)
    return rows


def _run(tx: Tx, pair: Pair, about: dict[str, Any], scope: Scope) -> list[Row[Any]]:
    if scope.everything:
        return tx.all(pair[False], about)
    mine = {"units": sorted(scope.units), "projects": sorted(scope.projects), "owners": sorted(scope.owners)}
    return tx.all(pair[True], about | mine)


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
