"""What was put in line for an address before a row of its own."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from domain.messages import Message
from storage.tables import outbox
from storage.transaction import Tx

#: So far back it is looked: more than a platform lets us say to one person in hours, as things are.
MOST = 300

_of_row = outbox.alias("of_row")
_BEFORE = (
    select(outbox.c.message)
    .join(_of_row, _of_row.c.address_id == outbox.c.address_id)
    .where(_of_row.c.id == bindparam("row_"), outbox.c.id < bindparam("row_"), outbox.c.mine.is_(False))
    .order_by(outbox.c.id.desc())
    .limit(MOST)
)
_REPLACED = (
    select(outbox.c.message).join(_of_row, _of_row.c.replaces == outbox.c.id).where(_of_row.c.id == bindparam("row_"))
)


def before(tx: Tx, row: int) -> list[Message]:
    """The last MOST messages of ours for the address of this row that were put in line before it, the newest first."""
    found = tx.all(_BEFORE, {"row_": row})
    return [msgspec.json.decode(one.message, type=Message) for one in found]


def replaced(tx: Tx, row: int) -> Message | None:
    """The message whose place this row is to take, None where it takes none."""
    found = tx.first(_REPLACED, {"row_": row})
    return msgspec.json.decode(found.message, type=Message) if found else None
