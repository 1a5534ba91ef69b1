"""What is kept about one person beside their cases, for the copy they may have of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, select

from domain.messages import Message
from storage.files import FileRecord
from storage.tables import addresses, cases, departments, files, members, outbox, people, roles, talks, unionids
from storage.transaction import Tx

_PERSON = select(people).where(people.c.id == bindparam("person_"))
_DOORS = select(addresses).where(addresses.c.person_id == bindparam("person_")).order_by(addresses.c.id)
_ROLES = select(roles).where(roles.c.person_id == bindparam("person_")).order_by(roles.c.id)
_CASES = select(cases.c.id).where(cases.c.owner_id == bindparam("person_")).order_by(cases.c.id)
_SAID = (
    select(outbox.c.created_at, outbox.c.mine, outbox.c.message, outbox.c.channel)
    .where(outbox.c.person_id == bindparam("person_"))
    .order_by(outbox.c.id)
)
_TALKS = select(talks.c.flow, talks.c.touched_at, talks.c.memory).where(talks.c.person_id == bindparam("person_"))
_LOOSE = select(files).where(files.c.person_id == bindparam("person_"), files.c.case_id.is_(None)).order_by(files.c.id)
_UNIONIDS = select(unionids.c.unionid).where(unionids.c.person_id == bindparam("person_")).order_by(unionids.c.unionid)
_MEMBERS = select(members).where(members.c.person_id == bindparam("person_")).order_by(members.c.userid)
_DEPARTMENTS = select(departments.c.id, departments.c.name)


@dataclass(frozen=True, slots=True)
class Known:
    """The profile of a person."""

    name: str
    phone: str
    enterprise: str
    language: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Door:
    """An address a person writes from."""

    channel: str
    address: str
    used_at: datetime
    reachable: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What an organisation's directory says of a person. departments: by their names."""

    userid: str
    name: str
    departments: list[str]
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Office:
    """A role the person holds or held."""

    role: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message to the person, or their own words (mine)."""

    at: datetime
    mine: bool
    channel: str
    message: Message


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A conversation under way, with what was answered so far."""

    flow: str
    at: datetime
    answers: dict[str, object]


def known(tx: Tx, person: int) -> Known | None:
    """The profile; None for nobody."""
    row = tx.first(_PERSON, {"person_": person})
    return Known(row.name, row.phone, row.enterprise, row.language, row.created_at) if row else None


def doors(tx: Tx, person: int) -> list[Door]:
    """Every address."""
    rows = tx.all(_DOORS, {"person_": person})
    return [Door(row.channel, row.address, row.used_at, bool(row.reachable)) for row in rows]


def unionids_of(tx: Tx, person: int) -> list[str]:
    """The names under which WeChat's platforms know the person."""
    return [str(row.unionid) for row in tx.all(_UNIONIDS, {"person_": person})]


def entries(tx: Tx, person: int) -> list[Entry]:
    """What the directory has of the person."""
    rows = tx.all(_MEMBERS, {"person_": person})
    names = {row.id: row.name or f"#{row.id}" for row in tx.all(_DEPARTMENTS)} if rows else {}
    return [
        Entry(
            row.userid,
            row.name,
            [names.get(one, f"#{one}") for one in msgspec.json.decode(row.departments)],
            row.left_at,
        )
        for row in rows
    ]


def offices(tx: Tx, person: int) -> list[Office]:
    """Every role, held or ended."""
    return [Office(row.role, row.since, row.until) for row in tx.all(_ROLES, {"person_": person})]


def cases_of(tx: Tx, person: int) -> list[int]:
    """Every case of the person, the oldest first."""
    return [row.id for row in tx.all(_CASES, {"person_": person})]


def said(tx: Tx, person: int) -> list[Said]:
    """Every message kept, the oldest first."""
    rows = tx.all(_SAID, {"person_": person})
    return [
        Said(row.created_at, bool(row.mine), row.channel, msgspec.json.decode(row.message, type=Message))
        for row in rows
    ]


def unfinished(tx: Tx, person: int) -> list[Unfinished]:
    """Every conversation under way."""
    rows = tx.all(_TALKS, {"person_": person})
    return [Unfinished(row.flow, row.touched_at, msgspec.json.decode(row.memory).get("answers", {})) for row in rows]


def loose_files(tx: Tx, person: int) -> list[FileRecord]:
    """Files the person sent that belong to no case."""
    return [
        FileRecord(row.id, row.code, row.name, row.media, row.size_bytes, row.digest, row.person_id, row.case_id)
        for row in tx.all(_LOOSE, {"person_": person})
    ]
