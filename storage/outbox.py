"""What is to be said, in the words it will be said in: replies first, then task pushes, then announcements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.doors import DOORS, fits, parts, worded
from domain.messages import Message
from domain.together import TOGETHER
from storage.people import Address
from storage.tables import outbox
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
_LAST_SAID = (
    select(outbox.c.message)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.mine.is_(False))
    .order_by(outbox.c.id.desc())
    .limit(60)
)
_KNOWN = select(outbox.c.id).where(outbox.c.dedupe == bindparam("dedupe_"))
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
        attempts=outbox.c.attempts + bindparam("tries_"),
        reason=bindparam("reason_"),
    )
)
_SENDING = update(outbox).where(outbox.c.id == bindparam("id_"), outbox.c.state == "queued").values(state="sending")
_END = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state.in_(("queued", "sending")))
    .values(state=bindparam("state_"), reason=bindparam("reason_"))
)
_TRIED = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == "queued")
    .values(attempts=outbox.c.attempts + literal(1))
)
_COUNT = select(func.count()).where(outbox.c.state == "queued")
_HELD_BACK = select(func.count()).where(
    outbox.c.address_id == bindparam("address_"),
    outbox.c.state == literal_column("'queued'"),
    outbox.c.priority == literal_column("1"),
    outbox.c.not_before > bindparam("now"),
)
_NEXT = select(func.min(outbox.c.not_before)).where(outbox.c.state == "queued", outbox.c.not_before > bindparam("now"))


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
    keep = fresh or below or message.card == TOGETHER
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
        if not _put_earlier(tx, row, earlier, message.card, keep=keep):
            return False
    if not _put(tx, row, message, message.card, keep=keep):
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


def label_of(tx: Tx, address: int, value: str) -> str:
    """What stood on the button with this value, looked up in the last messages of the address."""
    for row in tx.all(_LAST_SAID, {"address_": address}):
        message = msgspec.json.decode(row.message, type=Message)
        for button in (one for line in message.buttons for one in line):
            if button.value == value:
                return button.label
    return ""


def sent(tx: Tx, done: list[tuple[int, str]], now: datetime) -> None:
    """These rows were taken by the platform: (id, the platform's name of the message)."""
    tx.execute(_SENT, [{"id_": row, "ref_": ref, "now_": now} for row, ref in done])


def follow(tx: Tx, row: int, address: int, card: str) -> None:
    """A card went out while a newer one was put in its place: the newer one takes the place it has now after all."""
    tx.execute(_FOLLOW, {"id_": row, "address_": address, "card_": card})


def sending(tx: Tx, row: int) -> bool:
    """A row that is said once only is about to be sent; False if it is in line no more."""
    return tx.execute(_SENDING, {"id_": row}).rowcount == 1


def later(tx: Tx, row: int, not_before: datetime, reason: str, *, tries: int = 1) -> None:
    """Send a row again, not before the given time; that counts as so many tries."""
    tx.execute(_LATER, {"id_": row, "not_before_": not_before, "reason_": reason, "tries_": tries})


def end(tx: Tx, row: int, state: str, reason: str) -> bool:
    """A row will not be sent: "unreachable" or "dead", with a reason a person can read; False if it has ended already,
    was replaced or erased."""
    return tx.execute(_END, {"id_": row, "state_": state, "reason_": reason}).rowcount == 1


def tried(tx: Tx, row: int) -> None:
    """One more try was made to tell what a row says, which stays in line as it is."""
    tx.execute(_TRIED, {"id_": row})


def known(tx: Tx, dedupe: str) -> bool:
    """Whether a message with this dedupe key was put in line already."""
    return tx.first(_KNOWN, {"dedupe_": dedupe}) is not None


def held_back(tx: Tx, address: int, now: datetime) -> int:
    """How many task pushes for an address wait for their time."""
    return int(tx.scalar(_HELD_BACK, {"address_": address, "now": now}))


def waiting_count(tx: Tx) -> int:
    """How many messages wait."""
    return int(tx.scalar(_COUNT))


def next_moment(tx: Tx, now: datetime) -> datetime | None:
    """When the next message held back may go."""
    found = tx.scalar(_NEXT, {"now": now})
    return found if isinstance(found, datetime) else None
