"""Who could not be written to and can be again: what waited for them is said after all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, exists, literal_column, not_, or_, select, update

from domain.doors import PAGE
from storage.tables import addresses, outbox
from storage.transaction import Tx

#: What is older is out of date by now.
KEPT = timedelta(days=30)

_copy = outbox.alias("copy")
#: What was put in line at another door was not said there: that is shut as well, or a page that nobody has opened.
_IN_VAIN = or_(_copy.c.state.in_(("unreachable", "dead")), and_(_copy.c.channel == PAGE, _copy.c.state == "queued"))
#: The same words were said at another door of the person instead; a door that only pushes leaves no way to answer.
_SAID_ELSEWHERE = exists().where(
    _copy.c.address_id == addresses.c.id,
    addresses.c.person_id == bindparam("person_"),
    addresses.c.fallback == literal_column("0"),
    addresses.c.id != outbox.c.address_id,
    or_(_copy.c.id > outbox.c.id, _copy.c.sent_at > outbox.c.created_at),
    _copy.c.message == outbox.c.message,
    not_(_IN_VAIN),
)
_WAITED = (
    select(outbox.c.id)
    .where(
        outbox.c.address_id == bindparam("address_"),
        outbox.c.state == "unreachable",
        outbox.c.created_at > bindparam("since"),
        ~_SAID_ELSEWHERE,
    )
    .order_by(outbox.c.id)
)
_AGAIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(state="queued", attempts=0, reason="", not_before=bindparam("now_"))
)


def heard_again(tx: Tx, address: int, person: int | None, channel: str, now: datetime) -> int:
    """Put in line again what ended because the address could not be written to, and was said nowhere else.

    Returns how many rows. Signals "outbox".
    """
    waited = tx.all(_WAITED, {"address_": address, "person_": person, "since": now - KEPT})
    if waited:
        tx.execute(_AGAIN, [{"id_": row.id, "now_": now} for row in waited])
        tx.signal("outbox", channel, address)
    return len(waited)
