"""Who is written to, and at which of their doors: officials by their role, owners where news of their cases waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, literal_column, or_, select

from domain.case import Role
from domain.office import Office
from domain.people import Holding, Person
from storage.held import HELD, HOLDING, IN_ORDER, WITH_NAMES, holding
from storage.people import ADDRESS, PERSON, PROJECT, UNIT, Address, address_of, person_of
from storage.tables import addresses, people
from storage.transaction import Tx

#: A door people talk at. At the others nothing is said but what is worded for them (handlers.in_short).
_TALKED_AT = addresses.c.fallback == literal_column("0")
_REACHABLE = and_(addresses.c.person_id == people.c.id, addresses.c.reachable.is_(True), _TALKED_AT)
_DOOR = (
    select(*ADDRESS)
    .where(addresses.c.person_id == bindparam("person_"), addresses.c.reachable.is_(True), _TALKED_AT)
    .order_by(addresses.c.used_at.desc())
)
_DOORS = (
    select(*ADDRESS)
    .where(addresses.c.person_id == bindparam("person_"))
    .order_by(addresses.c.fallback, addresses.c.used_at.desc())
)
_REACHED = (
    select(*PERSON, *ADDRESS, *HOLDING)
    .select_from(WITH_NAMES)
    .join(addresses, _REACHABLE)
    .where(
        or_(HELD.c.role == bindparam("role_"), HELD.c.role == bindparam("other_")),
        or_(UNIT.is_(None), HELD.c.unit_id == UNIT),
        or_(PROJECT.is_(None), HELD.c.project_id == PROJECT),
    )
    .order_by(*IN_ORDER, addresses.c.used_at.desc())
)
_REACHED_ONE = (
    select(*PERSON, *ADDRESS)
    .select_from(people.join(addresses, _REACHABLE))
    .where(people.c.id == bindparam("id_"))
    .order_by(addresses.c.used_at.desc())
)
_pushing = addresses.alias("pushing")
_PUSHED_TO = exists().where(
    _pushing.c.person_id == people.c.id, _pushing.c.reachable.is_(True), _pushing.c.fallback > literal_column("0")
)
_TOLD_AT = (
    select(*PERSON, *ADDRESS)
    .select_from(people.join(addresses, and_(addresses.c.person_id == people.c.id, _TALKED_AT)))
    .where(
        people.c.id == bindparam("id_"),
        or_(
            addresses.c.reachable.is_(True),
            addresses.c.channel.in_(bindparam("platforms", expanding=True)),
            _PUSHED_TO,
        ),
    )
    .order_by(addresses.c.used_at.desc())
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be written to: where, and in which role they are told (None: as themselves)."""

    person: Person
    address: Address
    holding: Holding | None = None


def in_role(
    tx: Tx, role: Role, now: datetime, *, other: Role | None = None, unit: int | None = None, project: int | None = None
) -> list[Recipient]:
    """Everyone in a role (or in `other`) who can be written to, each once, at the door used last; deputies too."""
    names = {"role_": str(role), "other_": str(other or role), "unit_": unit, "project_": project, "now": now}
    found: dict[int, list[Row[Any]]] = {}
    for row in tx.all(_REACHED, names):
        found.setdefault(row.pid, []).append(row)
    return [_reached(tx, rows) for rows in found.values()]


def _reached(tx: Tx, rows: Sequence[Row[Any]]) -> Recipient:
    """One person of rows with their roles and doors; the first role is the one they are told in."""
    person = person_of(rows[0])
    return Recipient(person, address_of(_nearest(tx, rows) or rows[0]), holding(rows[0], person.name))


def one(tx: Tx, person: int) -> Recipient | None:
    """A person with the door they used last; None for one who cannot be written to."""
    row = _nearest(tx, tx.all(_REACHED_ONE, {"id_": person}))
    return Recipient(person_of(row), address_of(row)) if row else None


def told_at(tx: Tx, person: int) -> Recipient | None:
    """A person with the door at which news of their own cases is put in line; None where nothing can wait for them.

    Where a platform is shut to us it waits there too: until they write again, or until it is said at another door; so
    it does where nothing but a door that pushes is left, which takes its own words (handlers.in_short).
    """
    row = _nearest(tx, tx.all(_TOLD_AT, {"id_": person, "platforms": list(tx.office.platforms)}))
    return Recipient(person_of(row), address_of(row)) if row else None


def door(tx: Tx, person: int) -> Address | None:
    """The reachable address they talk at and used last, of those that are connected where there are any."""
    row = _nearest(tx, tx.all(_DOOR, {"person_": person}))
    return address_of(row) if row else None


def _nearest(tx: Tx, rows: Sequence[Row[Any]]) -> Row[Any] | None:
    """The door where something is said: one that the settings connect, and not shut to us; the first of several."""
    office = tx.office
    return min(rows, key=lambda row: (not office.opens(row.channel), _is_shut(office, row)), default=None)


def _is_shut(office: Office, row: Row[Any]) -> bool:
    """Whether nothing can wait at a door either: the platform refuses it, and is not connected."""
    return not row.reachable and row.channel not in office.platforms


def doors(tx: Tx, person: int) -> list[Address]:
    """Every address of a person, reachable or not: those they talk at first, the one used last before the others."""
    return [address_of(row) for row in tx.all(_DOORS, {"person_": person})]
