"""What the doors that are written to must send now, and the next door of a person who cannot be reached at one."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, bindparam, literal_column, or_, select

from domain.messages import Message
from storage.outbox import Priority, end, say
from storage.people import Address
from storage.tables import addresses, outbox
from storage.transaction import Tx

_QUEUED_NOW: ColumnElement[str] = literal_column(
    "'queued'"
)  # a parameter would cost the partial indexes, or a new plan each time
_held = outbox.alias("held")
_earlier = outbox.alias("earlier")
_HELD_UP = (
    select(_held.c.id)
    .where(
        _held.c.address_id == outbox.c.address_id,
        _held.c.state == _QUEUED_NOW,
        _held.c.attempts > 0,
        _held.c.not_before > bindparam("now"),
        or_(
            _held.c.priority < outbox.c.priority,
            and_(_held.c.priority == outbox.c.priority, _held.c.id < outbox.c.id),
        ),
    )
    .with_hint(_held, "INDEXED BY ix_outbox_waiting", "sqlite")
)
_OUTGOING = (
    select(
        outbox.c.id,
        outbox.c.address_id,
        addresses.c.address,
        outbox.c.person_id,
        outbox.c.message,
        outbox.c.priority,
        outbox.c.about,
        outbox.c.attempts,
        outbox.c.reason,
        _earlier.c.platform_ref.label("replaces_ref"),
    )
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .outerjoin(_earlier, _earlier.c.id == outbox.c.replaces)
    .where(
        outbox.c.channel == bindparam("channel_"),
        outbox.c.state == _QUEUED_NOW,
        outbox.c.not_before <= bindparam("now"),
        outbox.c.priority <= bindparam("least"),
        outbox.c.id > bindparam("after"),
        ~_HELD_UP.exists(),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)
_DUE_AT = (
    select(outbox)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state == _QUEUED_NOW,
        outbox.c.not_before <= bindparam("now"),
    )
    .order_by(outbox.c.priority, outbox.c.id)
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A queued row as its channel needs it. replaces: the platform's name of the message whose place it takes."""

    id: int
    address_id: int
    address: str
    person: int | None
    message: Message
    priority: Priority
    replaces: str
    about: str
    attempts: int
    reason: str


def outgoing(
    tx: Tx,
    channel: str,
    now: datetime,
    held: Container[int],
    most: int,
    least: Priority = Priority.NEWS,
    after: int = 0,
) -> list[Outgoing]:
    """What a channel must send now: replies first, in order per address, down to the priority `least`.

    Leaves out the ids `held`, which the caller has in hand (`most` counts them), and whatever waits behind an earlier
    row of its address that is to be tried later. after: only rows with larger ids, for a caller who has seen the rest.
    """
    asked = {"channel_": channel, "now": now, "most": most, "least": int(least), "after": after}
    return [_outgoing(row) for row in tx.all(_OUTGOING, asked) if row.id not in held]


def _outgoing(row: Row[Any]) -> Outgoing:
    message = msgspec.json.decode(row.message, type=Message)
    replaces = row.replaces_ref or ""
    return Outgoing(
        row.id,
        row.address_id,
        row.address,
        row.person_id,
        message,
        Priority(row.priority),
        replaces,
        row.about,
        row.attempts,
        row.reason,
    )


def divert(tx: Tx, address: int, other: Address, now: datetime, reason: str) -> None:
    """Say at another door of the person what is due at an address that cannot be reached; its own rows end."""
    for row in tx.all(_DUE_AT, {"address_": address, "now": now}):
        end(tx, row.id, "unreachable", reason)
        message = msgspec.json.decode(row.message, type=Message)
        say(tx, other, row.person_id, message, now, priority=Priority(row.priority), about=row.about)
