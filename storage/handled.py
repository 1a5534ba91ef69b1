"""What one person has in hand: the parts of cases they handle, and the pushes about tasks that they did not get yet."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, or_, select, update

from domain.messages import Message
from storage.tables import assignments, outbox
from storage.transaction import Tx

_PARTS = (
    select(assignments.c.case_id)
    .where(
        assignments.c.unit_id == bindparam("unit_"),
        or_(assignments.c.state == "assigned", assignments.c.state == "signed"),
        assignments.c.handler_id == bindparam("person_"),
    )
    .order_by(assignments.c.case_id)
)
#: In line; held until they write; or said after all once their door is open again, or an administrator has it tried.
_NOT_SAID = outbox.c.state.in_(("queued", "held", "unreachable", "dead"))
_PUSHES = select(outbox.c.id, outbox.c.card, outbox.c.message).where(
    outbox.c.person_id == bindparam("person_"), outbox.c.priority == 1, _NOT_SAID
)
_DROP = update(outbox).where(outbox.c.id == bindparam("id_"), _NOT_SAID)
_DROP = _DROP.values(state="replaced", reason=bindparam("why"))


def cases_of(tx: Tx, person: int, unit: int) -> list[int]:
    """The cases of which the person handles this unit's open part, oldest first."""
    return [row.case_id for row in tx.all(_PARTS, {"person_": person, "unit_": unit})]


def pushes_of(tx: Tx, person: int) -> list[tuple[int, str, Message]]:
    """Task pushes that did not reach the person yet, as (id, the card they are shown on, what they say)."""
    rows = tx.all(_PUSHES, {"person_": person})
    return [(row.id, row.card, msgspec.json.decode(row.message, type=Message)) for row in rows]


def drop(tx: Tx, push: int, why: str) -> None:
    """A push that was not said yet never is."""
    tx.execute(_DROP, {"id_": push, "why": why})
