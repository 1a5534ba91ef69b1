"""People as one platform's app knows them: officials of a unit, somebody by name, somebody by their address there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from domain.case import UNIT_ROLES
from storage.held import HELD
from storage.matching import containing
from storage.tables import addresses, people
from storage.transaction import Tx

#: So many are offered where somebody is sought by name.
MOST_FOUND = 8

_MEMBER = (addresses.c.id, addresses.c.address, people.c.id.label("person_id"), people.c.name)
_AT_APP = (
    select(*_MEMBER)
    .join(people, people.c.id == addresses.c.person_id)
    .where(
        addresses.c.channel == bindparam("channel_"), addresses.c.reachable.is_(True), addresses.c.group_chat.is_(False)
    )
)
_OF_UNIT = _AT_APP.where(
    people.c.id.in_(
        select(HELD.c.person_id).where(
            HELD.c.unit_id == bindparam("unit_"), HELD.c.rank == 0, HELD.c.role.in_([str(role) for role in UNIT_ROLES])
        )
    )
).order_by(addresses.c.id)
_NAMED = (
    _AT_APP.where(
        or_(
            people.c.name.like(bindparam("pattern"), escape="\\"),
            func.lower(addresses.c.address) == bindparam("address_"),
        )
    )
    .order_by(people.c.name, addresses.c.id)
    .limit(MOST_FOUND)
)
_ONE = _AT_APP.where(addresses.c.id == bindparam("id_"))
_BY_ADDRESS = _AT_APP.where(addresses.c.address == bindparam("address_"))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can be written to there. id: of the address; address: the platform's own name of them."""

    id: int
    address: str
    person: int
    name: str


def _member(row: Row[Any]) -> Member:
    return Member(row.id, row.address, row.person_id, row.name)


def of_unit(tx: Tx, channel: str, unit: int, now: datetime) -> list[Member]:
    """Who works in a unit by a role of their own and can be written to there, by the age of their addresses."""
    return [_member(row) for row in tx.all(_OF_UNIT, {"channel_": channel, "unit_": unit, "now": now})]


def named(tx: Tx, channel: str, words: str) -> list[Member]:
    """Who can be written to there and has these words in the name, or is called so by the platform."""
    asked = {"channel_": channel, "pattern": containing(words), "address_": words.lower()}
    return [_member(row) for row in tx.all(_NAMED, asked)]


def get(tx: Tx, channel: str, door: int) -> Member | None:
    """Whose address this is."""
    row = tx.first(_ONE, {"channel_": channel, "id_": door})
    return _member(row) if row else None


def at(tx: Tx, channel: str, address: str) -> Member | None:
    """Whom the platform calls so."""
    row = tx.first(_BY_ADDRESS, {"channel_": channel, "address_": address})
    return _member(row) if row else None
