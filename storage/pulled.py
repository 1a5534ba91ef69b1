"""What a door that pulls its messages shows: each address' messages in the order of `position`, given when they
are released to the door, and what the person said between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, insert, select, update

from domain.messages import Message
from storage.people import Address
from storage.tables import addresses, outbox
from storage.transaction import Tx

_WAITING = (
    select(outbox)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state == "queued",
        outbox.c.not_before <= bindparam("now"),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(200)
    .with_for_update()
)
_TOP = select(func.coalesce(func.max(outbox.c.position), 0)).where(outbox.c.address_id == bindparam("address_"))
_ANY = (
    select(outbox.c.id)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state == "queued",
        outbox.c.not_before <= bindparam("now"),
    )
    .limit(1)
)
_LOCK = select(addresses.c.id).where(addresses.c.id == bindparam("address_")).with_for_update()
_RELEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(state="sent", position=bindparam("position_"), sent_at=bindparam("now_"))
)
_ECHO = insert(outbox)
_earlier = outbox.alias("earlier")
_SINCE = (
    select(outbox, _earlier.c.position.label("earlier_position"))
    .outerjoin(_earlier, _earlier.c.id == outbox.c.replaces)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.position > bindparam("after"))
    .order_by(outbox.c.position)
    .limit(500)
)
_RECENT = (
    select(outbox.c.position)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.position.is_not(None))
    .order_by(outbox.c.position.desc())
    .limit(1)
    .offset(bindparam("back"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said or to be said. mine: the person's own words, kept for the history of a door that shows it."""

    id: int
    address_id: int
    channel: str
    message: Message
    mine: bool
    position: int | None
    replaces: int | None
    about: str
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    client_id: str = ""


def release(tx: Tx, address: int, now: datetime) -> list[tuple[str, Message]]:
    """Give what waits for an address its place in the order of the door, which then shows it.

    Returns what each released message is about ("" for nothing) with the message, in their order.
    """
    tx.first(_LOCK, {"address_": address})
    waiting = tx.all(_WAITING, {"address_": address, "now": now})
    if not waiting:
        return []
    top = int(tx.scalar(_TOP, {"address_": address}))
    tx.execute(
        _RELEASE,
        [{"id_": row.id, "position_": top + n, "now_": now} for n, row in enumerate(waiting, 1)],
    )
    tx.signal("released", address)
    return [(row.about, msgspec.json.decode(row.message, type=Message)) for row in waiting]


def anything_waiting(tx: Tx, address: int, now: datetime) -> bool:
    """Whether something in line for an address may be released now."""
    return tx.first(_ANY, {"address_": address, "now": now}) is not None


def since(tx: Tx, address: int, after: int) -> list[Line]:
    """What was released to an address after a position, in order; at most 500."""
    return [_row(row) for row in tx.all(_SINCE, {"address_": address, "after": after})]


def start_of_recent(tx: Tx, address: int, most: int) -> int:
    """The position after which the last `most` messages stand."""
    found = tx.scalar(_RECENT, {"address_": address, "back": most})
    return int(found) if found is not None else 0


def top(tx: Tx, address: int) -> int:
    """The last position given at an address."""
    return int(tx.scalar(_TOP, {"address_": address}))


def echo(tx: Tx, address: Address, person: int | None, message: Message, client_id: str, now: datetime) -> None:
    """Keep what a person said themselves, for a door that shows the history."""
    position = tx.scalar(_TOP, {"address_": address.id}) + 1
    row = {
        "address_id": address.id,
        "person_id": person,
        "channel": address.channel,
        "priority": 0,
        "state": "sent",
        "mine": True,
        "message": msgspec.json.encode(message).decode(),
        "about": client_id,
        "not_before": now,
        "created_at": now,
        "sent_at": now,
        "position": position,
    }
    tx.execute(_ECHO, row)
    tx.signal("outbox", address.channel, address.id)


def _row(row: Row[Any]) -> Line:
    return Line(
        id=row.id,
        address_id=row.address_id,
        channel=row.channel,
        message=msgspec.json.decode(row.message, type=Message),
        mine=bool(row.mine),
        position=row.position,
        replaces=getattr(row, "earlier_position", None),
        about="" if row.mine else row.about,
        created_at=row.created_at,
        sent_at=row.sent_at,
        attempts=row.attempts,
        client_id=row.about if row.mine else "",
    )
