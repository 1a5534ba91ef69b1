"""Items of business: what a unit does for people, in which steps, with which documents, within how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.matching import containing
from storage.tables import items
from storage.transaction import Tx

_COLUMNS = ("code", "name", "unit_id", "steps", "documents", "limit_days")
_ALL = select(*(items.c[name] for name in _COLUMNS)).order_by(items.c.id)
_BY_CODE = select(*(items.c[name] for name in _COLUMNS)).where(items.c.code == bindparam("code_"))
_NAMED = _ALL.where(items.c.name.like(bindparam("pattern"), escape="\\")).limit(bindparam("most"))
_SAVE = upsert(items)
_SAVE = _SAVE.on_conflict_do_update(index_elements=["code"], set_={name: _SAVE.excluded[name] for name in _COLUMNS[1:]})


@dataclass(frozen=True, slots=True)
class Item:
    """One item. limit_days: working days the unit promises, None where it promises nothing."""

    code: str
    name: str
    unit_id: int
    steps: str = ""
    documents: str = ""
    limit_days: int | None = None


def _item(row: Row[Any]) -> Item:
    return Item(row.code, row.name, row.unit_id, row.steps, row.documents, row.limit_days)


def every(tx: Tx) -> list[Item]:
    """All items in the order they were set up."""
    return [_item(row) for row in tx.all(_ALL)]


def by_code(tx: Tx, code: str) -> Item | None:
    """The item with exactly this code."""
    row = tx.first(_BY_CODE, {"code_": code})
    return _item(row) if row else None


def named(tx: Tx, word: str, most: int) -> list[Item]:
    """Up to `most` items whose name contains the word, in the order they were set up."""
    return [_item(row) for row in tx.all(_NAMED, {"pattern": containing(word), "most": most})]


def save(tx: Tx, wanted: Sequence[Item]) -> None:
    """Add items, or change those with these codes."""
    if wanted:
        tx.execute(_SAVE, [asdict(item) for item in wanted])
