"""Bytes that no record needs any more, waiting to be taken out of the file store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from storage.tables import discarded, exports, files
from storage.transaction import Tx

_ADD = insert(discarded).on_conflict_do_nothing()
_WAITING = select(discarded.c.digest).order_by(discarded.c.at).limit(200)
_DONE = delete(discarded).where(discarded.c.digest == bindparam("digest_"))
_FILES = select(func.count()).select_from(files).where(files.c.digest == bindparam("digest_"))
_EXPORTS = select(func.count()).select_from(exports).where(exports.c.digest == bindparam("digest_"))


def add(tx: Tx, digests: Iterable[str], now: datetime) -> None:
    """The records of these bytes are gone; whoever else needs the same bytes keeps them."""
    for digest in sorted(set(digests) - {""}):
        tx.execute(_ADD, {"digest": digest, "at": now})
        tx.signal("discarded")


def waiting(tx: Tx) -> list[str]:
    """Digests to look at, oldest first; at most 200."""
    return [row.digest for row in tx.all(_WAITING)]


def needed(tx: Tx, digest: str) -> bool:
    """Whether a record names these bytes."""
    return bool(tx.scalar(_FILES, {"digest_": digest}) or tx.scalar(_EXPORTS, {"digest_": digest}))


def done(tx: Tx, digest: str) -> None:
    """The bytes are gone, or needed by somebody."""
    tx.execute(_DONE, {"digest_": digest})
