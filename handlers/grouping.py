"""What arrives in a group: it is bound by a code, and whatever else is asked there leads to the private chat.

No case is ever spoken of in a group, and what people say to each other there is neither answered nor kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.errors import Refused
from domain.messages import GONE, HERE, Button, Incoming, Message
from handlers import bindings
from handlers.registry import FLOWS, commands
from handlers.words import LANGUAGES, N_, _, of_error, speaking
from storage import arrivals, groups, moving, outbox, people
from storage.outbox import Priority
from storage.people import Address
from storage.transaction import Tx

#: So long a group is not told the same kind of thing again, however often it asks.
REST = timedelta(minutes=1)
#: What an answer in a group is about, for counting them.
LEAD, REFUSED = "group lead", "group refused"

COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.IGNORECASE | re.ASCII | re.DOTALL)
#: How a link that added the bot to the group shows the code.
STARTED_WITH = "bind_"
#: Only this goes along into the private chat: a number says nothing, and a one-time code is for one person alone.
CASE = re.compile(r"\d{8}-\d{4,6}|\d{1,15}", re.ASCII)
PAGE = "web"


def arrived(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """Take one arrival in a group."""
    door = _door(tx, incoming, now)
    if incoming.moved_to:
        moving.move_address(tx, door.id, incoming.moved_to)
    elif incoming.presence:
        _PRESENCE[incoming.presence](tx, door, incoming, now)
    elif not incoming.edits:
        _asked(tx, door, incoming, now)


def _door(tx: Tx, incoming: Incoming, now: datetime) -> Address:
    found = arrivals.arrive(tx, incoming.channel, incoming.address, now)
    if found is not None:
        return found.address
    return people.meet(tx, incoming.channel, incoming.address, _language(tx, incoming), now, group=True)[0]


def _language(tx: Tx, incoming: Incoming) -> str:
    return incoming.language if incoming.language in LANGUAGES else tx.office.language


# --- coming and going -----------------------------------------------------------------------------------------


def _came(tx: Tx, door: Address, incoming: Incoming, now: datetime) -> None:
    """The office is in a group (again): it says once what it is for."""
    _noted(tx, door, incoming)
    with speaking(tx.office.language):
        text = _(
            "Hello, this is {office}. I post announcements here. Matters of one business are not discussed in a group: "
            "for those please write to me privately.\nFor the administrator: send me /groups in private, and bind this "
            "group with the code you get.",
            office=tx.office.name,
        )
        outbox.say(tx, door, None, _with_way(text, "f:start"), now, dedupe=f"group hello:{door.id}")


def _went(tx: Tx, door: Address, incoming: Incoming, now: datetime) -> None:
    """The office was put out of a group: the binding stays, and whoever made it is told."""
    people.unreachable(tx, door.id)
    if bound := _noted(tx, door, incoming):
        text = N_(
            "I can no longer write in the group “{name}” ({audience}), so announcements do not reach it. "
            "Add me again, or unbind it."
        )
        bindings.tell_binder(tx, bound, text, now)


_PRESENCE: dict[str, Callable[[Tx, Address, Incoming, datetime], None]] = {HERE: _came, GONE: _went}


def _noted(tx: Tx, door: Address, incoming: Incoming) -> groups.Bound | None:
    """The group, where it is bound, under the title it has now."""
    bound = groups.get(tx, door.id)
    if bound is not None and incoming.name and incoming.name != bound.name:
        groups.rename(tx, door.id, incoming.name)
        return groups.get(tx, door.id)
    return bound


# --- what is asked ----------------------------------------------------------------------------------------------


def _asked(tx: Tx, door: Address, incoming: Incoming, now: datetime) -> None:
    if incoming.press:
        _lead(tx, door, incoming, _pressed(incoming.press), now)
        return
    found = COMMAND.fullmatch(incoming.text.strip())
    if found is None:
        return
    command, arg = found[1].casefold(), (found[2] or "").strip()
    code = _code(command, arg)
    if code is not None:
        _bind(tx, door, incoming, code, now)
    else:
        _lead(tx, door, incoming, _typed(command, arg), now)


def _code(command: str, arg: str) -> str | None:
    """The code that was shown to bind the group; None where it is another command."""
    if command == "bind":
        return arg
    if command == "start" and arg.startswith(STARTED_WITH):
        return arg.removeprefix(STARTED_WITH)
    return None


def _bind(tx: Tx, door: Address, incoming: Incoming, code: str, now: datetime) -> None:
    with speaking(_language(tx, incoming)):
        try:
            bound = bindings.bind(tx, door, code[:40], incoming.name, now)
        except Refused as refusal:
            _say_seldom(tx, door, Message(of_error(refusal)), REFUSED, now)
            return
        text = _(
            "Done: this group is bound as {audience}. Announcements for it are posted here; for anything else please "
            "write to me privately.",
            audience=bindings.words_of(tx, bound.audience),
        )
        outbox.say(tx, door, None, _with_way(text, "f:start"), now)
    bindings.tell_binder(tx, bound, N_("The group “{name}” is bound now: {audience}. Was it not you? Unbind it."), now)


def _pressed(value: str) -> str:
    """What a tap in a group leads to in private; nothing is done on the spot."""
    sort, _sep, rest = value.partition(":")
    name, _sep, arg = rest.partition(":")
    return _to(name, arg) if sort == "f" and name in FLOWS else "f:start"


def _typed(command: str, arg: str) -> str:
    found = commands().get(f"/{command}")
    return _to(found.name, arg) if found is not None else "f:start"


def _to(flow: str, arg: str) -> str:
    return f"f:{flow}:{arg}" if CASE.fullmatch(arg) else f"f:{flow}"


def _lead(tx: Tx, door: Address, incoming: Incoming, value: str, now: datetime) -> None:
    """One line with the way into the private chat, and no word of a case."""
    with speaking(_language(tx, incoming)):
        text = _("Matters of one business are not discussed in a group. Please write to me privately.")
        if door.channel == PAGE:
            message = Message(f"{text}\n{tx.office.url}/chat" if tx.office.url else text)
        else:
            message = _with_way(text, value)
        _say_seldom(tx, door, message, LEAD, now)


def _with_way(text: str, value: str) -> Message:
    return Message(text, buttons=((Button(_("Write to me privately"), value),),))


def _say_seldom(tx: Tx, door: Address, message: Message, about: str, now: datetime) -> None:
    """A group that asks again and again is answered once in a while, and the rest stays silent."""
    last = groups.last_said(tx, door.id, about)
    if last is None or now - last >= REST:
        outbox.say(tx, door, None, message, now, priority=Priority.REPLY, about=about)
