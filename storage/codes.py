"""One-time codes: an invitation to a role, the move to another device. Only their digests are kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from storage.tables import codes
from storage.transaction import Tx

#: Letters and digits that are not mistaken for one another when read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10

_ADD = insert(codes)
_LOOK = select(codes).where(codes.c.digest == bindparam("digest_"))
_FIND = select(codes).where(codes.c.digest == bindparam("digest_")).with_for_update()
_USE = update(codes).where(codes.c.digest == bindparam("digest_")).values(used_at=bindparam("now_"))
_REVOKE = update(codes).where(
    codes.c.person_id == bindparam("person_"), codes.c.purpose == bindparam("purpose_"), codes.c.used_at.is_(None)
)
_REVOKE = _REVOKE.values(used_at=bindparam("now_"))
_PENDING = (
    select(codes)
    .where(
        codes.c.purpose == bindparam("purpose_"), codes.c.used_at.is_(None), codes.c.expires_at >= bindparam("since")
    )
    .order_by(codes.c.created_at, codes.c.digest)
)
_PURGE = delete(codes).where(codes.c.expires_at < bindparam("before"))


def _digest(code: str) -> str:
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()


def make(
    tx: Tx, purpose: str, facts: dict[str, Any], valid: timedelta, now: datetime, person: int | None = None
) -> str:
    """A new code such as ABCDE-23456, good once until `now + valid`; person: whose place it opens, if somebody's."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    row = {
        "digest": _digest(code),
        "purpose": purpose,
        "person_id": person,
        "facts": msgspec.json.encode(facts).decode(),
        "created_at": now,
        "expires_at": now + valid,
    }
    tx.execute(_ADD, row)
    return f"{code[:5]}-{code[5:]}"


def use(tx: Tx, code: str, purposes: tuple[str, ...], now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Use a code up: (purpose, facts), or None if it is unknown, used, expired or for something else."""
    row = tx.first(_FIND, {"digest_": _digest(code)})
    if row is None or row.used_at is not None or row.expires_at < now or row.purpose not in purposes:
        return None
    tx.execute(_USE, {"digest_": row.digest, "now_": now})
    return row.purpose, msgspec.json.decode(row.facts)


def good(tx: Tx, code: str, purpose: str, now: datetime) -> dict[str, Any] | None:
    """What a code that could be used now stands for; it can still be used afterwards."""
    row = tx.first(_LOOK, {"digest_": _digest(code)})
    if row is None or row.used_at is not None or row.expires_at < now or row.purpose != purpose:
        return None
    facts: dict[str, Any] = msgspec.json.decode(row.facts)
    return facts


def revoke(tx: Tx, purpose: str, person: int, now: datetime) -> int:
    """Codes made for this person are good no more; returns how many were."""
    return tx.execute(_REVOKE, {"person_": person, "purpose_": purpose, "now_": now}).rowcount


@dataclass(frozen=True, slots=True)
class Pending:
    """A code nobody has used. digest: its name here, from which the code cannot be told; person: whose place it is."""

    digest: str
    facts: dict[str, Any]
    expires_at: datetime
    person: int | None


def pending(tx: Tx, purpose: str, since: datetime) -> list[Pending]:
    """Codes nobody has used that were good at `since` or later, oldest first."""
    rows = tx.all(_PENDING, {"purpose_": purpose, "since": since})
    return [Pending(row.digest, msgspec.json.decode(row.facts), row.expires_at, row.person_id) for row in rows]


def spend(tx: Tx, digest: str, now: datetime) -> None:
    """This code is good no more."""
    tx.execute(_USE, {"digest_": digest, "now_": now})


def purge(tx: Tx, before: datetime) -> int:
    """Forget codes that expired before `before`; returns how many."""
    return tx.execute(_PURGE, {"before": before}).rowcount
