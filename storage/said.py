"""What was said at an address, found by the platform's own name of the message."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from domain.messages import Message
from storage.tables import outbox
from storage.transaction import Tx

_NAMED = (
    select(outbox.c.message)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.platform_ref == bindparam("ref_"))
    .where(outbox.c.mine.is_(False))
    .order_by(outbox.c.id.desc())
    .limit(1)
)


def named(tx: Tx, address: int, ref: str) -> Message | None:
    """The message of ours that the platform calls so, as it was last shown; None for one of theirs."""
    row = tx.first(_NAMED, {"address_": address, "ref_": ref}) if ref else None
    return msgspec.json.decode(row.message, type=Message) if row else None
