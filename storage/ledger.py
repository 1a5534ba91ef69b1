"""The accountability ledger: what followed from a case. Money in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from storage.tables import ledger
from storage.transaction import Tx

_ADD = insert(ledger)
_OF_CASE = select(ledger).where(ledger.c.case_id == bindparam("case_")).order_by(ledger.c.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. sort: "repaid" (amount_fen) or "censured" (words); by: who entered it."""

    case: int
    sort: str
    at: datetime
    by: int | None
    amount_fen: int | None = None
    words: str = ""
    unit: int | None = None


def enter(tx: Tx, entry: Entry) -> None:
    """Add a line; lines are never changed."""
    row = {
        "case_id": entry.case,
        "sort": entry.sort,
        "amount_fen": entry.amount_fen,
        "words": entry.words,
        "unit_id": entry.unit,
        "by_id": entry.by,
        "at": entry.at,
    }
    tx.execute(_ADD, row)


def of_case(tx: Tx, case: int) -> list[Entry]:
    """The lines of a case, the oldest first."""
    return [_entry(row) for row in tx.all(_OF_CASE, {"case_": case})]


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.case_id, row.sort, row.at, row.by_id, row.amount_fen, row.words, row.unit_id)
