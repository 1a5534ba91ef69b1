"""What was said: found by the platform's own name of the message, or by what it was about."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, func, literal, or_, select

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
_ABOUT = or_(
    outbox.c.about == bindparam("about_"),
    (literal(" ") + outbox.c.about + literal(" ")).like(bindparam("among_")),
)
_DELIVERED = select(func.max(outbox.c.sent_at)).where(outbox.c.state == "sent", outbox.c.mine.is_(False), _ABOUT)


def named(tx: Tx, address: int, ref: str) -> Message | None:
    """The message of ours that the platform calls so, as it was last shown; None for one of theirs."""
    row = tx.first(_NAMED, {"address_": address, "ref_": ref}) if ref else None
    return msgspec.json.decode(row.message, type=Message) if row else None


def delivered_at(tx: Tx, about: str) -> datetime | None:
    """When a message about something was last delivered, alone or with others in one; None for never."""
    found = tx.scalar(_DELIVERED, {"about_": about, "among_": f"% {about} %"})
    return found if isinstance(found, datetime) else None
