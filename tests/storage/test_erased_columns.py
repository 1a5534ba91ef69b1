"""Whoever adds a column or a table for what people tell hears here that it must be erased too, or why it stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Text, select

from storage import erasure
from storage.tables import (
    Moment,
    addresses,
    approvals,
    cases,
    events,
    ledger,
    metadata,
    papers,
    people,
    visits,
)
from storage.transaction import Tx
from tests.people import Owner, Town

NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
WORDS = "晓禾手工面馆"
#: Columns of text that tell nothing of anybody: codes and numbers of ours, ids of officials kept from a case.
STAYS = frozenset({cases.c.receipt, cases.c.recused, papers.c.number})
#: Tables that name a person or a case and keep it, see docs/decisions/0009: who did what when, and how it was measured.
KEPT = frozenset(
    {"announcements", "assignments", "calls", "consents", "deadlines", "directory_rules", "erasures"}
    | {"groups", "readings", "reminders", "rulebooks"}
)
ABOUT = frozenset({people, cases, addresses})


def texts(table: Table) -> list[Column[Any]]:
    """The columns in which words can stand."""
    return [column for column in table.columns if isinstance(column.type, Text) and column not in STAYS]


def filled(table: Table, ids: dict[str, int]) -> dict[str, Any]:
    """A row with the owner's words wherever words can stand."""
    row: dict[str, Any] = {column.name: WORDS for column in texts(table)}
    for column in table.columns:
        wanted = column.name not in row and not column.nullable and column.server_default is None
        if wanted and not column.primary_key:
            row[column.name] = _some(column, ids)
    return row


def _some(column: Column[Any], ids: dict[str, int]) -> Any:
    if column.foreign_keys:
        return ids[next(iter(column.foreign_keys)).column.table.name]
    kinds = {Moment: NOW, LargeBinary: b"0", Boolean: False, Integer: 1}
    return next((some for kind, some in kinds.items() if isinstance(column.type, kind)), "x")


@pytest.fixture
def owner(small_town: Town) -> Owner:
    return small_town.owner("林晓禾")


@pytest.mark.parametrize("table", [visits, approvals, papers, ledger], ids=str)
def test_every_word_that_belongs_to_a_case_is_erased(small_town: Town, owner: Owner, table: Table) -> None:
    case = small_town.case(owner.file(WORDS)).id
    ids = {"cases": case, "people": owner.id, "units": 1, "deadlines": 1}
    small_town.write(lambda tx: tx.connection.execute(table.delete().where(table.c.case_id == case)))
    small_town.write(lambda tx: tx.connection.execute(table.insert().values(filled(table, ids) | {"case_id": case})))
    assert WORDS in left(small_town, table)
    small_town.write(erasure.of_cases, [case], NOW)
    assert WORDS not in left(small_town, table)


def test_a_step_has_words_in_its_content_alone() -> None:
    assert [column.name for column in texts(events)] == ["content"]  # which test_erasure.py sees erased


def test_every_word_of_a_case_and_of_a_person_is_erased(small_town: Town, owner: Owner) -> None:
    case = small_town.case(owner.file(WORDS)).id
    for table, row in ((cases, case), (people, owner.id)):
        words = {column.name: WORDS for column in texts(table)}
        small_town.write(_set, table, row, words)
        assert WORDS in left(small_town, table)
    small_town.write(erasure.of_cases, [case], NOW)
    small_town.write(erasure.of_person, owner.id, NOW)
    assert WORDS not in left(small_town, cases)
    assert WORDS not in left(small_town, people)


def _set(tx: Tx, table: Table, row: int, words: dict[str, str]) -> None:
    tx.connection.execute(table.update().where(table.c.id == row).values(words))


def left(town: Town, table: Table) -> str:
    """What stands in the table."""
    return town.read(lambda tx: repr(tx.connection.execute(select(table)).all()))


def test_every_table_about_a_person_or_a_case_is_erased_or_kept_for_a_reason() -> None:
    about = {table.name for table in metadata.tables.values() if _points_at(table)}
    erased = {table.name for table in vars(erasure).values() if isinstance(table, Table)} | {"exports"}
    assert about - erased == KEPT


def _points_at(table: Table) -> bool:
    return any(key.column.table in ABOUT for column in table.columns for key in column.foreign_keys)
