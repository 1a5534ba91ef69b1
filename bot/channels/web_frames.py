"""The frames of the web chat: what a page sends, checked, and what it is shown, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from domain.messages import Message
from handlers.words import _
from storage.pulled import Line


class SentFile(msgspec.Struct):
    """A file as a page sends it."""

    name: str
    data: str


class SentPlace(msgspec.Struct):
    """A place as a page sends it."""

    lat: float
    lon: float
    label: str = ""


class Sent(msgspec.Struct):
    """One frame of a page. id: its own name of what it sends, once only."""

    id: str
    text: str = ""
    press: str = ""
    file: SentFile | None = None
    place: SentPlace | None = None


class Refused(Exception):
    """A frame that cannot be taken; the text says why, in the person's language."""


_EMPTY: dict[str, Any] = {"title": "", "text": "", "facts": [], "buttons": [], "files": [], "replaces": None}
_decode = msgspec.json.Decoder(Sent)


def parsed(data: str) -> Sent:
    """A frame, checked. Raises Refused for one that is no message of this chat."""
    try:
        sent = _decode.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(_("I could not read that. Please send it again.")) from None
    if not 1 <= len(sent.id) <= 64 or not sent.id.isprintable():
        raise Refused(_("I could not read that. Please send it again."))
    if sent.place and not (abs(sent.place.lat) <= 90 and abs(sent.place.lon) <= 180):
        raise Refused(_("I could not read that place."))
    return sent


def encoded(frame: dict[str, Any]) -> str:
    """A frame as text."""
    return msgspec.json.encode(frame).decode()


def warned(why: str, now: datetime) -> dict[str, Any]:
    """A word to a program about a frame that was not taken; it is no part of the history: its ref is "0"."""
    return {"message": {**_EMPTY, "ref": "0", "text": why, "at": now.isoformat()}}


def shown(row: Line) -> dict[str, Any]:
    """A row of the outbox as programs and the page read it."""
    message: Message = row.message
    return {
        "ref": str(row.position),
        "title": message.title,
        "text": message.text,
        "facts": [list(fact) for fact in message.facts],
        "buttons": [[{"label": b.label, "value": b.value} for b in line] for line in message.buttons],
        "files": [{"name": f.name, "url": f.url, "media": f.media} for f in message.files],
        "replaces": str(row.replaces) if row.replaces else None,
        "at": row.created_at.isoformat(),
    }


def said(row: Line) -> dict[str, Any]:
    """A person's own words, for the history."""
    files = [{"name": f.name, "url": f.url, "media": f.media} for f in row.message.files]
    at = row.created_at.isoformat()
    return {"ref": str(row.position), "id": row.client_id, "text": row.message.text, "files": files, "at": at}
