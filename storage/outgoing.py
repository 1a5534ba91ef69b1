"""What the doors that are written to must send now, and the next door of a person who cannot be reached at one."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, bindparam, func, literal_column, or_, select, update

from domain.messages import Message
from storage.outbox import Priority, end
from storage.tables import addresses, outbox, people
from storage.transaction import Tx

_QUEUED_NOW: ColumnElement[str] = literal_column(
    "'queued'"
)  # a parameter would cost the partial indexes, or a new plan each time
_held = outbox.alias("held")
_earlier = outbox.alias("earlier")
_HELD_UP = select(_held.c.id).where(
    _held.c.address_id == outbox.c.address_id,
    _held.c.state == _QUEUED_NOW,
    _held.c.attempts > 0,
    _held.c.not_before > bindparam("now"),
    _held.c.priority <= outbox.c.priority,  # said once more, so that SQLite looks among what waits alone
    or_(_held.c.priority < outbox.c.priority, _held.c.id < outbox.c.id),
)
_unread = outbox.alias("unread_before")
_UNREAD_BEFORE = select(_unread.c.id).where(
    _unread.c.address_id == outbox.c.address_id,
    _unread.c.state == _QUEUED_NOW,
    _unread.c.priority <= outbox.c.priority,
    _unread.c.id <= bindparam("unread"),
)
_NOT_PAUSED = or_(addresses.c.paused_until.is_(None), addresses.c.paused_until <= bindparam("now"))
_ANY = (
    select(
        outbox.c.id,
        outbox.c.channel,
        outbox.c.address_id,
        addresses.c.address,
        addresses.c.group_chat,
        outbox.c.person_id,
        people.c.language,
        outbox.c.message,
        outbox.c.priority,
        outbox.c.about,
        outbox.c.attempts,
        outbox.c.reason,
        outbox.c.once,
        outbox.c.created_at,
        _earlier.c.platform_ref.label("replaces_ref"),
    )
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .outerjoin(people, people.c.id == outbox.c.person_id)
    .outerjoin(_earlier, _earlier.c.id == outbox.c.replaces)
    .where(outbox.c.state == _QUEUED_NOW)
)
_ROW = _ANY.where(outbox.c.not_before <= bindparam("now"), _NOT_PAUSED)
_OUTGOING = (
    _ROW.where(
        outbox.c.channel == bindparam("channel_"),
        outbox.c.priority <= bindparam("least"),
        outbox.c.id > bindparam("after"),
        ~_HELD_UP.exists(),
        ~_UNREAD_BEFORE.exists(),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)
_NEXT_IN_LINE = select(func.min(outbox.c.channel)).where(
    outbox.c.state == _QUEUED_NOW, outbox.c.channel > bindparam("after")
)
#: What is moved on or told elsewhere is locked: another process that looks at the same moment takes what is left.
_DUE_THERE = (
    _ANY.where(outbox.c.channel == bindparam("channel_"), outbox.c.not_before <= bindparam("now"))
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(200)
    .with_for_update(of=outbox, skip_locked=True)
)
_UNANSWERED = (
    _ANY.where(
        outbox.c.channel == bindparam("channel_"),
        outbox.c.priority == literal_column(str(int(Priority.NEWS))),
        outbox.c.attempts == 0,
        outbox.c.not_before > bindparam("since"),
        outbox.c.not_before <= bindparam("before"),
        or_(outbox.c.about.like("visit:%"), outbox.c.message.like('%"f:add:%')),
    )
    .order_by(outbox.c.id)
    .limit(200)
    .with_for_update(of=outbox, skip_locked=True)
)
_STILL = _ROW.where(outbox.c.id == bindparam("id_"))
_NEWEST = select(func.coalesce(func.max(outbox.c.id), 0))
#: So many of the newest rows are looked through for what was sent of late.
LATE_ROWS = 50_000
_SENT_SINCE = (
    select(outbox.c.address_id, addresses.c.group_chat, outbox.c.sent_at)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .where(
        outbox.c.id > bindparam("after"),
        outbox.c.channel == bindparam("channel_"),
        outbox.c.sent_at > bindparam("since"),
        outbox.c.mine.is_(False),
    )
    .order_by(outbox.c.sent_at)
)
_SENDING_AT = (
    select(outbox.c.channel)
    .where(outbox.c.state == literal_column("'sending'"), outbox.c.channel.not_in(bindparam("open", expanding=True)))
    .distinct()
)
_BROKEN_OFF = select(outbox.c.id).where(
    outbox.c.channel == bindparam("channel_"), outbox.c.state == literal_column("'sending'")
)
_PAUSE = (
    update(addresses)
    .where(
        addresses.c.id == bindparam("id_"),
        or_(addresses.c.paused_until.is_(None), addresses.c.paused_until < bindparam("until_")),
    )
    .values(paused_until=bindparam("until_"))
)
_DUE_AT = _ANY.where(
    outbox.c.address_id == bindparam("address_"),
    or_(outbox.c.not_before <= bindparam("now"), outbox.c.attempts > 0),
).order_by(outbox.c.priority, outbox.c.id)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A queued row as its channel needs it. replaces: the platform's name of the message whose place it takes.

    group: its address is a group's; once: it is not said again where it may have arrived; made_at: when it was put in
    line; language: of who reads it, "" for a group.
    """

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
    group: bool = False
    once: bool = False
    made_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    channel: str = ""
    language: str = ""

    @property
    def key(self) -> str:
        """A name for this row that no other has, of this database or of one that went before it: 0-9, a-f and -."""
        return key_of(self.id, self.made_at)


def key_of(row: int, made_at: datetime) -> str:
    """The key of a row that was put in line then."""
    return f"{row}-{round(made_at.timestamp() * 1000):x}"


def outgoing(
    tx: Tx,
    channel: str,
    now: datetime,
    held: Container[int],
    most: int,
    least: Priority = Priority.NEWS,
    after: int = 0,
    unread: int = 0,
) -> list[Outgoing]:
    """What a channel must send now: replies first, in order per address, down to the priority `least`.

    Leaves out the ids `held`, which the caller has in hand (`most` counts them), whatever waits behind an earlier row
    of its address that is to be tried later, and addresses that the platform wants left alone. after: only rows with
    larger ids, for a caller who has seen the rest. unread: up to this id the caller may not have read everything, so
    nothing is told that stands behind such a row of its own address.
    """
    asked = {"channel_": channel, "now": now, "most": most, "least": int(least), "after": after, "unread": unread}
    return [_outgoing(row) for row in tx.all(_OUTGOING, asked) if row.id not in held]


def in_line(tx: Tx) -> Iterator[str]:
    """The channels at which anything waits, one look in the index for each."""
    channel = tx.scalar(_NEXT_IN_LINE, {"after": ""})
    while channel:
        yield channel
        channel = tx.scalar(_NEXT_IN_LINE, {"after": channel})


def due_at(tx: Tx, channel: str, now: datetime) -> list[Outgoing]:
    """What is due at a channel, replies first; a batch of it."""
    return [_outgoing(row) for row in tx.all(_DUE_THERE, {"channel_": channel, "now": now})]


def unanswered(tx: Tx, channel: str, since: datetime, before: datetime) -> list[Outgoing]:
    """Questions to owners that wait at a door, due between the two, and that were not tried elsewhere; a batch."""
    return [_outgoing(row) for row in tx.all(_UNANSWERED, {"channel_": channel, "since": since, "before": before})]


def sending_at_others(tx: Tx, channels: Sequence[str]) -> list[str]:
    """Of all other channels than these, those where something said once only was being sent."""
    return [row.channel for row in tx.all(_SENDING_AT, {"open": list(channels)})]


def still(tx: Tx, row: int, now: datetime) -> Outgoing | None:
    """A row as it stands now; None where it is not to be sent any more, or not yet."""
    found = tx.first(_STILL, {"id_": row, "now": now})
    return _outgoing(found) if found is not None else None


def newest(tx: Tx) -> int:
    """The largest id of all rows there are."""
    return int(tx.scalar(_NEWEST))


def sent_since(tx: Tx, channel: str, since: datetime) -> list[tuple[int, bool, datetime]]:
    """What a channel has sent since then, the earliest first: the address, whether it is a group's, and when."""
    asked = {"channel_": channel, "since": since, "after": newest(tx) - LATE_ROWS}
    return [(row.address_id, bool(row.group_chat), row.sent_at) for row in tx.all(_SENT_SINCE, asked)]


def broken_off(tx: Tx, channel: str, own: Container[int], reason: str) -> int:
    """End rows said once only whose sender died in the middle, all but the caller's own; returns how many."""
    found = [row.id for row in tx.all(_BROKEN_OFF, {"channel_": channel}) if row.id not in own]
    for row in found:
        end(tx, row, "dead", reason)
    return len(found)


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
        bool(row.group_chat),
        bool(row.once),
        row.created_at,
        row.channel,
        row.language or "",
    )


def pause(tx: Tx, address: int, until: datetime) -> None:
    """The platform wants this address left alone until then."""
    tx.execute(_PAUSE, {"id_": address, "until_": until})


def ended_at(tx: Tx, address: int, now: datetime, reason: str) -> list[Outgoing]:
    """End what is due at an address that cannot be written to, or is to be tried again; returns it in its order."""
    due = [_outgoing(row) for row in tx.all(_DUE_AT, {"address_": address, "now": now})]
    return [line for line in due if end(tx, line.id, "unreachable", reason)]
