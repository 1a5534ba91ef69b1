"""What WeCom tells the app, decoded by type and turned into words of no channel (D90239, D90240).

What comes is the opened XML of one callback. WeCom tells everything up to three times, and two different things in one
second: a message is known by its number, an event by everything in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec

from bot.channels.contract import Unreadable
from bot.channels.wecom.contents import content
from bot.channels.wecom.crypto import Forged
from bot.channels.wecom.envelope import Element, parsed, rows, text
from bot.channels.wecom.shapes import Click, Kind, Telling
from domain.messages import GONE, HERE, Incoming

NAME = "wecom"
#: The button under a list of choices, and the name of the list.
CHOOSE, CHOICE = "choose", "choice"
LONGEST_PRESS, LONGEST_COMMAND = 200, 300
EVENT, ENTERED = "event", "enter_agent"
#: Who speaks where nobody does: the platform tells of the directory.
NOBODY = "sys"

_encode = msgspec.json.Encoder(order="sorted").encode


def parse(raw: bytes, agent: str) -> Incoming | None:
    """What a callback says to us, None where it says nothing; agent is the app's own id.

    Raises Unreadable for what is no callback of WeCom's.
    """
    try:
        element = parsed(raw)
        kind = msgspec.convert(element, Kind)
        if kind.msg_type != EVENT:
            return _message(kind.msg_type, element, agent)
        read = EVENTS.get(kind.event.lower())  # the names of events come in any case
        if read is None or text(element, "FromUserName") == NOBODY:
            return None
        told = msgspec.convert(element, Telling, strict=False)
        return read(told, element, f"{agent}:e{hashlib.sha256(_encode(element)).hexdigest()}")
    except (Forged, msgspec.ValidationError) as error:
        key = f"{agent}:x{hashlib.sha256(raw).hexdigest()}"
        raise Unreadable(key, f"no callback of WeCom: {type(error).__name__}") from None


def code_of(raw: bytes) -> tuple[str, str] | None:
    """The card that was tapped, and the code by which it may be changed now; None where no card was."""
    if b"ResponseCode" not in raw:
        return None
    try:
        click = msgspec.convert(parsed(raw), Click)
    except (Forged, msgspec.ValidationError):
        return None
    return (click.task_id, click.response_code) if click.task_id and click.response_code else None


def entered(raw: bytes) -> bool:
    """Whether somebody has only opened the app."""
    if ENTERED.encode() not in raw.lower():
        return False
    try:
        return text(parsed(raw), "Event").lower() == ENTERED
    except Forged:
        return False


# --- messages -----------------------------------------------------------------------------------------------------


def _message(sort: str, element: Element, agent: str) -> Incoming:
    """A message; one of a sort that is not known has no words, and is answered all the same."""
    told = msgspec.convert(element, Telling, strict=False)
    if not told.msg_id:
        raise msgspec.ValidationError("a message has a number")
    sender = hashlib.sha256(told.from_user_name.encode()).hexdigest()[:16]
    return Incoming(
        NAME,
        f"{agent}:m{sender}{told.create_time}:{told.msg_id}",
        told.from_user_name,
        ref=told.msg_id,
        sent_at=datetime.fromtimestamp(told.create_time, UTC),
        **content(sort, element),
    )


# --- events -------------------------------------------------------------------------------------------------------


def _came(told: Telling, _element: Element, key: str) -> Incoming:
    return _presence(told, key, HERE)


def _went(told: Telling, _element: Element, key: str) -> Incoming:
    return _presence(told, key, GONE)


def _presence(told: Telling, key: str, presence: str) -> Incoming:
    sent_at = datetime.fromtimestamp(told.create_time, UTC)
    return Incoming(NAME, key, told.from_user_name, sent_at=sent_at, presence=presence)


def _clicked(told: Telling, element: Element, key: str) -> Incoming:
    """An entry of the app's menu holds a command, or the value of a button."""
    chosen = msgspec.convert(element, Click).event_key
    if chosen.startswith("f:"):
        return _pressed(told, key, chosen, "")
    sent_at = datetime.fromtimestamp(told.create_time, UTC)
    return Incoming(NAME, key, told.from_user_name, chosen[:LONGEST_COMMAND], sent_at=sent_at)


def _tapped(told: Telling, element: Element, key: str) -> Incoming:
    """A button of a card, or the choice in its list."""
    click = msgspec.convert(element, Click)
    value = _chosen(element) if click.event_key == CHOOSE else click.event_key
    return _pressed(told, key, value, click.task_id or "")


def _chosen(element: Element) -> str:
    """What was picked in our list, "" for nothing."""
    for item in rows(element, "SelectedItems", "SelectedItem"):
        if isinstance(item, Mapping) and item.get("QuestionKey") == CHOICE:
            return next((one for one in rows(item, "OptionIds", "OptionId") if isinstance(one, str)), "")
    return ""


def _pressed(told: Telling, key: str, value: str, task: str) -> Incoming:
    sent_at = datetime.fromtimestamp(told.create_time, UTC)
    return Incoming(NAME, key, told.from_user_name, press=value[:LONGEST_PRESS], sent_at=sent_at, replies_to=task)


#: What events say to us; what is not here is told for other reasons, or is nobody's word.
EVENTS: Mapping[str, Callable[[Telling, Element, str], Incoming | None]] = MappingProxyType(
    {
        ENTERED: _came,
        "subscribe": _came,
        "unsubscribe": _went,
        "click": _clicked,
        "template_card_event": _tapped,
        "template_card_menu_event": _tapped,
    }
)
