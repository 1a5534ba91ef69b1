"""Announcements: what was said to which groups, and what became of it in each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, select, update

from domain.messages import Message
from storage.tables import announcements, outbox
from storage.transaction import Tx

#: Letters and digits of a code; none is mistaken for another when read out.
ALPHABET, LENGTH = "23456789abcdefghjkmnpqrstuvwxyz", 12

_ADD = insert(announcements).returning(announcements.c.id)
_GET = select(announcements).where(announcements.c.id == bindparam("id_"))
_BY_CODE = select(announcements).where(announcements.c.code == bindparam("code_"))
_RECENT = select(announcements).order_by(announcements.c.id.desc()).limit(bindparam("most"))
_FATES = select(outbox.c.address_id, outbox.c.state, outbox.c.reason, outbox.c.not_before, outbox.c.dedupe).where(
    outbox.c.dedupe.in_(bindparam("keys", expanding=True))
)
_HOLD_BACK = (
    update(outbox)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state.in_(("queued", "unreachable")),
        outbox.c.once.is_(True),
    )
    .values(state="replaced", reason="")
)


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """For whom an announcement was, as kept. to: in words; groups: ids of the addresses it went to;
    left_out: those of the audience that could not be written to then."""

    to: str
    groups: tuple[int, ...]
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement, as it was shown. code: names its page; "" for those from before there were pages."""

    id: int
    message: Message
    told: Told
    by: int
    at: datetime
    code: str = ""

    def dedupe(self, group: int) -> str:
        """The name of its message to a group, by the id of the group's address then."""
        return dedupe(self.id, group)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of it in one group. state: that of the message; goes_at: not before then."""

    address_id: int
    state: str
    reason: str
    goes_at: datetime


def dedupe(announcement: int, group: int) -> str:
    """Under this name a message stands in line once for each announcement and group."""
    return f"announce:{announcement}:{group}"


def fresh_code() -> str:
    """A code for the page of an announcement, which nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def add(tx: Tx, message: Message, told: Told, by: int, now: datetime, code: str) -> int:
    """Keep an announcement; returns its id. code: a fresh one."""
    row = {
        "message": msgspec.json.encode(message).decode(),
        "audience": msgspec.json.encode(told).decode(),
        "by_id": by,
        "at": now,
        "code": code,
    }
    return int(tx.scalar(_ADD, row))


def _announcement(row: Row[Any]) -> Announcement:
    message = msgspec.json.decode(row.message, type=Message)
    told = msgspec.json.decode(row.audience, type=Told)
    return Announcement(row.id, message, told, row.by_id, row.at, row.code or "")


def get(tx: Tx, announcement: int) -> Announcement | None:
    """One announcement."""
    row = tx.first(_GET, {"id_": announcement})
    return _announcement(row) if row else None


def by_code(tx: Tx, code: str) -> Announcement | None:
    """The announcement whose page this is."""
    row = tx.first(_BY_CODE, {"code_": code}) if code else None
    return _announcement(row) if row else None


def recent(tx: Tx, most: int) -> list[Announcement]:
    """The latest announcements, the newest first."""
    return [_announcement(row) for row in tx.all(_RECENT, {"most": most})]


def fates(tx: Tx, one: Announcement) -> dict[int, Fate]:
    """What became of an announcement, by group as it was then; what is no longer kept is left out."""
    keys = {one.dedupe(group): group for group in one.told.groups}
    rows = tx.all(_FATES, {"keys": sorted(keys)}) if keys else []
    return {keys[row.dedupe]: Fate(row.address_id, row.state, row.reason, row.not_before) for row in rows}


def hold_back(tx: Tx, address: int) -> int:
    """What waits for a group that is no longer for whom it was meant is not said there, nor what could not be said
    while the group was shut, when it is open again; returns how many messages.

    Of what goes to groups only announcements are said once.
    """
    return tx.execute(_HOLD_BACK, {"address_": address}).rowcount
