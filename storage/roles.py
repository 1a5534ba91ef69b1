"""Roles as they are given to one person by name, and taken; who acts in them now is the matter of storage.held."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from domain.case import Role
from domain.people import Holding, Person
from storage import people
from storage.tables import people as people_table
from storage.tables import roles
from storage.transaction import Tx

_NOW_HELD = or_(roles.c.until.is_(None), roles.c.until > bindparam("now"))
_OWN = (
    select(roles.c.id, roles.c.role, roles.c.unit_id, roles.c.project_id)
    .where(roles.c.person_id == bindparam("person_"), _NOW_HELD)
    .order_by(roles.c.id)
)
_TAKE = update(roles).where(roles.c.id == bindparam("id_")).values(until=bindparam("now_"))
_OFFICIALS = (
    select(*people.PERSON)
    .where(
        select(roles.c.id)
        .where(roles.c.person_id == people_table.c.id, roles.c.role != str(Role.MONITOR), _NOW_HELD)
        .exists()
    )
    .order_by(people_table.c.id)
)
_LEFT = update(people_table).where(people_table.c.id == bindparam("id_")).values(left_at=bindparam("at"))


def own(tx: Tx, person: int, now: datetime) -> dict[int, Holding]:
    """The roles a person holds by themselves now, by the number of the row that gave each, oldest first."""
    return {
        row.id: Holding(person, Role(row.role), row.unit_id, row.project_id)
        for row in tx.all(_OWN, {"person_": person, "now": now})
    }


def take(tx: Tx, given: int, now: datetime) -> None:
    """The role given by this row ends now; that it was held stays on file."""
    tx.execute(_TAKE, {"id_": given, "now_": now})
    tx.signal(people.ROLES_CHANGED)


def officials(tx: Tx, now: datetime) -> list[Person]:
    """Everybody who holds an official's role by themselves now, oldest first."""
    return [people.person_of(row) for row in tx.all(_OFFICIALS, {"now": now})]


def left(tx: Tx, person: int, at: datetime | None) -> None:
    """When the person left the office; None: they are back."""
    tx.execute(_LEFT, {"id_": person, "at": at})
