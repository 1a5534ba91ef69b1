"""What the platform tells of its directory: taken at once, and looked at as a whole right after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from handlers import directory as comparisons
from handlers.confirmations import CUSTOMERS
from storage import directory, inbox, moving, people, roles
from storage.directory import CHANNEL
from storage.transaction import Tx

#: So begins no userid of the platform's; and how long they are.
ASIDE, LONGEST = "?", 64


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that has changed. sort: as the platform calls it; new_userid: the member is called so from now on.

    departments: those the member is in, () where it is not told; department: the one that has changed, 0 for none.
    """

    sort: str
    userid: str = ""
    new_userid: str = ""
    departments: tuple[int, ...] = ()
    department: int = 0


def take(tx: Tx, key: str, change: Change, now: datetime) -> None:
    """Take a change, once for its key. Whoever is gone loses every right here and now; the rest is asked for."""
    if not inbox.take(tx, CHANNEL, key, now):
        return
    directory.want(tx)  # first: it waits for a comparison that is being carried out, and sees what that has given
    act = CHANGES.get(change.sort)
    if act is not None:
        act(tx, change, now)


def _came(tx: Tx, change: Change, now: datetime) -> None:
    if change.userid:
        directory.note(tx, change.userid, change.departments, now)


def _changed(tx: Tx, change: Change, now: datetime) -> None:
    if change.userid and change.new_userid and change.new_userid != change.userid:
        _renamed(tx, change.userid, change.new_userid, now)
        change = replace(change, userid=change.new_userid)
    _came(tx, change, now)


def _renamed(tx: Tx, old: str, new: str, now: datetime) -> None:
    """The address of a member is another one: what waits for it, and who it is, go along.

    Calls come in any order: who is still called `new` here and in office waits aside for a name of their own, and
    nobody is taken for somebody else.
    """
    if people.find(tx, CHANNEL, _aside(old)) is not None:
        old = _aside(old)
    known, there = people.find(tx, CHANNEL, old), people.find(tx, CHANNEL, new)
    other = there[1] if there is not None and (known is None or known[1] != there[1]) else None
    if there is not None and other is not None and roles.own(tx, other.id, now):
        _move(tx, new, _aside(new), now)
        people.unreachable(tx, there[0].id)
    _move(tx, old, new, now)


def _aside(userid: str) -> str:
    """What its former member is called here meanwhile: a name that is none of the platform's, and no longer."""
    return f"{ASIDE}{userid}"[:LONGEST]


def _move(tx: Tx, old: str, new: str, now: datetime) -> None:
    for channel in (CHANNEL, CUSTOMERS):
        if known := people.find(tx, channel, old):
            moving.move_address(tx, known[0].id, new)
    member = directory.member(tx, old)
    if member is not None:
        directory.drop(tx, old)
        directory.save_members(tx, [replace(member, userid=new, seen_at=now, left_at=None)])


def _left(tx: Tx, change: Change, now: datetime) -> None:
    aside = _aside(change.userid)
    if change.userid:
        comparisons.gone(tx, aside if directory.person(tx, aside) is not None else change.userid, now)


def _department(tx: Tx, change: Change, _now: datetime) -> None:
    directory.ask_department(tx, change.department)


#: What is done at once; of everything else the comparison knows.
CHANGES: Mapping[str, Callable[[Tx, Change, datetime], None]] = MappingProxyType(
    {
        "create_user": _came,
        "update_user": _changed,
        "delete_user": _left,
        "update_party": _department,
    }
)
