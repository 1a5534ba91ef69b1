"""Who holds which role now: by themselves, or as the deputy of somebody absent. Statements are built upon it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, exists, literal_column, null, or_, select, union_all

from domain.case import OFFICIAL_ROLES, Role
from domain.people import DEPUTISED, Holding
from storage.tables import Moment, deputies, people, roles

#: The time a statement is asked for.
NOW = bindparam("now", type_=Moment())

_own = roles.alias("own")
_HELD_NOW = or_(roles.c.until.is_(None), roles.c.until > NOW)
#: Roles of officials that nobody takes over.
_PERSONAL = tuple(roles.c.role != str(role) for role in sorted(OFFICIAL_ROLES - DEPUTISED))
#: Whoever holds no official's role any more stands in for nobody.
_STILL_OFFICIAL = exists().where(
    _own.c.person_id == deputies.c.deputy_id,
    _own.c.role != str(Role.MONITOR),
    or_(_own.c.until.is_(None), _own.c.until > NOW),
)
_BY_THEMSELVES = select(
    roles.c.id,
    literal_column("0").label("rank"),
    roles.c.person_id.label("person_id"),
    roles.c.role,
    roles.c.unit_id,
    roles.c.project_id,
    null().cast(BigInteger).label("absent_id"),
).where(_HELD_NOW)
_AS_DEPUTIES = (
    select(
        roles.c.id,
        literal_column("1").label("rank"),
        deputies.c.deputy_id.label("person_id"),
        roles.c.role,
        roles.c.unit_id,
        roles.c.project_id,
        roles.c.person_id.label("absent_id"),
    )
    .join(deputies, deputies.c.person_id == roles.c.person_id)
    .where(
        _HELD_NOW,
        deputies.c.since <= NOW,
        deputies.c.until > NOW,
        roles.c.role != str(Role.MONITOR),
        *_PERSONAL,
        _STILL_OFFICIAL,
    )
)
#: One row a role somebody may act in now; a deputy has those of the absent one and no chain beyond.
HELD = union_all(_BY_THEMSELVES, _AS_DEPUTIES).subquery("held")
#: The absent one a deputy stands in for.
ABSENT = people.alias("absent")
#: What `holding` reads of a row; the statement joins people and, loosely, ABSENT.
HOLDING = (
    HELD.c.person_id,
    HELD.c.role,
    HELD.c.unit_id,
    HELD.c.project_id,
    HELD.c.absent_id,
    ABSENT.c.name.label("absent_name"),
)
#: Roles with the names of those who hold them.
WITH_NAMES = HELD.join(people, people.c.id == HELD.c.person_id).outerjoin(ABSENT, ABSENT.c.id == HELD.c.absent_id)
#: Own roles come first, oldest first.
IN_ORDER = (HELD.c.rank, HELD.c.id)


def holding(row: Row[Any], name: str) -> Holding:
    """The role in a row that selects HOLDING, of the person of that name."""
    role = Role(row.role)
    return Holding(row.person_id, role, row.unit_id, row.project_id, name, row.absent_id, row.absent_name or "")
