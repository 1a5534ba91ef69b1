"""People, the addresses they write from, and their roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Row, and_, bindparam, func, insert, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.case import Role
from domain.people import Holding, Person
from storage.held import HELD, HOLDING, IN_ORDER, WITH_NAMES, holding
from storage.matching import containing
from storage.tables import addresses, people, roles
from storage.transaction import Tx

#: An address' last use is written at most this often; it only orders doors.
USED_GRAIN = timedelta(minutes=1)

#: The topic of a commit after which somebody may do more or less than before.
ROLES_CHANGED = "roles"

PERSON = (
    people.c.id.label("pid"),
    people.c.name,
    people.c.phone,
    people.c.enterprise,
    people.c.language,
    people.c.consented,
)
ADDRESS = (
    addresses.c.id.label("aid"),
    addresses.c.channel,
    addresses.c.address,
    addresses.c.group_chat,
    addresses.c.reachable,
    addresses.c.used_at,
    addresses.c.menu,
)
_LOOK = (
    select(*ADDRESS, *PERSON)
    .select_from(addresses.outerjoin(people, people.c.id == addresses.c.person_id))
    .where(addresses.c.channel == bindparam("channel_"), addresses.c.address == bindparam("address_"))
)
_GIVE_ROLE = insert(roles)
_NEW_PERSON = insert(people).returning(people.c.id)
_NEW_ADDRESS = upsert(addresses).returning(addresses.c.id)
_adding = upsert(addresses)
_ADD_DOOR = _adding.on_conflict_do_update(
    index_elements=["channel", "address"],
    set_={
        "person_id": _adding.excluded.person_id,
        "fallback": _adding.excluded.fallback,
        "used_at": _adding.excluded.used_at,
        "reachable": true(),
    },
).returning(addresses.c.id)
_MENU = (
    update(addresses)
    .where(addresses.c.id == bindparam("id_"), addresses.c.menu != bindparam("menu_"))
    .values(menu=bindparam("menu_"))
)
_UNREACHABLE = update(addresses).where(addresses.c.id == bindparam("id_")).values(reachable=False)
_GET = select(*PERSON).where(people.c.id == bindparam("id_"))
_MANY = select(*PERSON).where(people.c.id.in_(bindparam("ids", expanding=True)))
_NAMED = (*HOLDING, people.c.name)
_ROLES = select(*_NAMED).select_from(WITH_NAMES).where(HELD.c.person_id == bindparam("person_")).order_by(*IN_ORDER)
# PostgreSQL must be told the type of a parameter that is only compared with NULL.
UNIT, PROJECT = bindparam("unit_", type_=BigInteger), bindparam("project_", type_=BigInteger)
_HOLDERS = (
    select(*_NAMED)
    .select_from(WITH_NAMES)
    .where(HELD.c.role == bindparam("role_"), or_(UNIT.is_(None), HELD.c.unit_id == UNIT))
    .order_by(*IN_ORDER)
)
_ANY_HOLDER = select(*_NAMED).select_from(WITH_NAMES).order_by(HELD.c.person_id, *IN_ORDER)
_SEARCH = (
    select(*PERSON)
    .where(
        or_(
            people.c.name.like(bindparam("pattern"), escape="\\"),
            people.c.enterprise.like(bindparam("pattern"), escape="\\"),
            people.c.phone == bindparam("words"),
        )
    )
    .order_by(people.c.id.desc())
    .limit(6)
)
_HOLDS = select(func.count()).where(
    and_(
        roles.c.person_id == bindparam("person_"),
        roles.c.role == bindparam("role_"),
        func.coalesce(roles.c.unit_id, 0) == func.coalesce(UNIT, 0),
        func.coalesce(roles.c.project_id, 0) == func.coalesce(PROJECT, 0),
        roles.c.until.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Address:
    """One door to a person or group. menu: button values a typed line number stands for."""

    id: int
    channel: str
    address: str
    group: bool
    reachable: bool
    menu: tuple[str, ...] = ()


def person_of(row: Row[Any]) -> Person:
    """The person in a row that selects PERSON."""
    return Person(row.pid, row.name, row.phone, row.enterprise, row.language, row.consented)


def address_of(row: Row[Any]) -> Address:
    """The address in a row that selects ADDRESS."""
    menu = tuple(msgspec.json.decode(row.menu)) if row.menu != "[]" else ()
    return Address(row.aid, row.channel, row.address, bool(row.group_chat), bool(row.reachable), menu)


def find(tx: Tx, channel: str, address: str) -> tuple[Address, Person | None] | None:
    """Who writes from this address, without touching it."""
    row = tx.first(_LOOK, {"channel_": channel, "address_": address})
    return (address_of(row), person_of(row) if row.pid is not None else None) if row else None


def meet(
    tx: Tx, channel: str, address: str, language: str, now: datetime, *, name: str = "", group: bool = False
) -> tuple[Address, Person | None]:
    """A first contact: a new address, and a new person unless it is a group."""
    person = None if group else create(tx, language, now, name=name)
    row = {
        "person_id": person.id if person else None,
        "channel": channel,
        "address": address,
        "group_chat": group,
        "used_at": now,
    }
    made = tx.scalar(_NEW_ADDRESS, row)
    return Address(made, channel, address, group, True), person


def add_door(tx: Tx, person: int, channel: str, address: str, now: datetime, fallback: int = 0) -> Address:
    """One more address of a known person, reachable from now on; where somebody else had it, it is theirs no more.

    fallback: 0 for one they talk at, else its place among those that only push.
    """
    row = {"person_id": person, "channel": channel, "address": address, "fallback": fallback, "used_at": now}
    made = tx.scalar(_ADD_DOOR, row)
    return Address(made, channel, address, False, True)


def create(tx: Tx, language: str, now: datetime, *, name: str = "", phone: str = "", enterprise: str = "") -> Person:
    """A person the office did not know yet."""
    row = {
        "name": name,
        "phone": phone,
        "enterprise": enterprise,
        "language": language,
        "created_at": now,
    }
    return Person(tx.scalar(_NEW_PERSON, row), name, phone, enterprise, language)


def get(tx: Tx, person: int) -> Person | None:
    """One person."""
    row = tx.first(_GET, {"id_": person})
    return person_of(row) if row else None


def many(tx: Tx, ids: Iterable[int]) -> dict[int, Person]:
    """People by id."""
    return {row.pid: person_of(row) for row in tx.all(_MANY, {"ids": sorted(set(ids))})}


def change(tx: Tx, person: int, **values: Any) -> None:
    """Set some of name, phone, enterprise, language, consented, consented_at."""
    tx.execute(_change(tuple(sorted(values))), {"id_": person, **{f"new_{k}": v for k, v in values.items()}})


def _change(names: tuple[str, ...]) -> Any:
    if names not in _CHANGES:
        fresh: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        _CHANGES[names] = update(people).where(people.c.id == bindparam("id_")).values(fresh)
    return _CHANGES[names]


_CHANGES: dict[tuple[str, ...], Any] = {}


def search(tx: Tx, words: str) -> list[Person]:
    """Up to six people whose name or enterprise contains the words, or whose phone is exactly them."""
    return [person_of(row) for row in tx.all(_SEARCH, {"words": words, "pattern": containing(words)})]


def remember_menu(tx: Tx, address: int, menu: list[str]) -> None:
    """What typed line numbers stand for from now on."""
    tx.execute(_MENU, {"id_": address, "menu_": msgspec.json.encode(menu).decode()})


def unreachable(tx: Tx, address: int) -> None:
    """The platform said this address cannot be written to until it writes again."""
    tx.execute(_UNREACHABLE, {"id_": address})


def holdings(tx: Tx, person: int, now: datetime) -> tuple[Holding, ...]:
    """The roles a person may act in now: their own, oldest first, and those of whom they stand in for."""
    return tuple(holding(row, row.name) for row in tx.all(_ROLES, {"person_": person, "now": now}))


def holders(tx: Tx, role: Role, now: datetime, unit: int | None = None) -> list[Holding]:
    """Who holds a role now, deputies last; unit narrows it."""
    return [holding(row, row.name) for row in tx.all(_HOLDERS, {"role_": str(role), "unit_": unit, "now": now})]


def all_holders(tx: Tx, now: datetime) -> list[Holding]:
    """Every role held now, by person; those of deputies too."""
    return [holding(row, row.name) for row in tx.all(_ANY_HOLDER, {"now": now})]


def give_role(
    tx: Tx,
    person: int,
    role: Role,
    now: datetime,
    unit: int | None = None,
    project: int | None = None,
    *,
    rule: int | None = None,
) -> bool:
    """Give a role; False if it is held already. rule: of the directory, where that gives it."""
    named = {"person_": person, "role_": str(role), "unit_": unit, "project_": project}
    if tx.scalar(_HOLDS, named):
        return False
    row = {"person_id": person, "role": str(role), "unit_id": unit, "project_id": project, "since": now}
    tx.execute(_GIVE_ROLE, {**row, "rule_id": rule})
    tx.signal(ROLES_CHANGED)
    return True


_LEFT = select(func.count()).select_from(addresses).where(addresses.c.person_id == bindparam("person_"))
_EVER = select(func.count()).select_from(roles).where(roles.c.person_id == bindparam("person_"))
_ABANDON = (
    update(people)
    .where(people.c.id == bindparam("person_"))
    .values(name="", phone="", enterprise="", erased_at=bindparam("now_"))
)


def abandon(tx: Tx, person: int, now: datetime) -> None:
    """Somebody was found to be another known person: what the first row says of them goes, if nothing needs it."""
    if not tx.scalar(_LEFT, {"person_": person}) and not tx.scalar(_EVER, {"person_": person}):
        tx.execute(_ABANDON, {"person_": person, "now_": now})
