"""What was said at an address lately: the question of a talk, and what came after something."""

from __future__ import annotations

from itertools import takewhile

import msgspec
from sqlalchemy import bindparam, func, select

from domain.messages import Message
from storage.tables import outbox, talks
from storage.talks import OPEN
from storage.transaction import Tx

#: A question is looked for among so many messages; behind more it would be news of old.
MOST_LOOKED_AT = 40

_OURS = (outbox.c.address_id == bindparam("address_"), outbox.c.mine.is_(False))
_LATEST = select(outbox.c.message, outbox.c.created_at).where(*_OURS).order_by(outbox.c.id.desc()).limit(MOST_LOOKED_AT)
_TOP = select(func.coalesce(func.max(outbox.c.id), 0)).where(outbox.c.address_id == bindparam("address_"))
_AFTER = select(outbox.c.message).where(*_OURS, outbox.c.id > bindparam("after")).order_by(outbox.c.id).limit(20)
_TALK = (
    select(talks.c.id)
    .where(talks.c.person_id == bindparam("person_"), talks.c.state == OPEN, talks.c.pending != "")
    .order_by(talks.c.id.desc())
    .limit(1)
)


def question(tx: Tx, person: int, address: int) -> list[Message]:
    """What the open talk of a person has asked last at an address, the last with its buttons: a long one was said in
    several messages. [] where no talk waits for an answer there.
    """
    talk = tx.scalar(_TALK, {"person_": person})
    if talk is None:
        return []
    said = tx.all(_LATEST, {"address_": address})
    messages = [msgspec.json.decode(row.message, type=Message) for row in said]
    asked = next((n for n, one in enumerate(messages) if _asks(one, talk)), None)
    if asked is None:
        return []
    turn = takewhile(lambda n: said[n].created_at == said[asked].created_at, range(asked, len(said)))
    return [messages[n] for n in turn][::-1]


def _asks(message: Message, talk: int) -> bool:
    return any(button.value.startswith(f"t:{talk}:") for row in message.buttons for button in row)


def top(tx: Tx, address: int) -> int:
    """The number of what was put in line there last; what is put there from now on has a higher one."""
    return int(tx.scalar(_TOP, {"address_": address}))


def after(tx: Tx, address: int, number: int) -> list[Message]:
    """What was put in line there since, in order."""
    rows = tx.all(_AFTER, {"address_": address, "after": number})
    return [msgspec.json.decode(row.message, type=Message) for row in rows]
