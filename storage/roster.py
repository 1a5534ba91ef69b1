"""The people of an office's list: who holds a role, whether they have joined, and many added at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select

from domain.case import Role
from storage.tables import addresses, people, roles
from storage.transaction import Tx

Held = tuple[Role, int | None, int | None]

_JOINED = select(addresses.c.id).where(addresses.c.person_id == people.c.id).exists()
_WITH_ROLES = (
    select(
        people.c.id,
        people.c.name,
        people.c.phone,
        roles.c.role,
        roles.c.unit_id,
        roles.c.project_id,
        _JOINED.label("joined"),
    )
    .join(roles, roles.c.person_id == people.c.id)
    .where(or_(roles.c.until.is_(None), roles.c.until > bindparam("now")))
    .order_by(people.c.id, roles.c.id)
)
_LISTED = _WITH_ROLES.where(people.c.phone != "")
_AWAITED = _WITH_ROLES.where(~_JOINED)
_ADD = insert(people).returning(people.c.id, sort_by_parameter_order=True)
_GIVE = insert(roles)


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody with a role and a phone. joined: writes from an address of their own."""

    person: int
    name: str
    phone: str
    joined: bool
    held: frozenset[Held]


def listed(tx: Tx, now: datetime) -> list[Listed]:
    """Everybody who holds a role and has a phone, oldest first."""
    return _gathered(tx.all(_LISTED, {"now": now}))


def awaited(tx: Tx, now: datetime) -> list[Listed]:
    """Everybody who holds a role and has never written from an address of their own, oldest first."""
    return _gathered(tx.all(_AWAITED, {"now": now}))


def _gathered(rows: Sequence[Any]) -> list[Listed]:
    found: dict[int, Listed] = {}
    for row in rows:
        held = found[row.id].held if row.id in found else frozenset()
        holding = (Role(row.role), row.unit_id, row.project_id)
        found[row.id] = Listed(row.id, row.name, row.phone, bool(row.joined), held | {holding})
    return list(found.values())


def add(tx: Tx, named: Sequence[tuple[str, str]], language: str, now: datetime) -> list[int]:
    """Add people as (name, phone), without an address; returns their ids in the same order."""
    if not named:
        return []
    rows = [{"name": name, "phone": phone, "language": language, "created_at": now} for name, phone in named]
    return list(tx.connection.execute(_ADD, rows).scalars())


def give(tx: Tx, given: Sequence[tuple[int, Held]], now: datetime) -> None:
    """Give roles, as (person, role with unit and project), that are not held yet."""
    if given:
        rows = [
            {"person_id": person, "role": str(role), "unit_id": unit, "project_id": project, "since": now}
            for person, (role, unit, project) in given
        ]
        tx.execute(_GIVE, rows)
