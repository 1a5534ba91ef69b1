"""What has waited in line for long: read once more before it is said, since what it names may have passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, literal_column, or_, select, update

from domain.messages import Message
from storage.outbox import FILES, Priority
from storage.people import Address
from storage.tables import outbox
from storage.transaction import Tx

#: What was put in line so short a time ago is said as it is.
FRESH = timedelta(hours=12)
#: So many are read at a time; at one address no more are looked at.
MOST = 500
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

_OLD = (
    select(
        outbox.c.id,
        outbox.c.person_id,
        outbox.c.message,
        outbox.c.about,
        outbox.c.dedupe,
        outbox.c.created_at,
        outbox.c.channel,
        outbox.c.address_id,
        outbox.c.priority,
        outbox.c.not_before,
        outbox.c.state,
    )
    .where(outbox.c.created_at < bindparam("before"))
    .limit(literal_column(str(MOST)))
)
_QUEUED = outbox.c.state == literal_column("'queued'")
_OF_ADDRESS = _OLD.where(outbox.c.address_id == bindparam("address_"))
_HELD_AT = _OF_ADDRESS.where(or_(_QUEUED, outbox.c.state == literal_column("'held'"))).order_by(outbox.c.id)
#: In the order of the indexes of what is queued, so that nothing else is looked through.
_AT = _OF_ADDRESS.where(_QUEUED).order_by(outbox.c.priority, outbox.c.id)
_DUE = _OLD.where(
    outbox.c.channel == bindparam("channel_"),
    outbox.c.not_before <= bindparam("now"),
    outbox.c.not_before >= bindparam("since"),
    or_(outbox.c.not_before > bindparam("since"), outbox.c.id > bindparam("after")),
    _QUEUED,
).order_by(outbox.c.not_before, outbox.c.id)
_DUE = _DUE.with_for_update(skip_locked=True)  # another process that looks at the same moment leaves it
#: A card that was too much for one message at its door: the words before it, in line under names of their own.
_PARTS = (
    select(outbox.c.id, outbox.c.message)
    .where(
        outbox.c.address_id == bindparam("address_"),
        _QUEUED,
        outbox.c.id < bindparam("id_"),
        outbox.c.card.like(bindparam("named_")),
        outbox.c.card != bindparam("files_"),
    )
    .order_by(outbox.c.id)
)
_IN_LINE = or_(outbox.c.state == "queued", outbox.c.state == "held")
_REWORD = update(outbox).where(outbox.c.id == bindparam("id_"), _IN_LINE).values(message=bindparam("message_"))
_DROP = update(outbox).where(outbox.c.id == bindparam("id_"), _IN_LINE).values(state="replaced", reason="late")


@dataclass(frozen=True, slots=True)
class Old:
    """A row that has waited for long. made_at: when it was put in line; dedupe: "" where it may stand there twice;
    held: it waits for them to write, and is told with the answer.
    """

    id: int
    person: int | None
    message: Message
    about: str
    dedupe: str
    made_at: datetime
    address: Address
    priority: Priority
    not_before: datetime
    held: bool

    def has_passed(self, now: datetime) -> bool:
        """Whether it names a moment as yet to come that is over."""
        return self.message.until is not None and self.message.until < now


def at(tx: Tx, address: int, now: datetime, *, held: bool = False) -> list[Old]:
    """What has waited for an address; held: also what waits for them to write."""
    return _old(tx, _HELD_AT if held else _AT, {"address_": address}, now)


def due(tx: Tx, channel: str, now: datetime) -> Iterator[Old]:
    """What has waited and is due at a channel, read a batch at a time; it may be changed meanwhile."""
    since, after = BEGINNING, 0
    while found := _old(tx, _DUE, {"channel_": channel, "now": now, "since": since, "after": after}, now):
        since, after = found[-1].not_before, found[-1].id
        yield from found


def _old(tx: Tx, statement: Select[Any], asked: dict[str, Any], now: datetime) -> list[Old]:
    rows = tx.all(statement, {**asked, "before": now - FRESH})
    return [
        Old(
            row.id,
            row.person_id,
            _message(row.message),
            row.about,
            row.dedupe or "",
            row.created_at,
            Address(row.address_id, row.channel, "", False, True),
            Priority(row.priority),
            row.not_before,
            row.state != "queued",
        )
        for row in rows
    ]


def parts_of(tx: Tx, old: Old) -> list[tuple[int, Message]]:
    """The words that stand in line before a card as a part of it."""
    card = old.message.card
    asked = {"address_": old.address.id, "id_": old.id, "named_": f"{card}#%", "files_": card + FILES}
    return [(row.id, _message(row.message)) for row in tx.all(_PARTS, asked)] if card else []


def _message(kept: str) -> Message:
    return msgspec.json.decode(kept, type=Message)


def reword(tx: Tx, row: int, message: Message) -> None:
    """A row in line says this from now on."""
    tx.execute(_REWORD, {"id_": row, "message_": msgspec.json.encode(message).decode()})


def drop(tx: Tx, row: int) -> bool:
    """A row in line is not said any more; False if it was in line no more."""
    return tx.execute(_DROP, {"id_": row}).rowcount == 1
