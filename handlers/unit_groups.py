"""Groups that the office makes for the officials of a unit, in the app where they are: who belongs, what became of it.

The platform is called by others, between transactions; here stands what it is to be called for, and what follows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from domain.audience import Audience, Sort
from domain.errors import Refused
from domain.messages import Message
from handlers import bindings
from handlers.turn import Turn
from handlers.words import N_, _, speaking
from storage import app_members, groups, outbox, people
from storage.groups import Bound
from storage.transaction import Tx

#: The channel of these groups, and that of the people in them.
UNIT_GROUP, APP = "appchat", "wecom"
#: Under this topic a commit says that a group is to be made.
WANTED = "unit groups"
#: How many people such a group has at the least, and the longest name of one
#: (https://developer.work.weixin.qq.com/document/path/90245).
LEAST_MEMBERS, LONGEST_NAME = 2, 50
LETTERS, CHAT_LENGTH = "0123456789abcdefghijklmnopqrstuvwxyz", 32


class TooFew(Refused):
    """A group needs at least two people of the unit who have written to me in WeCom. Please ask the others to open the
    app and say hello; then make the group with /groups."""


class MadeAlready(Refused):
    """This unit has its group already; /groups shows it. People of the unit are added to it by themselves."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group as it should be. chat: the name by which the platform is to know it; members: its names of people.

    made: it was there already.
    """

    address_id: int
    chat: str
    name: str
    members: tuple[str, ...]
    made: bool


def names(turn: Turn, unit: int) -> list[str]:
    """Who would be in the group of a unit. Raises TooFew or MadeAlready."""
    if any(one.audience.unit == unit for one in _groups(turn.tx)):
        raise MadeAlready()
    found = app_members.of_unit(turn.tx, APP, unit, turn.now)
    if len(found) < LEAST_MEMBERS:
        raise TooFew()
    return [one.name or _("no name") for one in found]


def make(turn: Turn, unit: int) -> int:
    """Have a group made for a unit; returns the id of its address. Raises as `names`."""
    names(turn, unit)
    chat = "".join(secrets.choice(LETTERS) for _one in range(CHAT_LENGTH))
    door = groups.open_door(turn.tx, UNIT_GROUP, chat, turn.now, reachable=False)
    with speaking(turn.office.language):
        title = bindings.words_of(turn.tx, Audience(Sort.UNIT, unit))[:LONGEST_NAME]
    groups.bind(turn.tx, door.id, Audience(Sort.UNIT, unit), title, turn.person.id, turn.now)
    turn.tx.signal(WANTED)
    return door.id


def wanted(tx: Tx, now: datetime) -> list[Wanted]:
    """Every group there should be, with the people who should be in it."""
    return [
        Wanted(one.door.id, one.door.address, one.name, _members(tx, one, now), one.door.reachable)
        for one in _groups(tx)
        if one.door.reachable or is_being_made(tx, one)
    ]


def _groups(tx: Tx) -> list[Bound]:
    return [one for one in groups.every(tx) if one.door.channel == UNIT_GROUP]


def _members(tx: Tx, one: Bound, now: datetime) -> tuple[str, ...]:
    unit = one.audience.unit
    assert unit is not None
    return tuple(member.address for member in app_members.of_unit(tx, APP, unit, now))


def is_being_made(tx: Tx, one: Bound) -> bool:
    """Whether a group is asked for and not there yet; one that was there and is lost is not made again."""
    made = one.door.reachable or outbox.known(tx, _hello(one.door.id))
    return one.door.channel == UNIT_GROUP and not made


def _hello(address: int) -> str:
    return f"group hello:{address}"


def made(tx: Tx, address: int, now: datetime) -> None:
    """The group is there: it says what it is for, and whoever asked for it hears so."""
    bound = groups.get(tx, address)
    if bound is None or bound.door.reachable:
        return
    door = groups.open_door(tx, UNIT_GROUP, bound.door.address, now)
    with speaking(tx.office.language):
        outbox.say(tx, door, None, hello(tx), now, dedupe=_hello(door.id))
    bindings.tell_binder(tx, bound, N_("The group “{name}” is made; everybody in it sees it now."), now)


def hello(tx: Tx) -> Message:
    """The first words in a group of officials, in the language being spoken."""
    text = _(
        "{office} posts announcements for the unit here. Tasks and cases never stand in a group: they come to you in "
        "the app.",
        office=tx.office.name,
    )
    return Message(text)


def not_made(tx: Tx, address: int, now: datetime) -> None:
    """The platform has refused to make the group: whoever asked for it is told, once."""
    bound = groups.get(tx, address)
    if bound is None or not is_being_made(tx, bound):
        return
    groups.unbind(tx, address)
    text = N_(
        "WeCom did not make the group “{name}”. Most often somebody of the unit has left WeCom, or the "
        "app may not see the whole company. Please look into that, and make the group again."
    )
    bindings.tell_binder(tx, bound, text, now)


def gone(tx: Tx, address: int, now: datetime) -> None:
    """The group was dissolved: whoever asked for it is told, and nothing is written there any more."""
    bindings.lost(tx, address, now)
    people.unreachable(tx, address)
