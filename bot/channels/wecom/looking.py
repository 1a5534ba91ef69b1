"""The directory as WeCom tells it: all of it, or an error. Names are asked only of those they are needed of.

Userids come to contact sync alone (D96067); names, tags and departments' names come to the app (D90196), for what is
in its visible range.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from bot.channels.wecom.calling import Caller, Refusal
from domain.directory import Department, Member, Rule, Seen, Tagged, fitting, members_after
from storage import directory
from storage.transaction import Tx

T = TypeVar("T")

PAGE = 10_000
#: A directory of a million; a cursor that goes in a circle ends here too.
MOST_PAGES = 500
PARALLEL = 4
LONGEST_USERID = 64
LONGEST_NAME = 80
#: Somebody who has left, in user/get.
LEFT = 5
#: The app may not see this member, department or tag: 48009, 60011, 60021; or it went while we asked: 60003, 60111,
#: 60123, 40068.
NOT_SEEN = frozenset({48009, 60011, 60021, 60003, 60111, 60123, 40068})


class Strange(Exception):
    """The platform's answer has another form than it should: nothing is made of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was known when the looking began. compared_at: when the last comparison was begun."""

    wanted: int
    compared_at: datetime | None
    departments: Mapping[int, Department]
    members: Mapping[str, Member]
    persons: Mapping[str, int]
    rules: tuple[Rule, ...]


def known(tx: Tx) -> Known:
    """Read it."""
    kept = directory.state(tx)
    return Known(
        kept.wanted,
        kept.state.compared_at,
        directory.every_department(tx),
        directory.every_member(tx),
        directory.persons(tx),
        tuple(directory.rules(tx)),
    )


async def look(contacts: Caller, app: Caller, before: Known, now: datetime) -> Seen:
    """Ask for everything. Raises Refusal, TryLater, OutcomeUnknown, Strange: then nothing is known."""
    members = await _members(contacts)
    departments = await _departments(contacts, app, before.departments)
    tags = await _tags(app)
    ruled = {rule.tag for rule in before.rules if rule.tag is not None} & tags.keys()
    tagged = {tag: await _tagged(app, tag) for tag in sorted(ruled)}
    seen = Seen(departments, members, now, before.wanted, tags=tags, tagged=tagged)
    names, gone = await _names(app, seen, before)
    return replace(seen, names=names, gone=gone)


async def _members(contacts: Caller) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    cursor = ""
    for _page in range(MOST_PAGES):
        fields = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
        answer = await contacts.call("user/list_id", fields, safe=True)
        for row in _rows(answer, "dept_user"):
            found.setdefault(_userid(row.get("userid")), set()).add(_number(row.get("department")))
        cursor = answer.get("next_cursor") or ""
        if not cursor:
            return {userid: tuple(sorted(of)) for userid, of in found.items()}
        if not isinstance(cursor, str):
            raise Strange
    raise Strange


async def _departments(contacts: Caller, app: Caller, before: Mapping[int, Department]) -> tuple[Department, ...]:
    answer = await contacts.call("department/simplelist")
    listed = [Department(_number(row.get("id")), _parent(row)) for row in _rows(answer, "department_id")]
    if not listed:
        raise Strange
    named = {one.id: before[one.id].name for one in listed if one.id in before and before[one.id].name}

    async def name(department: int) -> tuple[int, str]:
        found = await _seen(app, "department/get", {"id": str(department)})
        told = found.get("department")
        return department, _words(told.get("name")) if isinstance(told, dict) else ""

    named |= dict(await _several(name, [one.id for one in listed if one.id not in named]))
    return tuple(Department(one.id, one.parent, named.get(one.id, "")) for one in listed)


def _parent(row: Mapping[str, Any]) -> int | None:
    return _number(row.get("parentid")) or None


async def _tags(app: Caller) -> dict[int, str]:
    answer = await _seen(app, "tag/list", {})
    return {_number(row.get("tagid")): _words(row.get("tagname")) for row in _rows(answer, "taglist")}


async def _tagged(app: Caller, tag: int) -> Tagged:
    answer = await app.call("tag/get", query={"tagid": str(tag)})
    userids = frozenset(_userid(row.get("userid")) for row in _rows(answer, "userlist"))
    parties = answer.get("partylist") or []
    if not isinstance(parties, list):
        raise Strange
    return Tagged(userids, frozenset(map(_number, parties)))


async def _names(app: Caller, seen: Seen, before: Known) -> tuple[dict[str, str], frozenset[str]]:
    """Names of those who matter here and whose name is not known, and those of them who have left.

    Nobody else's is asked for: a company has thousands of members this office has no business with.
    """
    after = members_after(seen, before.members, before.persons)
    matter = {userid for userid in after if userid in before.persons}
    matter |= fitting(before.rules, seen.departments, after.values()).keys()

    async def ask(userid: str) -> tuple[str, str, bool]:
        found = await _seen(app, "user/get", {"userid": userid})
        return userid, _words(found.get("name")) or after[userid].name or userid, found.get("status") == LEFT

    asked = await _several(ask, [userid for userid in sorted(matter) if _is_news(after[userid], before.compared_at)])
    return {userid: name for userid, name, _left in asked}, frozenset(one for one, _name, left in asked if left)


def _is_news(one: Member, compared_at: datetime | None) -> bool:
    """Whether the name is not known, or may have changed since everything was asked for."""
    told_since = compared_at is not None and one.seen_at is not None and one.seen_at > compared_at
    return told_since or one.name in ("", one.userid)


async def _seen(app: Caller, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What the app is told; {} where it may not see that."""
    try:
        return await app.call(path, query=query)
    except Refusal as refusal:
        if refusal.code not in NOT_SEEN:
            raise
        return {}


async def _several(ask: Callable[[Any], Any], about: Iterable[Any]) -> list[Any]:
    """Ask about each, a few at a time; the first error ends it all."""
    gate = asyncio.Semaphore(PARALLEL)

    async def one(thing: Any) -> Any:
        async with gate:
            return await ask(thing)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(thing)) for thing in about]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


# --- what may be wrong with an answer ---------------------------------------------------------------------------


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = answer.get(name) or []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Strange
    return found


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**62:
        raise Strange
    return value


def _userid(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_USERID:
        raise Strange
    return value


def _words(value: Any) -> str:
    return " ".join(value.replace("\x00", "").split())[:LONGEST_NAME] if isinstance(value, str) else ""
