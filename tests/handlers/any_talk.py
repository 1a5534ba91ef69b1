"""Somebody who answers whatever they are asked: the first choice, some words, a date, an amount, a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from domain.messages import Incoming, Message
from handlers import dispatch
from storage.tables import outbox
from storage.transaction import Tx
from tests.people import words

MOST = 14
#: Lines that end a talk or lead away from it; a first choice is never one of them.
AWAY = "!"


def press(tx: Tx, address: str, value: str, now: datetime, key: str = "press") -> list[Message]:
    """A tap; returns what is said to this address."""
    return _sent(tx, Incoming("web", f"{address}-{value}-{key}", address, press=value), now)


def say(tx: Tx, address: str, text: str, now: datetime, key: str = "say") -> list[Message]:
    """Some words; returns what is said to this address."""
    return _sent(tx, Incoming("web", f"{address}-{text[:40]}-{key}", address, text), now)


def _sent(tx: Tx, incoming: Incoming, now: datetime) -> list[Message]:
    last = tx.all(select(func.max(outbox.c.id).label("last")))[0].last or 0
    dispatch.handle(tx, incoming, now)
    box = (
        select(outbox.c.message, outbox.c.address_id, outbox.c.priority).where(outbox.c.id > last).order_by(outbox.c.id)
    )
    return [msgspec.json.decode(row.message, type=Message) for row in tx.all(box) if row.priority == 0]


def go_through(tx: Tx, address: str, value: str, answers: Sequence[str], now: datetime) -> list[Message]:
    """Begin by a button and answer until nothing is asked any more; returns everything said."""
    heard = press(tx, address, value, now)
    said, tried = list(heard), 0
    for turn in range(MOST):
        choices = [b.value for m in heard for row in m.buttons for b in row if b.value.startswith("t:")]
        if not choices:
            break
        first = [one for one in choices if not one.split(":", 3)[-1].startswith(AWAY)]
        if first:
            heard = press(tx, address, _best(first), now, str(turn))
        else:
            heard = say(tx, address, answers[tried % len(answers)], now, str(turn))
            tried += 1
        said += heard
    return said


def _best(values: list[str]) -> str:
    """What ends a question about several, where that is offered; the first line else."""
    ending = [one for one in values if one.endswith((":done", ":none", ":yes"))]
    return (ending or values)[0]


def read(messages: Sequence[Message]) -> str:
    """Everything somebody could read in these messages."""
    return "\n".join(words(one) for one in messages)
