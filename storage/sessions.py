"""Sessions of officials' pages. Only the digest of a session's secret is kept, never the secret itself."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update

from storage.tables import sessions
from storage.transaction import Tx

SECRET_BYTES = 32

_BEGIN = insert(sessions)
_FIND = select(sessions).where(sessions.c.digest == bindparam("digest_"))
_USED = update(sessions).where(sessions.c.digest == bindparam("digest_")).values(used_at=bindparam("now_"))
_END = delete(sessions).where(sessions.c.digest == bindparam("digest_"))
_END_ALL = delete(sessions).where(sessions.c.person_id == bindparam("person_"))
_PURGE = delete(sessions).where(sessions.c.expires_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that a person signed in with."""

    digest: str
    person: int
    created_at: datetime
    used_at: datetime
    expires_at: datetime


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def begin(tx: Tx, person: int, now: datetime, longest: timedelta) -> str:
    """Begin a session that ends by `now + longest` at the latest; returns its secret, which is told to nobody else."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {"digest": digest_of(secret), "person_id": person, "created_at": now, "used_at": now}
    tx.execute(_BEGIN, {**row, "expires_at": now + longest})
    return secret


def find(tx: Tx, secret: str, now: datetime, idle: timedelta) -> Session | None:
    """The session of a secret; None where there is none, it has ended, or nothing came from it for `idle`."""
    row = tx.first(_FIND, {"digest_": digest_of(secret)})
    if row is None or row.expires_at <= now or row.used_at + idle <= now:
        return None
    return Session(row.digest, row.person_id, row.created_at, row.used_at, row.expires_at)


def used(tx: Tx, digest: str, now: datetime) -> None:
    """Something came from this session."""
    tx.execute(_USED, {"digest_": digest, "now_": now})


def end(tx: Tx, digest: str) -> None:
    """Sign this browser out."""
    tx.execute(_END, {"digest_": digest})


def end_all(tx: Tx, person: int) -> int:
    """Sign a person out everywhere; returns how many sessions ended."""
    return tx.execute(_END_ALL, {"person_": person}).rowcount


def purge(tx: Tx, before: datetime) -> int:
    """Forget sessions that ended before `before`; returns how many."""
    return tx.execute(_PURGE, {"before": before}).rowcount
