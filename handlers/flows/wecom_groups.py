"""Groups on WeCom: one with a robot, one made for a unit's officials, and the customer groups of a colleague."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from domain.audience import Sort
from domain.errors import Refused
from domain.messages import Answer, Button, Message
from domain.rights import RIGHTS, Right
from handlers import bindings, confirmations, menus, phrases, unit_groups
from handlers.confirmations import CUSTOMERS
from handlers.flows import rooms
from handlers.questions import Choice, Confirm, Heard, Option, Text, Wrong, words_of
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.unit_groups import UNIT_GROUP
from handlers.words import _, speaking
from storage import app_members, groups, outbox
from storage.transaction import Tx

ADMINISTRATORS = RIGHTS[Right.GROUPS]
LONGEST_NAME = 30
LONGEST_WEBHOOK = 300
KEY = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
WEBHOOK = "/cgi-bin/webhook/send"
#: So often a name is asked for before the talk ends.
MOST_TRIES = 5
#: Whose customer groups may hear announcements: those of enterprises.
ENTERPRISES = (Sort.ALL, Sort.PROJECT, Sort.INDUSTRY)


class NotOnWecom(Refused):
    """The office is not connected to this part of WeCom yet. The administrator of the server sets it up; the doctor
    says what is missing."""


class NobodyFound(Refused):
    """I find no such colleague in WeCom. Only those can be chosen who have written to me in the app. Ask them to say
    hello there, then send /groups."""


# --- a robot in a group -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Webhook(Text):
    """The address of a group robot, or its key alone: the key is the answer. host: where such addresses lead."""

    host: str
    most: int = LONGEST_WEBHOOK

    def read(self, answer: Answer, before: str | None, menu: object) -> Heard[str]:
        words = words_of(answer, 1, self.most).strip()
        key = _key_of(words, self.host) if "/" in words else words
        if KEY.fullmatch(key) is None:
            raise Wrong(
                _(
                    "That is no address of a group robot. It looks like {example} and stands in the robot's details; "
                    "please copy it whole.",
                    example=f"https://{self.host}{WEBHOOK}?key=…",
                )
            )
        return Heard(key)


def _key_of(words: str, host: str) -> str:
    """The key in the address of a robot; "" where it is none, or leads elsewhere."""
    try:
        parts = urlsplit(words)
        keys = parse_qs(parts.query).get("key", [])
    except ValueError:
        return ""
    fits = parts.scheme in ("http", "https") and parts.netloc == host and parts.path == WEBHOOK
    return keys[0] if fits and len(keys) == 1 else ""


@flow("robot", roles=ADMINISTRATORS)
async def robot(talk: Talk) -> Message:
    """A group with a robot is bound. The robot's address is asked last and acted on at once: no talk keeps it."""
    host = talk.read("host", _robots)
    sort, which = await rooms.for_whom(talk)
    prompt = _("What is the group called? The name stands in /groups.")
    name = await talk.ask("name", Text(prompt=prompt, most=LONGEST_NAME, label=_("Group")))
    words = talk.read("audience", _words, sort, which)
    facts = ((_("Group"), name), (_("Audience"), words))
    title = _("Please check")
    await talk.confirm(Confirm(prompt=rooms.asked(sort, words), title=title, facts=facts, yes=rooms.agreed(sort)))
    prompt = _(
        "Now the robot: in the group's settings in WeCom choose message push (group robot), add one, and copy its "
        "Webhook address here. I post one line in the group to try it. The address is a secret: I never show it again."
    )
    key = await talk.ask("webhook", Webhook(prompt=prompt, host=host))
    talk.do("bound", _bind_robot, sort, which, " ".join(name.split()), key)
    text = _(
        "“{name}” is bound as {audience}. Is my line there? If not, I tell you here why.", name=name, audience=words
    )
    return menus.menu(talk.turn, text).plus(Button(_("Groups"), "f:groups"))


def _robots(turn: Turn) -> str:
    if not turn.office.robots:
        raise NotOnWecom()
    return turn.office.robots


def _words(turn: Turn, sort: Sort, which: str) -> str:
    return bindings.words_of(turn.tx, rooms.audience(sort, which))


def _bind_robot(turn: Turn, sort: Sort, which: str, name: str, key: str) -> int:
    """Bind the group of a robot and say hello there; returns the id of its address. Raises OtherKind."""
    turn.incoming = replace(turn.incoming, text=_("(the robot's address)"))  # the history of a door shows it else
    door = groups.open_door(turn.tx, rooms.ROBOT, key, turn.now)
    bound = bindings.bind_at_once(turn.tx, door, rooms.audience(sort, which), name, turn.person.id, turn.now)
    with speaking(turn.office.language):
        outbox.say(turn.tx, door, None, _hello(turn.tx, officials=bound.audience.officials), turn.now)
    return door.id


def _hello(tx: Tx, *, officials: bool) -> Message:
    if officials:
        return unit_groups.hello(tx)
    text = _(
        "This group is connected with {office}: announcements are posted here. Matters of one business are not "
        "discussed in a group; for those please write to us privately.",
        office=tx.office.name,
    )
    return Message(text, buttons=((Button(_("Write to me privately"), "f:start"),),))


# --- a group for the officials of a unit ------------------------------------------------------------------------------


@flow("unit_group", roles=ADMINISTRATORS)
async def unit_group(talk: Talk) -> Message:
    """The app makes a group of a unit's officials, and keeps it in step with their roles."""
    talk.read("open", _connected, UNIT_GROUP)
    unit = int(await rooms.of_unit(talk))
    names = talk.read(f"names{unit}", unit_groups.names, unit)
    facts = ((_("People"), str(len(names))), (_("In it"), phrases.listed(names[:30])))
    prompt = _("Make a WeCom group of these people? Who joins or leaves the unit later joins or leaves it by itself.")
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=facts, yes=_("Make the group")))
    talk.do("asked", unit_groups.make, unit)
    text = _("The group is being made. I tell you here when it is there, mostly within a minute.")
    return menus.menu(talk.turn, text).plus(Button(_("Groups"), "f:groups"))


def _connected(turn: Turn, channel: str) -> bool:
    if channel not in turn.office.platforms:
        raise NotOnWecom()
    return True


# --- customer groups of a colleague -----------------------------------------------------------------------------------


@flow("customers", roles=ADMINISTRATORS)
async def customers(talk: Talk) -> Message:
    """A colleague's customer groups hear announcements; the colleague confirms each in WeCom."""
    talk.read("open", _connected, CUSTOMERS)
    member = await _colleague(talk)
    name = talk.read(f"named{member}", _name, member)
    sort, which = await rooms.for_whom(talk, ENTERPRISES)
    words = talk.read("audience", _words, sort, which)
    facts = ((_("Colleague"), name), (_("Audience"), words))
    prompt = _(
        "Post announcements in all customer groups of this colleague? WeCom asks the colleague to confirm each one "
        "before it goes out, and lets a group have as many a month as the month has days."
    )
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=facts, yes=_("Yes, bind them")))
    talk.do("bound", _bind_customers, member, sort, which)
    text = _("Bound: announcements for {audience} go to the customer groups of {name}.", audience=words, name=name)
    return menus.menu(talk.turn, text).plus(Button(_("Groups"), "f:groups"))


async def _colleague(talk: Talk) -> int:
    """The id of the address of a colleague, sought by name. Raises NobodyFound."""
    prompt = _("Whose customer groups? Send the colleague's name, or a part of it.")
    for attempt in range(MOST_TRIES):
        words = await talk.ask(f"name{attempt or ''}", Text(prompt=prompt, most=LONGEST_NAME))
        found = talk.read(f"found{attempt}:{words}", _named, words)
        if found:
            lines = tuple(Option(str(door), name) for door, name in found)
            question = Choice(prompt=_("This colleague?"), lines=lines, label=_("Colleague"))
            chosen = await talk.ask(f"member{attempt or ''}", question)
            return int(chosen)
        prompt = _(
            "I find no “{name}” in WeCom. Only who has written to me in the app can be chosen. Another name?",
            name=words,
        )
    raise NobodyFound()


def _named(turn: Turn, words: str) -> list[tuple[int, str]]:
    return [(one.id, confirmations.called(one)) for one in app_members.named(turn.tx, confirmations.APP, words.strip())]


def _name(turn: Turn, member: int) -> str:
    found = app_members.get(turn.tx, confirmations.APP, member)
    return confirmations.called(found) if found else ""


def _bind_customers(turn: Turn, member: int, sort: Sort, which: str) -> int:
    return confirmations.bind(turn, member, rooms.audience(sort, which))
