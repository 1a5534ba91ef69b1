"""An address that has become another one: a group that grew gets a new number from its platform."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, select, update

from storage.tables import addresses, exports, groups, outbox
from storage.transaction import Tx

_ONE = select(addresses.c.channel, addresses.c.address).where(addresses.c.id == bindparam("id_")).with_for_update()
_NAME = select(addresses.c.address).where(addresses.c.id == bindparam("id_"))
_TWIN = select(addresses.c.id).where(
    addresses.c.channel == bindparam("channel_"), addresses.c.address == bindparam("address_")
)
_RENAME = (
    update(addresses)
    .where(addresses.c.id == bindparam("id_"))
    .values(address=bindparam("new_"), reachable=True, paused_until=None)
)
_SAID = update(outbox).where(outbox.c.address_id == bindparam("twin_")).values(address_id=bindparam("id_"))
_EXPORTED = update(exports).where(exports.c.address_id == bindparam("twin_")).values(address_id=bindparam("id_"))
_ours = groups.alias("ours")
_BOUND = (
    update(groups)
    .where(groups.c.address_id == bindparam("twin_"), ~exists().where(_ours.c.address_id == bindparam("id_")))
    .values(address_id=bindparam("id_"))
)
_UNBOUND = delete(groups).where(groups.c.address_id == bindparam("twin_"))
_DROP = delete(addresses).where(addresses.c.id == bindparam("twin_"))


def move_address(tx: Tx, address_id: int, new: str) -> None:
    """The platform calls this address by another name from now on; what waits for it goes there.

    Where somebody wrote from the new name first, the two become one: the row that was known before, with what was said
    at both, bound to what it was bound to. Nothing happens for an address that is not known, or has moved already.
    """
    known = tx.first(_ONE, {"id_": address_id})
    if known is None or known.address == new:
        return
    twin = tx.first(_TWIN, {"channel_": known.channel, "address_": new})
    if twin is not None:
        _absorb(tx, address_id, twin.id)
    tx.execute(_RENAME, {"id_": address_id, "new_": new})
    tx.signal("outbox", known.channel, address_id)


def has_moved(tx: Tx, address_id: int, name: str) -> bool:
    """Whether the address that had this name has another one now."""
    found = tx.first(_NAME, {"id_": address_id})
    return found is not None and found.address != name


def _absorb(tx: Tx, address_id: int, twin: int) -> None:
    both = {"id_": address_id, "twin_": twin}
    for statement in (_SAID, _EXPORTED, _BOUND):
        tx.execute(statement, both)
    tx.execute(_UNBOUND, {"twin_": twin})
    tx.execute(_DROP, {"twin_": twin})
