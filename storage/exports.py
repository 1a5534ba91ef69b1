"""Copies of a person's own data: asked for, made, and good for a day under a secret link."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from storage import discarded
from storage.tables import addresses, exports
from storage.transaction import Tx

MOST_TRIES = 5

_ADD = insert(exports)
_WANTED = select(exports).where(exports.c.state == "wanted", exports.c.attempts < MOST_TRIES)
_WANTED = _WANTED.order_by(exports.c.id).limit(1)
_UNDER_WAY = select(func.count()).where(exports.c.person_id == bindparam("person_"), exports.c.state == "wanted")
_ASKED = select(func.count()).where(exports.c.person_id == bindparam("person_"), exports.c.at > bindparam("since"))
_TRY = update(exports).where(exports.c.id == bindparam("id_")).values(attempts=bindparam("attempts_"))
_READY = (
    update(exports)
    .where(exports.c.id == bindparam("id_"), exports.c.state == "wanted")
    .values(
        state="ready",
        link=bindparam("link_"),
        digest=bindparam("digest_"),
        size_bytes=bindparam("size_"),
        expires_at=bindparam("expires_"),
        address_id=bindparam("address_"),
    )
)
_BEHIND = (
    select(exports, addresses.c.channel, addresses.c.address)
    .outerjoin(addresses, addresses.c.id == exports.c.address_id)
    .where(exports.c.link == bindparam("link_"), exports.c.state == "ready", exports.c.expires_at > bindparam("now"))
)
_OLD = select(exports.c.digest).where(exports.c.expires_at < bindparam("now"))
_DROP_OLD = delete(exports).where(exports.c.expires_at < bindparam("now"))
_OF_PERSON = select(exports.c.digest).where(exports.c.person_id == bindparam("person_"))
_DROP = delete(exports).where(exports.c.person_id == bindparam("person_"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy that is to be made. address: the door it was asked at."""

    id: int
    person: int
    address: int | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A copy that was made. channel, address: the door its link was told at, "" for one that is gone."""

    person: int
    digest: str
    channel: str
    address: str


def ask(tx: Tx, person: int, address: int, now: datetime, valid: timedelta) -> None:
    """Put a copy in line."""
    row = {"person_id": person, "address_id": address, "state": "wanted", "at": now, "expires_at": now + valid}
    tx.execute(_ADD, row)
    tx.signal("exports")


def asked_since(tx: Tx, person: int, since: datetime) -> int:
    """How many copies the person asked for since then."""
    return int(tx.scalar(_ASKED, {"person_": person, "since": since}))


def under_way(tx: Tx, person: int) -> bool:
    """Whether one is being made."""
    return bool(tx.scalar(_UNDER_WAY, {"person_": person}))


def wanted(tx: Tx) -> Wanted | None:
    """The copy to make next; it counts as tried from now on, so that one which cannot be made ends."""
    row = tx.first(_WANTED)
    if row is None:
        return None
    tx.execute(_TRY, {"id_": row.id, "attempts_": row.attempts + 1})
    return Wanted(row.id, row.person_id, row.address_id, row.attempts + 1)


def made(tx: Tx, export: int, address: int, digest: str, size_bytes: int, expires_at: datetime) -> str:
    """The copy is in the store; returns the secret part of its link, "" if it is not wanted any more.

    address: the door the link is told at.
    """
    secret = secrets.token_urlsafe(24)
    row = {"id_": export, "address_": address, "link_": _hidden(secret), "digest_": digest}
    row |= {"size_": size_bytes, "expires_": expires_at}
    return secret if tx.execute(_READY, row).rowcount else ""


def behind(tx: Tx, secret: str, now: datetime) -> Ready | None:
    """The copy a link leads to, while it is good."""
    row: Row[Any] | None = tx.first(_BEHIND, {"link_": _hidden(secret), "now": now})
    return Ready(row.person_id, row.digest, row.channel or "", row.address or "") if row else None


def purge(tx: Tx, now: datetime) -> int:
    """Drop copies whose time is over; returns how many."""
    discarded.add(tx, [row.digest for row in tx.all(_OLD, {"now": now})], now)
    return tx.execute(_DROP_OLD, {"now": now}).rowcount


def forget(tx: Tx, person: int, now: datetime) -> None:
    """Drop a person's copies."""
    discarded.add(tx, [row.digest for row in tx.all(_OF_PERSON, {"person_": person})], now)
    tx.execute(_DROP, {"person_": person})


def _hidden(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
