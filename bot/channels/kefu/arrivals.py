"""What customer service brings, one message at a time: an owner's words, or what has happened to the talk (D94670).

What comes is hostile until read: a wrong shape raises Unreadable, and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import msgspec

from bot.channels.contract import Unreadable
from bot.channels.kefu.menus import value_of
from domain.messages import GONE, HERE, Incoming, Place, Promised
from handlers.cleaning import kept
from handlers.registry import FLOWS
from storage.inbox import LONGEST_KEY

NAME = "kefu"
Fields = Mapping[str, Any]

CUSTOMER, SYSTEM, STAFF = 3, 4, 5
#: change_type of session_status_change: what ends a talk of the staff's; all others begin one or hand it on.
ENDS = 3
LONGEST_WORDS, LONGEST_LABEL, LONGEST_ADDRESS, LONGEST_REFERENCE = 50_000, 200, 128, 512
MOST_MERGED = 50
#: The year 2242; what comes later is no time.
LATEST = 1 << 33
#: What a link into the chat may carry, a conversation with what it is about; anything else only opens the chat.
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: The kinds of file: the name and media type of one, where none is said.
FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "image": ("photo.jpg", "image/jpeg"),
        "voice": ("voice.amr", "audio/amr"),
        "video": ("video.mp4", "video/mp4"),
        "file": ("file", ""),
    }
)
#: What an owner sends beside words and files: the fields that hold words, in their order.
WORDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "link": ("title", "desc", "url"),
        "miniprogram": ("title",),
        "channels": ("nickname", "title"),
        "channels_shop_product": ("title",),
        "note": ("title",),
        "meeting": ("title",),
        "calendar": ("title",),
    }
)


@dataclass(frozen=True, slots=True)
class Failed:
    """A message of ours that was taken and did not arrive. key: ours; sort: fail_type."""

    key: str
    sort: int


@dataclass(frozen=True, slots=True)
class Hand:
    """Since when a person of the staff is talking with somebody; theirs: False where they have stopped."""

    address: str
    since: datetime
    theirs: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as it is to be taken.

    incoming: None where there is nothing to be answered. opens: they have written, so that they may be written to.
    welcome: a code for one greeting. hand: who has the talk in hand now.
    """

    incoming: Incoming | None = None
    opens: datetime | None = None
    welcome: str = ""
    failed: Failed | None = None
    hand: Hand | None = None


NOTHING = Arrived()


def read(raw: bytes) -> Arrived:
    """What one message of a page says. Raises Unreadable."""
    spare = f"x{sha256(raw).hexdigest()}"
    try:
        fields = msgspec.json.decode(raw, type=dict[str, Any])
        key = _key(fields)
    except (ValueError, TypeError, RecursionError):
        raise Unreadable(spare, "no message of customer service") from None
    try:
        return _read(fields, key)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise Unreadable(key, "a message of another shape") from None


def _key(fields: Fields) -> str:
    key = _text(fields, "msgid")
    if not key:
        raise ValueError("a message has a name")
    return key if len(key.encode()) <= LONGEST_KEY - 8 else sha256(key.encode("utf-8", "replace")).hexdigest()


def _read(fields: Fields, key: str) -> Arrived:
    origin, sort = fields.get("origin"), _text(fields, "msgtype")
    if sort == "event":
        return _event(fields, key) if origin == SYSTEM else NOTHING
    if origin == STAFF:
        return Arrived(hand=Hand(_address(fields), _moment(fields), theirs=True))
    if origin != CUSTOMER:  # something that is new to us
        return NOTHING
    at = _moment(fields)
    incoming = Incoming(NAME, key, _address(fields), ref=key, sent_at=at)
    return Arrived(_said(incoming, fields, sort), opens=at)


# --- what owners say --------------------------------------------------------------------------------------------------


def _said(incoming: Incoming, fields: Fields, sort: str) -> Incoming:
    """The words of a message, its file or its place; without any where it is of a sort that cannot be read."""
    content = fields.get(sort, {})
    if not isinstance(content, dict):
        raise TypeError("the content of a message is an object")
    if sort == "text":
        return _texted(incoming, content)
    if sort in FILES:
        return replace(incoming, files=(_file(content, *FILES[sort]),))
    if sort == "location":
        return replace(incoming, place=_place(content))
    if sort == "merged_msg":
        return replace(incoming, text=_merged(content))
    words = (_text(content, name) for name in WORDED.get(sort, ()))
    return replace(incoming, text="\n".join(filter(None, words))[:LONGEST_WORDS])


def _texted(incoming: Incoming, content: Fields) -> Incoming:
    """Words, or a line of a menu that was tapped."""
    if press := value_of(_text(content, "menu_id")):
        return replace(incoming, press=press)
    return replace(incoming, text=_text(content, "content")[:LONGEST_WORDS])


def _file(content: Fields, name: str, media: str) -> Promised:
    media_id = _text(content, "media_id")
    if not 0 < len(media_id) <= LONGEST_REFERENCE:
        raise ValueError("a file has a name there")
    return Promised(_text(content, "filename")[:LONGEST_LABEL] or name, media, reference=f"media:{media_id}")


def _place(content: Fields) -> Place:
    lat, lon = _degrees(content["latitude"], 90), _degrees(content["longitude"], 180)
    label = f"{_text(content, 'name')} {_text(content, 'address')}".strip()
    return Place(lat, lon, label[:LONGEST_LABEL])


def _degrees(value: Any, most: float) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > most:
        raise ValueError("no degrees")
    return float(value)


def _merged(content: Fields) -> str:
    """The words of messages that were passed on together, each with who wrote it."""
    items = content.get("item", [])
    lines = [_text(content, "title")]
    for item in items[:MOST_MERGED] if isinstance(items, list) else []:
        if isinstance(item, dict) and (words := _passed_on(item)):
            lines.append(f"{_text(item, 'sender_name')}: {words}"[:LONGEST_WORDS])
    return "\n".join(filter(None, lines))[:LONGEST_WORDS]


def _passed_on(item: Fields) -> str:
    try:
        inner = msgspec.json.decode(_text(item, "msg_content"), type=dict[str, Any])
    except (ValueError, RecursionError):
        return ""
    text = inner.get("text")
    return _text(text, "content") if isinstance(text, dict) else ""


# --- what happens -----------------------------------------------------------------------------------------------------


def _event(fields: Fields, key: str) -> Arrived:
    event = fields["event"]
    if not isinstance(event, dict):
        raise TypeError("an event is an object")
    happened = EVENTS.get(_text(event, "event_type"))
    return happened(event, key, _moment(fields)) if happened is not None else NOTHING


def _entered(event: Fields, key: str, at: datetime) -> Arrived:
    """They came in by a link. Without a code nobody is to be greeted, and a link that carries nothing says nothing."""
    carried, code = _payload(_text(event, "scene_param")), _text(event, "welcome_code")
    if not carried and not code:
        return NOTHING
    text = f"/start {carried}".strip()
    return Arrived(Incoming(NAME, key, _address(event), text, ref=key, sent_at=at), welcome=code[:LONGEST_ADDRESS])


def _payload(carried: str) -> str:
    found = PAYLOAD.fullmatch(carried) or PAYLOAD.fullmatch(unquote(carried[:LONGEST_LABEL]))
    known = found is not None and any(f"{found[0]}_".startswith(f"{name}_") for name in FLOWS)
    return found[0] if found and known else ""


def _not_sent(event: Fields, key: str, at: datetime) -> Arrived:
    sort = event.get("fail_type", 0)
    return Arrived(failed=Failed(_text(event, "fail_msgid")[:LONGEST_ADDRESS], sort if type(sort) is int else 0))


def _switched(event: Fields, key: str, at: datetime) -> Arrived:
    """They take no more messages, or do again."""
    presence = GONE if event.get("reject_switch") == 1 else HERE
    return Arrived(Incoming(NAME, key, _address(event), presence=presence, sent_at=at))


def _session(event: Fields, key: str, at: datetime) -> Arrived:
    return Arrived(hand=Hand(_address(event), at, theirs=event.get("change_type") != ENDS))


EVENTS: Mapping[str, Callable[[Fields, str, datetime], Arrived]] = MappingProxyType(
    {
        "enter_session": _entered,
        "msg_send_fail": _not_sent,
        "reject_customer_msg_switch_change": _switched,
        "session_status_change": _session,
    }
)


# --- plain values -----------------------------------------------------------------------------------------------------


def _text(fields: Fields, name: str) -> str:
    """A field's text without what no database keeps; "" where there is none, or where it is no text."""
    found = fields.get(name, "")
    return kept(found) if isinstance(found, str) else ""


def _address(fields: Fields) -> str:
    address = _text(fields, "external_userid")
    if not 0 < len(address) <= LONGEST_ADDRESS or not address.isprintable():
        raise ValueError("a message is from somebody")
    return address


def _moment(fields: Fields) -> datetime:
    seconds = fields["send_time"]
    if type(seconds) is not int or not 0 <= seconds < LATEST:
        raise ValueError("a time is a number of seconds")
    return datetime.fromtimestamp(seconds, UTC)
