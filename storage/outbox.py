"""What is to be said, in the words it will be said in. Each address gets its messages in the order of `position`,
given when they are released to its door: replies first, then task pushes, then announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.doors import DOORS, fits, parts, worded
from domain.messages import Message
from storage.people import Address
from storage.tables import addresses, outbox
from storage.together import Push, with_pushes
from storage.transaction import Tx


class Priority(IntEnum):
    """What goes first when several things wait for one address."""

    REPLY = 0
    TASK = 1
    NEWS = 2


_ADD = insert(outbox).on_conflict_do_nothing(index_elements=["dedupe"])
_ADD_PLAIN = insert(outbox)
_CARD = (
    select(outbox.c.id, outbox.c.replaces)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.card == bindparam("card_"), outbox.c.card != "")
    .order_by(outbox.c.id.desc())
    .limit(1)
)
#: Under this name, behind the card's, stand the rows that show its files.
FILES = "#files"
_FILES_SHOWN = select(outbox.c.message).where(
    outbox.c.address_id == bindparam("address_"),
    outbox.c.card == bindparam("card_"),
    outbox.c.card != "",
    outbox.c.state.in_(("queued", "sending", "sent")),
)
_SUPERSEDE = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == "queued", outbox.c.about == "")
    .values(state="replaced")
)
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
_LAST_SAID = (
    select(outbox.c.message)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.mine.is_(False))
    .order_by(outbox.c.id.desc())
    .limit(60)
)
_ANY = (
    select(outbox.c.id)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state == "queued",
        outbox.c.not_before <= bindparam("now"),
    )
    .limit(1)
)
_KNOWN = select(outbox.c.id).where(outbox.c.dedupe == bindparam("dedupe_"))
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
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state != "unreachable")
    .values(state="sent", sent_at=bindparam("now_"), platform_ref=bindparam("ref_"), reason="")
)
_outrun = outbox.alias("outrun")
_FOLLOW = (
    update(outbox)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.card == bindparam("card_"),
        outbox.c.card != "",
        outbox.c.state == "queued",
        outbox.c.id > bindparam("id_"),
        select(_outrun.c.id).where(_outrun.c.id == bindparam("id_"), _outrun.c.state == "replaced").exists(),
    )
    .values(replaces=bindparam("id_"))
)
_LATER = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state.in_(("queued", "sending")))
    .values(
        state="queued",
        not_before=bindparam("not_before_"),
        attempts=outbox.c.attempts + literal(1),
        reason=bindparam("reason_"),
    )
)
_WAIT = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state.in_(("queued", "sending")))
    .values(state="queued", not_before=bindparam("not_before_"), reason=bindparam("reason_"))
)
_SENDING = update(outbox).where(outbox.c.id == bindparam("id_"), outbox.c.state == "queued").values(state="sending")
_END = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state.in_(("queued", "sending")))
    .values(state=bindparam("state_"), reason=bindparam("reason_"))
)
_COUNT = select(func.count()).where(outbox.c.state == "queued")
_NEXT = select(func.min(outbox.c.not_before)).where(outbox.c.state == "queued", outbox.c.not_before > bindparam("now"))
_DUE_ADDRESSES = (
    select(outbox.c.address_id)
    .where(outbox.c.channel == bindparam("channel_"), outbox.c.state == "queued")
    .where(outbox.c.not_before <= bindparam("now"))
    .distinct()
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


def say(
    tx: Tx,
    address: Address,
    person: int | None,
    message: Message,
    now: datetime,
    *,
    priority: Priority = Priority.REPLY,
    not_before: datetime | None = None,
    dedupe: str | None = None,
    about: str = "",
    fresh: bool = False,
    below: bool = False,
    once: bool = False,
) -> bool:
    """Put a message in line for an address; False if one with this dedupe key stands there already.

    about: a name of what the message is for, reported when it was delivered; fresh: no earlier card can be there;
    below: a card that is there already, or in line, stays as it is, and the new one stands below what was said since.
    once: better not said than said twice (announcements, ballots): never sent again where it may have arrived.
    """
    door = DOORS.get(address.channel)
    push = Push(message, about, int(priority), not_before or now)
    if door is not None and door.one_a_turn and push.priority and not (dedupe or once):
        push = with_pushes(tx, address, push)
        message = push.message
    row = {
        "address_id": address.id,
        "person_id": person,
        "channel": address.channel,
        "priority": push.priority,
        "state": "queued",
        "about": push.about,
        "dedupe": dedupe,
        "not_before": push.not_before,
        "created_at": now,
        "once": once,
    }
    if door is not None and not fits(message, door):
        *earlier, message = parts(message, door, _files_shown(tx, address.id, message))
        if not _put_earlier(tx, row, earlier, message.card, keep=fresh or below):
            return False
    if not _put(tx, row, message, message.card, keep=fresh or below):
        return False
    tx.signal("outbox", address.channel, address.id)
    return True


def _put(tx: Tx, row: dict[str, Any], message: Message, card: str, *, keep: bool) -> bool:
    """One row; keep: it takes no earlier card's place. False if one with its dedupe key stands there."""
    row["message"] = msgspec.json.encode(message).decode()
    row["card"] = card
    row["replaces"] = _earlier_card(tx, row["address_id"], card) if worded(message) and not keep else None
    return tx.execute(_ADD_PLAIN if row["dedupe"] is None else _ADD, row).rowcount != 0


def _put_earlier(tx: Tx, row: dict[str, Any], messages: Sequence[Message], card: str, *, keep: bool) -> bool:
    """The parts before the last, each with a name of its own: a card of several parts is changed part by part."""
    for number, message in enumerate(messages, 1):
        named = FILES if message.files else f"#{number}"
        dedupe = None if row["dedupe"] is None else f"{row['dedupe']}#{number}"
        if not _put(tx, {**row, "about": "", "dedupe": dedupe}, message, card and card + named, keep=keep):
            return False
    return True


def _files_shown(tx: Tx, address: int, message: Message) -> frozenset[int]:
    """The files that stand at the address already, with an earlier form of the same card."""
    if not message.card or not message.files:
        return frozenset()
    rows = tx.all(_FILES_SHOWN, {"address_": address, "card_": message.card + FILES})
    return frozenset(file.file for row in rows for file in msgspec.json.decode(row.message, type=Message).files)


def _earlier_card(tx: Tx, address: int, card: str) -> int | None:
    """The card that was shown, whose place a new one takes; one still in line is dropped with its own place to take."""
    earlier = tx.first(_CARD, {"address_": address, "card_": card}) if card else None
    if earlier is None:
        return None
    found: int | None = earlier.replaces if tx.execute(_SUPERSEDE, {"id_": earlier.id}).rowcount else earlier.id
    return found


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


def label_of(tx: Tx, address: int, value: str) -> str:
    """What stood on the button with this value, looked up in the last messages of the address."""
    for row in tx.all(_LAST_SAID, {"address_": address}):
        message = msgspec.json.decode(row.message, type=Message)
        for button in (one for line in message.buttons for one in line):
            if button.value == value:
                return button.label
    return ""


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


def due_addresses(tx: Tx, channel: str, now: datetime) -> list[int]:
    """Addresses of a channel for which something waits."""
    return [row.address_id for row in tx.all(_DUE_ADDRESSES, {"channel_": channel, "now": now})]


def sent(tx: Tx, done: list[tuple[int, str]], now: datetime) -> None:
    """These rows were taken by the platform: (id, the platform's name of the message)."""
    tx.execute(_SENT, [{"id_": row, "ref_": ref, "now_": now} for row, ref in done])


def follow(tx: Tx, row: int, address: int, card: str) -> None:
    """A card went out while a newer one was put in its place: the newer one takes the place it has now after all."""
    tx.execute(_FOLLOW, {"id_": row, "address_": address, "card_": card})


def sending(tx: Tx, row: int) -> bool:
    """A row that is said once only is about to be sent; False if it is in line no more."""
    return tx.execute(_SENDING, {"id_": row}).rowcount == 1


def later(tx: Tx, row: int, not_before: datetime, reason: str) -> None:
    """Try a row again, not before the given time."""
    tx.execute(_LATER, {"id_": row, "not_before_": not_before, "reason_": reason})


def wait(tx: Tx, row: int, not_before: datetime, reason: str) -> None:
    """A row goes when the platform wants it, not before the given time; that was no try."""
    tx.execute(_WAIT, {"id_": row, "not_before_": not_before, "reason_": reason})


def end(tx: Tx, row: int, state: str, reason: str) -> bool:
    """A row will not be sent: "unreachable" or "dead", with a reason a person can read; False if it has ended already,
    was replaced or erased."""
    return tx.execute(_END, {"id_": row, "state_": state, "reason_": reason}).rowcount == 1


def known(tx: Tx, dedupe: str) -> bool:
    """Whether a message with this dedupe key was put in line already."""
    return tx.first(_KNOWN, {"dedupe_": dedupe}) is not None


def waiting_count(tx: Tx) -> int:
    """How many messages wait."""
    return int(tx.scalar(_COUNT))


def next_moment(tx: Tx, now: datetime) -> datetime | None:
    """When the next message held back may go."""
    found = tx.scalar(_NEXT, {"now": now})
    return found if isinstance(found, datetime) else None


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
