"""What a platform had taken and did not bring: it stands in line again, for whoever says what becomes of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from storage import outgoing
from storage.outgoing import Outgoing
from storage.tables import outbox
from storage.transaction import Tx

_TAKEN = (
    select(outbox.c.id, outbox.c.created_at)
    .where(
        outbox.c.id == bindparam("id_"),
        outbox.c.channel == bindparam("channel_"),
        outbox.c.state.in_(("sent", "sending", "queued")),
    )
    .with_for_update()
)
#: A platform that knows the key of a message takes no other under it: from now on the row has another.
_AGAIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(state="queued", not_before=bindparam("now_"), created_at=bindparam("now_"))
)
_ENDED = select(outbox.c.id).where(outbox.c.id == bindparam("id_"), outbox.c.state == "unreachable")


def in_line_again(tx: Tx, channel: str, row: int, key: str, now: datetime) -> Outgoing | None:
    """A row that was sent under this key stands in line again, under another; None for one not known, or ended."""
    found = tx.first(_TAKEN, {"id_": row, "channel_": channel})
    if found is None or outgoing.key_of(found.id, found.created_at) != key:
        return None
    tx.execute(_AGAIN, {"id_": row, "now_": now})
    return outgoing.still(tx, row, now)


def is_lost(tx: Tx, row: int) -> bool:
    """Whether it was said already that a row did not arrive, before it was known to be sent."""
    return tx.first(_ENDED, {"id_": row}) is not None
