"""Arrivals, once only: the channel's own key makes a repeat end at the door. Only a failed one keeps its raw form."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.messages import Incoming
from storage.tables import inbox
from storage.transaction import Tx

#: As long as the column.
LONGEST_KEY = 128

_TAKE = insert(inbox).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_QUARANTINE = insert(inbox)
_QUARANTINE = _QUARANTINE.on_conflict_do_update(
    index_elements=["channel", "key"],
    set_={
        "state": _QUARANTINE.excluded.state,
        "raw": _QUARANTINE.excluded.raw,
        "error": _QUARANTINE.excluded.error,
        "unread": _QUARANTINE.excluded.unread,
    },
)
_FAILED = select(inbox).where(inbox.c.state == "failed").order_by(inbox.c.at).limit(50)
_COUNT = select(func.count()).select_from(inbox).where(inbox.c.state == "failed")
_ONE = select(inbox).where(
    inbox.c.channel == bindparam("channel_"), inbox.c.key == bindparam("key_"), inbox.c.state == "failed"
)
_TAKEN = select(inbox.c.key).where(inbox.c.channel == bindparam("channel_"), inbox.c.key == bindparam("key_"))
_FORGET = delete(inbox).where(inbox.c.channel == bindparam("channel_"), inbox.c.key == bindparam("key_"))
_PURGE = delete(inbox).where(inbox.c.state == "done", inbox.c.at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Failed:
    """An arrival that a program error set aside. incoming: None where it could not even be understood."""

    channel: str
    key: str
    at: datetime
    error: str
    incoming: Incoming | None


def take(tx: Tx, channel: str, key: str, now: datetime) -> bool:
    """Whether this arrival is the first of its key; from now on it is not."""
    row = {"channel": channel, "key": key, "at": now, "state": "done", "raw": None, "error": None}
    return tx.execute(_TAKE, row).rowcount == 1


def was_taken(tx: Tx, channel: str, key: str) -> bool:
    """Whether an arrival of this key came before."""
    return tx.first(_TAKEN, {"channel_": channel, "key_": key}) is not None


def quarantine(tx: Tx, incoming: Incoming, error: str, now: datetime) -> None:
    """Keep an arrival the program failed on, whole, to be run again by an administrator."""
    raw = msgspec.json.encode(incoming).decode()
    row = {
        "channel": incoming.channel,
        "key": incoming.key,
        "at": now,
        "state": "failed",
        "raw": raw,
        "error": error,
        "unread": False,
    }
    tx.execute(_QUARANTINE, row)


def set_aside(tx: Tx, channel: str, key: str, raw: bytes, error: str, now: datetime) -> None:
    """Keep what could not be understood as it came, to be read again by a program that understands it."""
    row = {
        "channel": channel,
        "key": key[:LONGEST_KEY],
        "at": now,
        "state": "failed",
        "raw": base64.b64encode(raw).decode(),
        "error": error,
        "unread": True,
    }
    tx.execute(_QUARANTINE, row)


def as_it_came(row: Row[Any]) -> str:
    """The raw form in a row that was set aside, as text to be looked through: in JSON no sign is written in numbers."""
    raw: str = row.raw or ""
    if not row.unread:
        return raw
    came = base64.b64decode(raw)
    try:
        return msgspec.json.encode(msgspec.json.decode(came)).decode()
    except (ValueError, RecursionError):
        return came.decode(errors="replace")


def failed(tx: Tx) -> list[Failed]:
    """The oldest fifty arrivals set aside."""
    return [
        Failed(row.channel, row.key, row.at, row.error, None if row.unread else _incoming(row.raw))
        for row in tx.all(_FAILED)
    ]


def failed_count(tx: Tx) -> int:
    """How many arrivals are set aside."""
    return int(tx.scalar(_COUNT))


def release(tx: Tx, channel: str, key: str) -> Incoming | bytes | None:
    """Take a failed arrival out, to be handled again, or read again where it was not understood.

    None if it is not (or no more) set aside.
    """
    row = tx.first(_ONE, {"channel_": channel, "key_": key})
    if row is None:
        return None
    tx.execute(_FORGET, {"channel_": channel, "key_": key})
    return base64.b64decode(row.raw) if row.unread else _incoming(row.raw)


def _incoming(raw: str) -> Incoming:
    return msgspec.json.decode(raw, type=Incoming)


def purge(tx: Tx, before: datetime) -> int:
    """Forget once-only keys older than `before`; returns how many."""
    return tx.execute(_PURGE, {"before": before}).rowcount
