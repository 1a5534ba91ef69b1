"""What cases are found by: the codes of their words, kept beside the cases and never shown.

SQLite keeps them in a full-text table without contents, PostgreSQL in a tsvector with a GIN index; neither cuts words,
that is done in domain/codes.py. Made by migration 0002 and not in tables.py, for it is another thing on each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy import table as named
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.case import Case
from domain.codes import kept_under
from storage.sounds import BOOK, edition
from storage.tables import cases, counters
from storage.transaction import Tx

#: All that is made here begins so.
PREFIX = "case_words"
#: Cases indexed at a time where the index is made anew.
BATCH = 500

CREATE: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE case_words USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii')",
        "CREATE TABLE case_words_known (case_id INTEGER PRIMARY KEY)",
    ),
    "postgresql": (
        "CREATE TABLE case_words (case_id BIGINT PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX case_words_gin ON case_words USING gin (words)",
    ),
}

WORDS = named("case_words", column("case_id", BigInteger), column("words", TSVECTOR))
FTS = named("case_words", column("rowid", BigInteger), column("words", Text), column("case_words", Text))
_KNOWN = named("case_words_known", column("case_id", BigInteger))

_ADD_FTS = insert(FTS).values(rowid=bindparam("id_"), words=bindparam("words_"))
_DROP_FTS = insert(FTS).values(case_words=literal_column("'delete'"), rowid=bindparam("id_"), words=bindparam("words_"))
_WIPE_FTS = insert(FTS).values(case_words=literal_column("'delete-all'"))
_SCRUB_FTS = insert(FTS).values(case_words=literal_column("'optimize'"))
_ADD_KNOWN = upsert(_KNOWN).values(case_id=bindparam("id_")).on_conflict_do_nothing()
_DROP_KNOWN = delete(_KNOWN).where(_KNOWN.c.case_id == bindparam("id_"))
_WIPE_KNOWN = delete(_KNOWN)

_ADD_WORDS = (
    upsert(WORDS)
    .values(case_id=bindparam("id_"), words=cast(bindparam("words_", type_=Text), TSVECTOR))
    .on_conflict_do_nothing()
)
_DROP_WORDS = delete(WORDS).where(WORDS.c.case_id == bindparam("id_"))
_WIPE_WORDS = delete(WORDS)

#: How far the index has come: the edition of its codes, and the highest case that is still to be indexed.
_EDITION, _LEFT = "words:edition", "words:left"
_KEPT = select(counters.c.name, counters.c.value).where(counters.c.name.in_([_EDITION, _LEFT])).with_for_update()
_KEEP = upsert(counters)
_KEEP = _KEEP.on_conflict_do_update(index_elements=["name"], set_={"value": _KEEP.excluded.value})
_TEXT = (cases.c.id, cases.c.facts, cases.c.enterprise)
_ONE = select(*_TEXT).where(cases.c.id == bindparam("id_"))
_SOME = (
    select(*_TEXT)
    .where(cases.c.id <= bindparam("left_"), cases.c.erased_at.is_(None))
    .order_by(cases.c.id.desc())
    .limit(BATCH)
)
_LAST = select(func.max(cases.c.id))


def create(connection: Connection) -> None:
    """Make the empty index in a database that has none."""
    for statement in CREATE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def described(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether tables.py describes this: for comparing a database with it."""
    return not (kind in ("table", "index") and name is not None and name.startswith(PREFIX))


def remember(tx: Tx, case: Case) -> None:
    """From now on a case is found by the words of its facts and its enterprise."""
    put(tx, case.id, case.facts, case.enterprise)


def put(tx: Tx, case: int, facts: str, enterprise: str) -> None:
    """The same, by its text; nothing where it is kept already."""
    codes = _codes(facts, enterprise)
    if tx.dialect == "postgresql":
        tx.execute(_ADD_WORDS, {"id_": case, "words_": codes})
    elif tx.execute(_ADD_KNOWN, {"id_": case}).rowcount:
        tx.execute(_ADD_FTS, {"id_": case, "words_": codes})


def forget(tx: Tx, case: int) -> None:
    """A case is not found any more. Call it while the facts still stand there: SQLite takes out what is named to it."""
    if tx.dialect == "postgresql":
        tx.execute(_DROP_WORDS, {"id_": case})
        return
    row = tx.first(_ONE, {"id_": case})
    if tx.execute(_DROP_KNOWN, {"id_": case}).rowcount and row is not None:
        tx.execute(_DROP_FTS, {"id_": case, "words_": _codes(row.facts, row.enterprise)})


def scrub(tx: Tx) -> None:
    """Write the index anew, so that nothing is left in it of what was forgotten: at night, for it takes a second."""
    if tx.dialect == "sqlite":
        tx.execute(_SCRUB_FTS)


def catch_up(tx: Tx) -> int:
    """Index some of the cases that are not yet, newest first; all of them anew when the codes are of an older edition.

    Returns how many, 0 when nothing is left.
    """
    kept = {row.name: row.value for row in tx.all(_KEPT)}
    left = kept.get(_LEFT, 0)
    if kept.get(_EDITION) != edition():
        _wipe(tx)
        left = tx.scalar(_LAST) or 0
        tx.execute(_KEEP, {"name": _EDITION, "value": edition()})
    elif not left:
        return 0
    some = tx.all(_SOME, {"left_": left})
    for row in some:
        put(tx, row.id, row.facts, row.enterprise)
    tx.execute(_KEEP, {"name": _LEFT, "value": some[-1].id - 1 if some else 0})
    return len(some)


def _codes(facts: str, enterprise: str) -> str:
    return " ".join(kept_under(f"{facts}\n{enterprise}", BOOK))


def _wipe(tx: Tx) -> None:
    for statement in (_WIPE_WORDS,) if tx.dialect == "postgresql" else (_WIPE_FTS, _WIPE_KNOWN):
        tx.execute(statement)
