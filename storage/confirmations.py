"""What a platform has taken, and somebody there has to let go: the rows that wait for that, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select, update

from storage.tables import addresses, outbox
from storage.transaction import Tx

_WAITS_THERE = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state.in_(("queued", "sending")))
    .values(state="waiting", sent_at=bindparam("now_"), platform_ref=bindparam("ref_"), reason="")
)
_WAITING = (
    select(outbox.c.id, outbox.c.address_id, addresses.c.address, outbox.c.platform_ref, outbox.c.sent_at)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .where(outbox.c.channel == bindparam("channel_"), outbox.c.state == literal_column("'waiting'"))
    .order_by(outbox.c.id)
)
_LET_GO = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == "waiting")
    .values(state="sent", sent_at=bindparam("now_"))
)
_GIVEN_UP = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == "waiting")
    .values(state="dead", reason=bindparam("reason_"))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row that waits. address: of who has to let it go; ref: the platform's name of it; since: when it took it."""

    id: int
    address_id: int
    address: str
    ref: str
    since: datetime


def waits_there(tx: Tx, row: int, ref: str, now: datetime) -> None:
    """The platform has taken a row, and somebody there has to let it go first; ref: the platform's name of it."""
    tx.execute(_WAITS_THERE, {"id_": row, "ref_": ref, "now_": now})


def waiting(tx: Tx, channel: str) -> list[Waiting]:
    """What waits at a platform for somebody there, oldest first."""
    rows = tx.all(_WAITING, {"channel_": channel})
    return [Waiting(row.id, row.address_id, row.address, row.platform_ref, row.sent_at) for row in rows]


def let_go(tx: Tx, row: int, now: datetime) -> bool:
    """It went out; False where it does not wait any more."""
    return tx.execute(_LET_GO, {"id_": row, "now_": now}).rowcount == 1


def give_up(tx: Tx, row: int, reason: str) -> bool:
    """Nobody let it go; False where it does not wait any more. reason: a key of the catalogues."""
    return tx.execute(_GIVEN_UP, {"id_": row, "reason_": reason}).rowcount == 1
