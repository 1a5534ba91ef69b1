"""What is erased of cases and of a person, table by table. Numbers, statuses, times, kinds, units and hashes stay.

An event loses its content together with its salt: the commitment stays, so that the chain still verifies and nobody
can try out what may have stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import String, bindparam, cast, delete, literal, literal_column, or_, select, update

from storage import discarded, exports
from storage.inbox import as_it_came
from storage.tables import (
    addresses,
    album_parts,
    approvals,
    cases,
    codes,
    deputies,
    events,
    fetches,
    file_refs,
    files,
    inbox,
    ledger,
    members,
    outbox,
    papers,
    people,
    roles,
    sessions,
    talks,
    told,
    unionids,
    visits,
    windows,
)
from storage.transaction import Tx

_IDS: Any = bindparam("ids", expanding=True)
_PERSON: Any = bindparam("person_")

_BLANK_CASES = (
    update(cases)
    .where(cases.c.id.in_(_IDS))
    .values(facts="", contact="", enterprise="", place="", occasion="", told_ref="", merged_into=None)
    .values(erased_at=bindparam("now_"))
)
#: The page of a letter is found no more.
_DEAD: Any = literal("erased-").concat(cast(papers.c.id, String))
#: The statements that take the words out of cases; each counts what it touched.
_OF_CASES: tuple[tuple[str, Any], ...] = (
    ("steps", update(events).where(events.c.case_id.in_(_IDS)).values(content=None, salt=None)),
    ("ratings", update(visits).where(visits.c.case_id.in_(_IDS)).values(words="")),
    ("approvals", update(approvals).where(approvals.c.case_id.in_(_IDS)).values(facts=literal_column("'{}'"))),
    ("papers", update(papers).where(papers.c.case_id.in_(_IDS)).values(title="", body="", code=_DEAD)),
    ("ledger", update(ledger).where(ledger.c.case_id.in_(_IDS)).values(words="")),
)
_FILES_OF_CASES = select(files.c.id, files.c.digest).where(files.c.case_id.in_(_IDS))
_LOOSE_FILES = select(files.c.id, files.c.digest).where(files.c.person_id == _PERSON, files.c.case_id.is_(None))
_LOOSE_OF_THESE = _LOOSE_FILES.where(files.c.id.in_(_IDS))
_DROP_FETCHES = delete(fetches).where(fetches.c.file_id.in_(_IDS))
_DROP_REFS = delete(file_refs).where(file_refs.c.file_id.in_(_IDS))
_DROP_FILES = delete(files).where(files.c.id.in_(_IDS))

_DOORS = select(addresses.c.id, addresses.c.channel, addresses.c.address).where(addresses.c.person_id == _PERSON)
_DROP_SAID = delete(outbox).where(or_(outbox.c.person_id == _PERSON, outbox.c.address_id.in_(_IDS)))
_DROP_WINDOWS = delete(windows).where(windows.c.address_id.in_(_IDS))
_DROP_DOORS = delete(addresses).where(addresses.c.id.in_(_IDS))
_DROP_FAILED = delete(inbox).where(inbox.c.channel == bindparam("channel_"), inbox.c.raw.contains(bindparam("raw_")))
_DROP_ALBUMS = delete(album_parts).where(
    album_parts.c.channel == bindparam("channel_"), album_parts.c.address == bindparam("address_")
)
#: What else is a person's alone.
_OF_PERSON: tuple[tuple[str, Any], ...] = (
    ("talks", delete(talks).where(talks.c.person_id == _PERSON)),
    ("told", delete(told).where(told.c.person_id == _PERSON)),
    ("sessions", delete(sessions).where(sessions.c.person_id == _PERSON)),
    ("unionids", delete(unionids).where(unionids.c.person_id == _PERSON)),
    ("members", delete(members).where(members.c.person_id == _PERSON)),
    ("deputies", delete(deputies).where(or_(deputies.c.person_id == _PERSON, deputies.c.deputy_id == _PERSON))),
)
_DROP_CODES = delete(codes).where(or_(codes.c.person_id == _PERSON, codes.c.facts == bindparam("device")))
_BLANK_PERSON = (
    update(people)
    .where(people.c.id == _PERSON)
    .values(name=bindparam("name_"), phone="", enterprise="")
    .values(consented=0, consented_at=None, erased_at=bindparam("now_"))
)
_END_ROLES = update(roles).where(roles.c.person_id == _PERSON, roles.c.until.is_(None)).values(until=bindparam("now_"))

#: How many rows are looked through at a time.
_LOOK = 2000
_SAID = (
    select(outbox.c.id, outbox.c.message, outbox.c.state, outbox.c.about)
    .where(outbox.c.id > bindparam("after"), outbox.c.created_at >= bindparam("since"))
    .where(or_(outbox.c.person_id.is_(None), outbox.c.person_id.in_(select(roles.c.person_id))))
    .order_by(outbox.c.id)
    .limit(_LOOK)
)
_UNSAY = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(message=bindparam("message_"), state=bindparam("state_"), card="")
)
_TALKS = select(talks.c.id, talks.c.arg, talks.c.memory).order_by(talks.c.id)
_DROP_TALK = delete(talks).where(talks.c.id == bindparam("id_"))
_FAILED = select(inbox.c.channel, inbox.c.key, inbox.c.raw, inbox.c.unread).where(inbox.c.state == "failed")
_DROP_ARRIVAL = delete(inbox).where(inbox.c.channel == bindparam("channel_"), inbox.c.key == bindparam("key_"))
_CONTENTS = select(events.c.content).where(events.c.case_id == bindparam("case_"), events.c.content.is_not(None))

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Door:
    """An address of a person, which is a name as well."""

    id: int
    channel: str
    address: str


def of_cases(tx: Tx, ids: Iterable[int], now: datetime) -> Counts:
    """Take the words, names and files out of these cases; returns what was touched, by sort."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    counts = {sort: tx.execute(statement, {"ids": wanted}).rowcount for sort, statement in _OF_CASES}
    counts["cases"] = tx.execute(_BLANK_CASES, {"ids": wanted, "now_": now}).rowcount
    counts["files"] = _drop_files(tx, tx.all(_FILES_OF_CASES, {"ids": wanted}), now)
    return counts


def _drop_files(tx: Tx, rows: list[Any], now: datetime) -> int:
    if not rows:
        return 0
    ids = [row.id for row in rows]
    tx.execute(_DROP_FETCHES, {"ids": ids})
    tx.execute(_DROP_REFS, {"ids": ids})
    tx.execute(_DROP_FILES, {"ids": ids})
    discarded.add(tx, [row.digest for row in rows], now)
    return len(ids)


def of_files(tx: Tx, person: int, ids: Iterable[int], now: datetime) -> int:
    """Forget those of these files that a person has sent and that belong to no case; returns how many."""
    wanted = sorted(set(ids))
    return _drop_files(tx, tx.all(_LOOSE_OF_THESE, {"person_": person, "ids": wanted}), now) if wanted else 0


def doors(tx: Tx, person: int) -> list[Door]:
    """The addresses a person writes from."""
    return [Door(row.id, row.channel, row.address) for row in tx.all(_DOORS, {"person_": person})]


def of_person(tx: Tx, person: int, now: datetime, name: str = "") -> Counts:
    """Forget who somebody is: profile, doors, talks, messages, loose files, codes, roles. name: what stays of it.

    Signals "erased" for each door that is closed by it.
    """
    counts = {sort: tx.execute(statement, {"person_": person}).rowcount for sort, statement in _OF_PERSON}
    tx.execute(_DROP_CODES, {"person_": person, "device": msgspec.json.encode({"person": person}).decode()})
    known = doors(tx, person)
    counts["messages"] = tx.execute(_DROP_SAID, {"person_": person, "ids": [door.id for door in known]}).rowcount
    counts["files"] = _drop_files(tx, tx.all(_LOOSE_FILES, {"person_": person}), now)
    exports.forget(tx, person, now)
    _drop_arrivals(tx, known)
    tx.execute(_END_ROLES, {"person_": person, "now_": now})
    tx.execute(_BLANK_PERSON, {"person_": person, "name_": name, "now_": now})
    counts["doors"] = _close(tx, known)
    return counts


def _drop_arrivals(tx: Tx, known: list[Door]) -> None:
    """Forget what was set aside, and what waits for the rest of an album."""
    for door in known:
        written = f'"address":{msgspec.json.encode(door.address).decode()}'
        tx.execute(_DROP_FAILED, {"channel_": door.channel, "raw_": written})
        tx.execute(_DROP_ALBUMS, {"channel_": door.channel, "address_": door.address})
    _drop_unread(tx, known)


def _drop_unread(tx: Tx, known: list[Door]) -> None:
    """The same for what nobody could understand: it is theirs where their address stands in it."""
    unread = [row for row in tx.all(_FAILED) if row.unread]
    for door in known if unread else ():
        named = re.compile(rf"(?<!\w){re.escape(door.address)}(?!\w)")
        for row in unread:
            if row.channel == door.channel and named.search(as_it_came(row)):
                drop_arrival(tx, row.channel, row.key)


def _close(tx: Tx, known: list[Door]) -> int:
    for door in known:
        tx.signal("erased", door.channel, door.id)
    if not known:
        return 0
    ids = {"ids": [door.id for door in known]}
    tx.execute(_DROP_WINDOWS, ids)
    return tx.execute(_DROP_DOORS, ids).rowcount


# --- words that stand elsewhere -----------------------------------------------------------------------------------


def texts_of(tx: Tx, case: int) -> Iterator[str]:
    """Every text in the steps of a case."""
    for row in tx.all(_CONTENTS, {"case_": case}):
        yield from _texts(msgspec.json.decode(row.content))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def said_to_officials(tx: Tx, since: datetime) -> Iterator[tuple[int, str, str]]:
    """(id, message as JSON, state) of everything said to officials and groups, or by them, since then."""
    after = 0
    while rows := tx.all(_SAID, {"after": after, "since": since}):
        for row in rows:
            yield row.id, f"{row.message} {row.about}", row.state
        after = rows[-1].id


def unsay(tx: Tx, row: int, message: str, state: str) -> None:
    """Put another message (as JSON) in the place of one, in this state: "replaced" for one that is not to be sent."""
    tx.execute(_UNSAY, {"id_": row, "message_": message, "state_": state})


def drop_talk(tx: Tx, talk: int) -> None:
    """End a talk with all it remembers."""
    tx.execute(_DROP_TALK, {"id_": talk})


def all_talks(tx: Tx) -> list[tuple[int, str, str]]:
    """(id, argument, memory as JSON) of every talk under way."""
    return [(row.id, row.arg, row.memory) for row in tx.all(_TALKS)]


def failed_arrivals(tx: Tx) -> list[tuple[str, str, str]]:
    """(channel, key, raw form) of every arrival set aside."""
    return [(row.channel, row.key, as_it_came(row)) for row in tx.all(_FAILED)]


def drop_arrival(tx: Tx, channel: str, key: str) -> None:
    """Forget an arrival set aside; it cannot be run again."""
    tx.execute(_DROP_ARRIVAL, {"channel_": channel, "key_": key})
