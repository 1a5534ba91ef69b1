"""The directory of a platform as it was last seen: departments, members, the rules over them, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.case import Role
from domain.directory import Department, Given, Member, Rule
from domain.people import Person
from storage import people
from storage.tables import addresses, departments, directory_rules, members, pulls, roles
from storage.tables import people as people_table
from storage.transaction import Tx

#: The channel whose addresses are userids of the directory.
CHANNEL = "wecom"
#: The row that says how the directory is kept, and the topic of a commit after which it is to be compared.
NAME = "directory"

_wanting = upsert(pulls)
_WANT = _wanting.on_conflict_do_update(index_elements=["name"], set_={"wanted": pulls.c.wanted + literal(1)})
_ENSURE = upsert(pulls).on_conflict_do_nothing()
_ROW = select(pulls.c.cursor, pulls.c.wanted, pulls.c.pulled).where(pulls.c.name == NAME)
_LOCKED = _ROW.with_for_update()
_KEEP = update(pulls).where(pulls.c.name == NAME).values(cursor=bindparam("cursor_"), pulled=bindparam("pulled_"))

_DEPARTMENTS = select(departments)
_naming = upsert(departments)
_SAVE_DEPARTMENT = _naming.on_conflict_do_update(
    index_elements=["id"], set_={"parent_id": _naming.excluded.parent_id, "name": _naming.excluded.name}
)
_DROP_DEPARTMENT = delete(departments).where(departments.c.id == bindparam("id_"))
_ASK_DEPARTMENT = update(departments).where(departments.c.id == bindparam("id_")).values(name="")

_MEMBERS = select(members)
_MEMBER = select(members).where(members.c.userid == bindparam("userid_"))
_COUNT = select(func.count()).select_from(members).where(members.c.left_at.is_(None))
_COUNT_DEPARTMENTS = select(func.count()).select_from(departments)
_saving = upsert(members)
_SAVE = _saving.on_conflict_do_update(
    index_elements=["userid"],
    set_={name: _saving.excluded[name] for name in ("person_id", "name", "departments", "tags", "seen_at", "left_at")},
)
_noting = upsert(members)
#: What is known of them stays, that they have left too: a comparison says what is so.
_NOTE = _noting.on_conflict_do_update(
    index_elements=["userid"],
    set_={
        "departments": case(
            (_noting.excluded.departments != "[]", _noting.excluded.departments), else_=members.c.departments
        ),
        "seen_at": _noting.excluded.seen_at,
    },
)
_LEFT = update(members).where(members.c.userid == bindparam("userid_")).values(left_at=bindparam("at"))
_DROP = delete(members).where(members.c.userid == bindparam("userid_"))
_FORGET = delete(members).where(members.c.left_at < bindparam("before"))
_PERSONS = select(addresses.c.address, addresses.c.person_id).where(
    addresses.c.channel == CHANNEL, addresses.c.group_chat.is_(False), addresses.c.person_id.is_not(None)
)
_PERSON = (
    select(*people.PERSON)
    .join(addresses, addresses.c.person_id == people_table.c.id)
    .where(addresses.c.channel == CHANNEL, addresses.c.address == bindparam("userid_"))
)

_RULES = select(directory_rules).where(directory_rules.c.ended_at.is_(None)).order_by(directory_rules.c.id)
_ADD_RULE = insert(directory_rules).returning(directory_rules.c.id)
_END_RULE = (
    update(directory_rules)
    .where(directory_rules.c.id == bindparam("id_"), directory_rules.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
)
_NOW_HELD = or_(roles.c.until.is_(None), roles.c.until > bindparam("now"))
_HELD = (
    select(roles.c.id, roles.c.person_id, roles.c.role, roles.c.unit_id, roles.c.project_id, roles.c.rule_id)
    .where(_NOW_HELD)
    .order_by(roles.c.id)
)
_HAND_ON = update(roles).where(roles.c.id == bindparam("id_")).values(rule_id=bindparam("rule_"))


class State(msgspec.Struct, omit_defaults=True):
    """How the directory is kept, as JSON.

    on: whether it can be compared at all; missing: settings that are not there; compared_at: when the platform was
    asked for the last comparison that was carried out.
    tags: names by number, as text; report: what the last comparison changed: came, left, roles given and ended.
    trouble: why the last try came to nothing, a key of the catalogues. tell: who asked for the next.
    held: so many would lose their rights in a comparison that waits for a yes; allowed: so many may.
    """

    on: bool = False
    missing: tuple[str, ...] = ()
    compared_at: datetime | None = None
    tags: dict[str, str] = {}
    trouble: str = ""
    report: tuple[int, int, int, int] = (0, 0, 0, 0)
    held: int = 0
    allowed: int = 0
    tell: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The row: its state, how often a comparison was wanted, and up to which of them it was made."""

    state: State
    wanted: int
    pulled: int


def _kept(row: Row[Any] | None) -> Kept:
    if row is None:
        return Kept(State(), 0, 0)
    state = msgspec.json.decode(row.cursor, type=State) if row.cursor else State()
    return Kept(state, row.wanted, row.pulled)


def ensure(tx: Tx) -> None:
    """There is a row for it from now on."""
    tx.execute(_ENSURE, {"name": NAME})


def state(tx: Tx) -> Kept:
    """How the directory is kept."""
    return _kept(tx.first(_ROW))


def locked(tx: Tx) -> Kept:
    """The same, and nobody else changes it before this transaction is over."""
    return _kept(tx.first(_LOCKED))


def want(tx: Tx) -> None:
    """Something has changed, or may have: the directory is to be compared."""
    tx.execute(_WANT, {"name": NAME, "wanted": 1})
    tx.signal(NAME)


def keep(tx: Tx, state: State, pulled: int) -> None:
    """Write the state; pulled: up to which wanting comparisons were made."""
    tx.execute(_KEEP, {"cursor_": msgspec.json.encode(state).decode(), "pulled_": pulled})


# --- departments and members ----------------------------------------------------------------------------------


def every_department(tx: Tx) -> dict[int, Department]:
    """Departments by number."""
    return {row.id: Department(row.id, row.parent_id, row.name) for row in tx.all(_DEPARTMENTS)}


def save_departments(tx: Tx, found: Iterable[Department]) -> None:
    """These are the departments now; others are not there any more."""
    now = {one.id: one for one in found}
    before = every_department(tx)
    changed = [one for one in now.values() if before.get(one.id) != one]
    if changed:
        tx.execute(_SAVE_DEPARTMENT, [{"id": one.id, "parent_id": one.parent, "name": one.name} for one in changed])
    for gone in before.keys() - now.keys():
        tx.execute(_DROP_DEPARTMENT, {"id_": gone})


def ask_department(tx: Tx, department: int) -> None:
    """The name of a department may have changed: it is asked again."""
    tx.execute(_ASK_DEPARTMENT, {"id_": department})


def _member(row: Row[Any]) -> Member:
    numbers = tuple[int, ...]
    return Member(
        row.userid,
        msgspec.json.decode(row.departments, type=numbers),
        msgspec.json.decode(row.tags, type=numbers),
        row.name,
        row.person_id,
        row.seen_at,
        row.left_at,
    )


def every_member(tx: Tx) -> dict[str, Member]:
    """Everybody who is or was in the directory, by userid."""
    return {row.userid: _member(row) for row in tx.all(_MEMBERS)}


def member(tx: Tx, userid: str) -> Member | None:
    """One of them."""
    row = tx.first(_MEMBER, {"userid_": userid})
    return _member(row) if row else None


def counts(tx: Tx) -> tuple[int, int]:
    """How many departments and how many members there are."""
    return int(tx.scalar(_COUNT_DEPARTMENTS)), int(tx.scalar(_COUNT))


def save_members(tx: Tx, found: Iterable[Member]) -> None:
    """Write members as they are now."""
    rows = [_row(one) for one in found]
    if rows:
        tx.execute(_SAVE, rows)


def _row(one: Member) -> dict[str, Any]:
    return {
        "userid": one.userid,
        "person_id": one.person,
        "name": one.name,
        "departments": msgspec.json.encode(one.departments).decode(),
        "tags": msgspec.json.encode(one.tags).decode(),
        "seen_at": one.seen_at,
        "left_at": one.left_at,
    }


def note(tx: Tx, userid: str, in_departments: tuple[int, ...], now: datetime) -> None:
    """Somebody came or has changed: their name is asked again. Without departments those that are known stay."""
    row = {"userid": userid, "departments": msgspec.json.encode(in_departments).decode(), "seen_at": now}
    tx.execute(_NOTE, row)


def left(tx: Tx, userid: str, at: datetime) -> None:
    """A member is gone."""
    tx.execute(_LEFT, {"userid_": userid, "at": at})


def drop(tx: Tx, userid: str) -> None:
    """A userid is nobody's any more: its member has another."""
    tx.execute(_DROP, {"userid_": userid})


def forget(tx: Tx, before: datetime) -> int:
    """Forget members who left before; returns how many."""
    return tx.execute(_FORGET, {"before": before}).rowcount


def persons(tx: Tx) -> dict[str, int]:
    """Who a userid is here, of everybody who was met."""
    return {row.address: row.person_id for row in tx.all(_PERSONS)}


def person(tx: Tx, userid: str) -> Person | None:
    """Who a userid is here; None for somebody who was never met, or who is gone from the directory."""
    row = tx.first(_PERSON, {"userid_": userid})
    known = member(tx, userid)
    gone = known is not None and known.left_at is not None
    return people.person_of(row) if row is not None and not gone else None


# --- rules ----------------------------------------------------------------------------------------------------


def rules(tx: Tx) -> list[Rule]:
    """The rules that hold now, oldest first."""
    return [
        Rule(row.id, Role(row.role), row.department_id, row.tag_id, row.unit_id, row.project_id, row.name)
        for row in tx.all(_RULES)
    ]


def add_rule(tx: Tx, rule: Rule, by: int, now: datetime) -> int:
    """A new rule, whatever number it has; returns the number it has now."""
    row = {
        "department_id": rule.department,
        "tag_id": rule.tag,
        "name": rule.name,
        "role": str(rule.role),
        "unit_id": rule.unit,
        "project_id": rule.project,
        "by_id": by,
        "at": now,
    }
    return int(tx.scalar(_ADD_RULE, row))


def end_rule(tx: Tx, rule: int, now: datetime) -> bool:
    """A rule holds no more; False where it did not."""
    return tx.execute(_END_RULE, {"id_": rule, "at": now}).rowcount == 1


def held(tx: Tx, now: datetime) -> dict[int, list[Given]]:
    """Every role held now, by person, with the rule that gave it."""
    found: dict[int, list[Given]] = {}
    for row in tx.all(_HELD, {"now": now}):
        given = Given(row.id, (Role(row.role), row.unit_id, row.project_id), row.rule_id)
        found.setdefault(row.person_id, []).append(given)
    return found


def hand_on(tx: Tx, row: int, rule: int | None) -> None:
    """Another rule answers for a role from now on, or none: it is as if somebody had given it."""
    tx.execute(_HAND_ON, {"id_": row, "rule_": rule})
