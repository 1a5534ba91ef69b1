"""Groups that are bound to an audience. A group nobody has bound is an address and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.audience import Audience, Sort
from storage import people
from storage.people import Address
from storage.tables import addresses, groups, outbox
from storage.transaction import Tx

_putting = insert(groups)
_BIND = _putting.on_conflict_do_update(
    index_elements=["address_id"],
    set_={
        name: _putting.excluded[name]
        for name in ("audience", "name", "industry", "unit_id", "project_id", "by_id", "bound_at")
    },
)
_opening = insert(addresses)
_OPEN = _opening.on_conflict_do_update(
    index_elements=["channel", "address"],
    set_={name: _opening.excluded[name] for name in ("reachable", "used_at")},
).returning(addresses.c.id)
_ALL = select(groups, *people.ADDRESS).join(addresses, addresses.c.id == groups.c.address_id)
_EVERY = _ALL.order_by(groups.c.bound_at, groups.c.address_id)
_ONE = _ALL.where(groups.c.address_id == bindparam("address_"))
_RENAME = update(groups).where(groups.c.address_id == bindparam("address_")).values(name=bindparam("name_"))
_UNBIND = delete(groups).where(groups.c.address_id == bindparam("address_"))
_RUB_OUT = (
    update(addresses).where(addresses.c.id == bindparam("address_")).values(address=bindparam("name_"), reachable=False)
)
_LAST_ABOUT = (
    select(outbox.c.created_at)
    .where(outbox.c.address_id == bindparam("address_"), outbox.c.about == bindparam("about_"))
    .order_by(outbox.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A group with its audience. name: its title, as the platform last told it; by: who made the code it was bound by.

    door.reachable: whether the office can write there, as far as it knows.
    """

    door: Address
    audience: Audience
    name: str
    by: int | None
    bound_at: datetime


def _bound(row: Row[Any]) -> Bound:
    audience = Audience(Sort(row.audience), row.unit_id, row.project_id, row.industry)
    return Bound(people.address_of(row), audience, row.name, row.by_id, row.bound_at)


def open_door(tx: Tx, channel: str, address: str, now: datetime, *, reachable: bool = True) -> Address:
    """The address of a group that does not write to us itself, known or new. reachable: it can be written to now."""
    row = {"channel": channel, "address": address, "group_chat": True, "reachable": reachable, "used_at": now}
    return Address(int(tx.scalar(_OPEN, row)), channel, address, True, reachable)


def bind(tx: Tx, address: int, audience: Audience, name: str, by: int | None, now: datetime) -> None:
    """From now on a group is for this audience, whatever it was for before."""
    row = {
        "address_id": address,
        "audience": str(audience.sort),
        "name": name,
        "industry": audience.industry,
        "unit_id": audience.unit,
        "project_id": audience.project,
        "by_id": by,
        "bound_at": now,
    }
    tx.execute(_BIND, row)


def every(tx: Tx) -> list[Bound]:
    """Every bound group, those bound first in front."""
    return [_bound(row) for row in tx.all(_EVERY)]


def get(tx: Tx, address: int) -> Bound | None:
    """The group with this address, where it is bound."""
    row = tx.first(_ONE, {"address_": address})
    return _bound(row) if row else None


def rename(tx: Tx, address: int, name: str) -> None:
    """A bound group has another title now."""
    tx.execute(_RENAME, {"address_": address, "name_": name})


def unbind(tx: Tx, address: int) -> bool:
    """A group is for nobody from now on; False if it was not bound."""
    return tx.execute(_UNBIND, {"address_": address}).rowcount == 1


def rub_out(tx: Tx, address: int) -> None:
    """What a platform called a group says nothing any more, and nothing goes there."""
    tx.execute(_RUB_OUT, {"address_": address, "name_": f"erased {address}"})


def last_said(tx: Tx, address: int, about: str) -> datetime | None:
    """When something of this name was last put in line for a group."""
    found = tx.scalar(_LAST_ABOUT, {"address_": address, "about_": about})
    return found if isinstance(found, datetime) else None
