"""What waits for a person who gets only a few messages until they write again: told together, or held for later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, false, insert, literal_column, or_, select, update

from domain.doors import DOORS, Door, fits
from domain.messages import Message
from domain.together import plain, together
from storage import windows
from storage.people import Address
from storage.tables import outbox
from storage.transaction import Tx

#: So much is looked at in one turn; what is more waits for the next.
MOST_WAITING = 1000
#: A row that is told as part of another; one that waits until the person writes again.
JOINED, HELD = "joined", "held"

_WAITING = (
    select(outbox.c.id, outbox.c.message, outbox.c.about, outbox.c.card)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state.in_((literal_column("'queued'"), literal_column("'held'"))),
        outbox.c.once == false(),
    )
    .order_by(outbox.c.id)
    .limit(literal_column(str(MOST_WAITING)))
)
_PUSHES = (
    select(outbox.c.id, outbox.c.message, outbox.c.about, outbox.c.priority, outbox.c.not_before)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state == literal_column("'queued'"),
        outbox.c.priority > literal_column("0"),
        outbox.c.once == false(),
        outbox.c.dedupe.is_(None),
    )
    .order_by(outbox.c.id.desc())
    .limit(literal_column(str(MOST_WAITING)))
)
_STATE = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), or_(outbox.c.state == "queued", outbox.c.state == HELD))
    .values(state=bindparam("state_"))
)
_HOLD = insert(outbox)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits in line, or was held: its row, the message, what it is about."""

    row: int
    message: Message
    about: str


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be put in line instead of several pushes. priority: the most urgent one's."""

    message: Message
    about: str
    priority: int
    not_before: datetime


def waiting(tx: Tx, address: int) -> list[Waiting]:
    """What waits for an address, the oldest first, but for what may be on its way; at most MOST_WAITING."""
    out = windows.begun(tx, address)
    rows = tx.all(_WAITING, {"address_": address})
    return [Waiting(row.id, _message(row.message), row.about) for row in rows if row.id not in out]


def joined(tx: Tx, rows: Iterable[int]) -> None:
    """These are told as part of another row from now on."""
    _set(tx, rows, JOINED)


def hold(tx: Tx, rows: Iterable[int]) -> None:
    """These wait until the person writes again."""
    _set(tx, rows, HELD)


def keep(tx: Tx, address: Address, person: int | None, message: Message, now: datetime, about: str = "") -> None:
    """Put something behind what is held: it is said when they write again."""
    row = {
        "address_id": address.id,
        "person_id": person,
        "channel": address.channel,
        "priority": 0,
        "state": HELD,
        "message": msgspec.json.encode(message).decode(),
        "card": message.card,
        "about": about,
        "not_before": now,
        "created_at": now,
    }
    tx.execute(_HOLD, row)


def with_pushes(tx: Tx, address: Address, push: Push) -> Push:
    """A push with those that wait in line before it, as far as they are one message at the door; they are joined."""
    out, door = windows.begun(tx, address.id), DOORS[address.channel]
    rows = _with_room((row for row in tx.all(_PUSHES, {"address_": address.id}) if row.id not in out), push, door)
    while rows:
        whole = together([*(_message(row.message) for row in rows), push.message])
        if fits(whole, door):
            break
        rows.pop(0)
    if not rows:
        return push
    joined(tx, (row.id for row in rows))
    return Push(
        whole,
        names([*(row.about for row in rows), push.about]),
        min(push.priority, *(row.priority for row in rows)),
        min(push.not_before, *(row.not_before for row in rows)),
    )


def _with_room(newest_first: Iterable[Any], push: Push, door: Door) -> list[Any]:
    """The rows next to a push that may have room beside it at all, the oldest first; the same words count once."""
    said = {plain(push.message)}
    room = door.most_units - sum(map(door.size, said))
    found: list[Any] = []
    for row in newest_first:
        words = plain(_message(row.message))
        room -= 0 if words in said else max(1, door.size(words))
        if room < 0:
            break
        said.add(words)
        found.append(row)
    return found[::-1]


def names(abouts: Sequence[str]) -> str:
    """What several messages are about, in one field."""
    return " ".join(dict.fromkeys(name for about in abouts for name in about.split()))


def _set(tx: Tx, rows: Iterable[int], state: str) -> None:
    if many := [{"id_": row, "state_": state} for row in rows]:
        tx.execute(_STATE, many)


def _message(kept: str) -> Message:
    return msgspec.json.decode(kept, type=Message)
