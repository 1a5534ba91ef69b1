"""Open cases that may be like another, found by the marks they share: never all of them are read."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import Row, TextClause, text

from domain.case import OPEN, Case
from domain.codes import marks
from storage.search_pages import SPELLED
from storage.sounds import BOOK
from storage.transaction import Tx

#: Looked for among so many cases before one: those that are still open are not older.
LOOKED_BACK = 20_000
#: At most so many are read.
MOST = 100

_OPEN = ", ".join(f"'{status}'" for status in sorted(OPEN))
_COLUMNS = "cases.id, cases.facts, cases.enterprise"
_BY_MARKS = {
    "postgresql": """SELECT {columns} FROM case_words JOIN cases ON cases.id = case_words.case_id
    WHERE words @@ CAST(:wanted AS tsquery) AND case_id > :after AND cases.id <> :id AND status IN ({open})
    ORDER BY cases.id DESC LIMIT {most}""",
    "sqlite": """SELECT {columns} FROM case_words JOIN cases ON cases.id = case_words.rowid
    WHERE case_words MATCH :wanted AND case_words.rowid > :after AND cases.id <> :id AND status IN ({open})
    ORDER BY case_words.rowid DESC LIMIT {most}""",
}
_BY_ENTERPRISE = """SELECT {columns} FROM cases WHERE enterprise = :enterprise AND id <> :id AND status IN ({open})
    ORDER BY id DESC LIMIT {most}"""


def _finished(statement: str) -> TextClause:
    return text(statement.format(columns=_COLUMNS, open=_OPEN, most=MOST))


_SHARING = {kind: _finished(statement) for kind, statement in _BY_MARKS.items()}
_OF_ENTERPRISE = _finished(_BY_ENTERPRISE)


class Candidate(NamedTuple):
    """An open case that may be like another."""

    id: int
    facts: str
    same_enterprise: bool


def candidates(tx: Tx, case: Case) -> list[Candidate]:
    """Open cases that share at least two marks with a case, or its enterprise; at most MOST of each, the newest."""
    rows = [*_sharing(tx, case), *_of_enterprise(tx, case)]
    once = {row.id: row for row in rows}.values()
    return [Candidate(row.id, row.facts, bool(case.enterprise) and row.enterprise == case.enterprise) for row in once]


def _sharing(tx: Tx, case: Case) -> list[Row[Any]]:
    two_of_them = tuple(combinations(sorted(marks(case.facts, BOOK)), 2))
    if not two_of_them:
        return []
    wanted = SPELLED[tx.dialect]((two_of_them,))
    return tx.all(_SHARING[tx.dialect], {"wanted": wanted, "after": case.id - LOOKED_BACK, "id": case.id})


def _of_enterprise(tx: Tx, case: Case) -> list[Row[Any]]:
    return tx.all(_OF_ENTERPRISE, {"enterprise": case.enterprise, "id": case.id}) if case.enterprise else []
