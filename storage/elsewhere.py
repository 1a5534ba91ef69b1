"""What waits at a page that nobody has open, said where the same person can be written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, literal_column, select, update

from domain.messages import Message
from storage.outbox import Priority, say
from storage.people import Address
from storage.tables import addresses, outbox
from storage.transaction import Tx

_other = addresses.alias("other")
_UNSEEN = (
    select(
        outbox.c.id,
        outbox.c.person_id,
        outbox.c.message,
        outbox.c.priority,
        outbox.c.about,
        outbox.c.once,
        _other.c.id.label("other_id"),
        _other.c.channel,
        _other.c.address,
        _other.c.used_at,
    )
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .join(_other, _other.c.person_id == addresses.c.person_id)
    .where(
        outbox.c.channel == literal_column("'web'"),
        outbox.c.state == literal_column("'queued'"),
        outbox.c.not_before > bindparam("since"),
        outbox.c.not_before <= bindparam("before"),
        _other.c.channel.in_(bindparam("platforms", expanding=True)),
        _other.c.reachable.is_(True),
    )
    .order_by(outbox.c.priority, outbox.c.id, _other.c.used_at.desc())
    .limit(500)
)
_DIVERTED = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == "queued")
    .values(state="diverted", reason=bindparam("reason_"))
)


def move_unseen(tx: Tx, platforms: Sequence[str], since: datetime, before: datetime, now: datetime) -> int:
    """Say at the platform door a person used last what has waited at their page, due between `since` and `before`.

    The page's row ends as "diverted". Returns how many messages.
    """
    seen: set[int] = set()
    for row in tx.all(_UNSEEN, {"platforms": list(platforms), "since": since, "before": before}):
        if row.id in seen or not tx.execute(_DIVERTED, {"id_": row.id, "reason_": row.channel}).rowcount:
            continue
        seen.add(row.id)
        door = Address(row.other_id, row.channel, row.address, False, True)
        message, priority, once = msgspec.json.decode(row.message, type=Message), Priority(row.priority), bool(row.once)
        say(tx, door, row.person_id, message, now, priority=priority, about=row.about, once=once)
    return len(seen)
