"""What was put in line for an address before: before one row of its own, or at all."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from domain.messages import Message
from storage.tables import addresses, outbox
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
_ANYTHING = (
    select(outbox.c.id)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .where(addresses.c.channel == bindparam("channel_"), addresses.c.address == bindparam("name_"))
    .limit(1)
)


def anything(tx: Tx, channel: str, address: str) -> bool:
    """Whether anything was ever put in line for an address, known or not."""
    return tx.first(_ANYTHING, {"channel_": channel, "name_": address}) is not None


def before(tx: Tx, row: int) -> list[Message]:
    """The last MOST messages of ours for the address of this row that were put in line before it, the newest first."""
    found = tx.all(_BEFORE, {"row_": row})
    return [msgspec.json.decode(one.message, type=Message) for one in found]


def replaced(tx: Tx, row: int) -> Message | None:
    """The message whose place this row is to take, None where it takes none."""
    found = tx.first(_REPLACED, {"row_": row})
    return msgspec.json.decode(found.message, type=Message) if found else None
