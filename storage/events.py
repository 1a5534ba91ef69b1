"""The chain of each case: salted commitments, hashes, receipts and daily roots.

hash = SHA-256(previous ‖ head text ‖ commitment), commitment = SHA-256(salt ‖ content text). The content may be erased
by law (with its salt) and the chain still verifies. What is hashed is the exact text that is stored.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Row, bindparam, func, insert, select, update

from domain.case import Actor
from storage.tables import cases, events, roots
from storage.transaction import Tx

FIRST = bytes(32)

_LAST = select(events.c.seq, events.c.hash).where(events.c.case_id == bindparam("case_"))
_LAST = _LAST.order_by(events.c.seq.desc()).limit(1)
_APPEND = insert(events)
_OF_CASE = select(events).where(events.c.case_id == bindparam("case_")).order_by(events.c.seq)
_LATEST = select(events).where(events.c.case_id == bindparam("case_"), events.c.move == bindparam("move_"))
_LATEST = _LATEST.order_by(events.c.seq.desc()).limit(1)
_CASES = select(cases.c.id, cases.c.number).where(cases.c.id > bindparam("after")).order_by(cases.c.id).limit(500)
_MANY = select(events).where(events.c.case_id.in_(bindparam("ids", expanding=True)))
_MANY = _MANY.order_by(events.c.case_id, events.c.seq)
_LAST_ROOTLESS = select(func.max(events.c.id)).where(events.c.root_id.is_(None))
_MARK = (
    update(events)
    .where(events.c.root_id.is_(None), events.c.id <= bindparam("last_"))
    .values(root_id=bindparam("root_"))
)
_ADD_ROOT = insert(roots).returning(roots.c.id)
_SIGN_ROOT = (
    update(roots)
    .where(roots.c.id == bindparam("id_"))
    .values(
        first_event=bindparam("first_"),
        events=bindparam("events_"),
        hash=bindparam("hash_"),
        signature=bindparam("signature_"),
    )
)
_LATEST_ROOTS = select(roots).order_by(roots.c.id.desc()).limit(bindparam("most"))
_ROOTS = select(roots).order_by(roots.c.id)
_UNDER_ROOT = select(events.c.id, events.c.hash).where(events.c.root_id == bindparam("root_")).order_by(events.c.id)
_LAST_ROOT = select(roots.c.hash).order_by(roots.c.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Step:
    """One event as kept. content is None once erased."""

    seq: int
    move: str
    actor: int | None
    role: str
    unit: int | None
    at: datetime
    content: dict[str, Any] | None
    hash: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link of a chain that does not verify."""

    number: str
    seq: int
    why: str


def head_text(number: str, seq: int, move: str, actor: Actor, at: datetime) -> str:
    """What is hashed beside the commitment: who did what when. Times in UTC to the microsecond."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{number}|{seq}|{move}|{actor.person or ''}|{actor.role}|{actor.unit or ''}|{when}"


def draft(number: str, move: str, actor: Actor, content: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The first link of a case that has no id yet; `put` stores it."""
    return _link(number, 1, FIRST, move, actor, content, now)


def put(tx: Tx, case: int, link: dict[str, Any]) -> None:
    """Store a drafted link."""
    tx.execute(_APPEND, {**link, "case_id": case})


def append(tx: Tx, case: int, number: str, move: str, actor: Actor, content: dict[str, Any], now: datetime) -> bytes:
    """Add the next link of a case's chain; the case row is locked by the caller. Returns its hash."""
    last = tx.first(_LAST, {"case_": case})
    seq, previous = (last.seq + 1, bytes(last.hash)) if last else (1, FIRST)
    link = _link(number, seq, previous, move, actor, content, now)
    put(tx, case, link)
    return bytes(link["hash"])


def _link(
    number: str, seq: int, previous: bytes, move: str, actor: Actor, content: dict[str, Any], now: datetime
) -> dict[str, Any]:
    text = msgspec.json.encode(content, order="deterministic").decode()
    salt = os.urandom(16)
    commitment = hashlib.sha256(salt + text.encode()).digest()
    head = head_text(number, seq, move, actor, now).encode()
    return {
        "seq": seq,
        "move": move,
        "actor_id": actor.person,
        "role": str(actor.role),
        "unit_id": actor.unit,
        "at": now,
        "content": text,
        "salt": salt,
        "commitment": commitment,
        "previous": previous,
        "hash": hashlib.sha256(previous + head + commitment).digest(),
    }


def of_case(tx: Tx, case: int) -> list[Step]:
    """The whole timeline of a case."""
    return [_step(row) for row in tx.all(_OF_CASE, {"case_": case})]


def latest(tx: Tx, case: int, move: str) -> Step | None:
    """The last event of a case with this move."""
    row = tx.first(_LATEST, {"case_": case, "move_": move})
    return _step(row) if row else None


def _step(row: Row[Any]) -> Step:
    content = None if row.content is None else msgspec.json.decode(row.content)
    return Step(row.seq, row.move, row.actor_id, row.role, row.unit_id, row.at, content, bytes(row.hash))


def verify(tx: Tx) -> Iterator[int | Broken]:
    """Recompute every chain. Yields the count of events after each batch of cases, and every first broken link."""
    after, seen = 0, 0
    while batch := tx.all(_CASES, {"after": after}):
        numbers = {row.id: row.number for row in batch}
        chains: dict[int, list[Row[Any]]] = {case: [] for case in numbers}
        for row in tx.all(_MANY, {"ids": list(numbers)}):
            chains[row.case_id].append(row)
        for case, links in chains.items():
            seen += len(links)
            if (broken := _first_broken(numbers[case], links)) is not None:
                yield broken
        after = batch[-1].id
        yield seen


def broken(tx: Tx, case: int, number: str) -> Broken | None:
    """The first link of one case's chain that does not verify; None where all do."""
    return _first_broken(number, tx.all(_OF_CASE, {"case_": case}))


def _first_broken(number: str, links: list[Row[Any]]) -> Broken | None:
    if not links:
        return Broken(number, 0, "the case has no events")
    previous = FIRST
    for expected, row in enumerate(links, 1):
        why = _fault(number, expected, previous, row)
        if why:
            return Broken(number, row.seq, why)
        previous = bytes(row.hash)
    return None


def _fault(number: str, expected: int, previous: bytes, row: Row[Any]) -> str:
    actor = Actor(row.actor_id, row.role, row.unit_id)
    head = head_text(number, row.seq, row.move, actor, row.at).encode()
    if row.seq != expected:
        return "a link is missing"
    if bytes(row.previous) != previous:
        return "does not follow the link before"
    kept = row.content is not None
    if kept and hashlib.sha256(bytes(row.salt or b"") + row.content.encode()).digest() != bytes(row.commitment):
        return "the content is not what was committed to"
    if hashlib.sha256(previous + head + bytes(row.commitment)).digest() != bytes(row.hash):
        return "the hash does not fit"
    return ""


def make_root(tx: Tx, now: datetime) -> bytes | None:
    """Sign one root over all events that have none yet; None if there are none.

    The events are marked before they are hashed: one that is committed meanwhile belongs to the next root.
    """
    last = tx.scalar(_LAST_ROOTLESS)
    if last is None:
        return None
    before = tx.scalar(_LAST_ROOT)
    row = {"day": tx.office.calendar.today(now), "first_event": 0, "last_event": last, "events": 0, "made_at": now}
    made = int(tx.execute(_ADD_ROOT, {**row, "hash": b"", "signature": b""}).scalar_one())
    tx.execute(_MARK, {"last_": last, "root_": made})
    under = tx.all(_UNDER_ROOT, {"root_": made})
    digest = _root_hash(bytes(before) if before else FIRST, [bytes(event.hash) for event in under])
    signed = {"first_": under[0].id, "events_": len(under), "hash_": digest, "signature_": tx.office.sign(digest)}
    tx.execute(_SIGN_ROOT, {"id_": made, **signed})
    return digest


def _root_hash(before: bytes, hashes: list[bytes]) -> bytes:
    return hashlib.sha256(before + b"".join(hashes)).digest()


def published(tx: Tx, most: int = 400) -> list[dict[str, Any]]:
    """The latest roots, newest first, as anyone may read and keep them: day, events, hash and signature in hex."""
    return [
        {
            "day": root.day.isoformat(),
            "events": root.events,
            "hash": bytes(root.hash).hex(),
            "signature": bytes(root.signature).hex(),
        }
        for root in tx.all(_LATEST_ROOTS, {"most": most})
    ]


def verify_roots(tx: Tx) -> Iterator[Broken]:
    """Every root that does not follow from its events or whose signature is not the office's."""
    previous = FIRST
    for root in tx.all(_ROOTS):
        under = [bytes(event.hash) for event in tx.all(_UNDER_ROOT, {"root_": root.id})]
        if _root_hash(previous, under) != bytes(root.hash):
            yield Broken(f"root {root.day}", root.id, "the root does not follow from its events")
        elif tx.office.public_key:
            try:
                Ed25519PublicKey.from_public_bytes(tx.office.public_key).verify(root.signature, root.hash)
            except InvalidSignature:
                yield Broken(f"root {root.day}", root.id, "the signature is not this office's")
        previous = bytes(root.hash)
