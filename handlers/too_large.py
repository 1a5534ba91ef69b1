"""A file larger than a platform hands on: its sender is told so, and how it can come all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.messages import Message, Promised
from handlers import conversation, menus
from handlers.turn import Turn
from handlers.words import _
from storage import codes
from storage.transaction import Tx

#: What bots may fetch from a platform: Telegram's limit, the narrowest.
PLATFORM_BYTES = 20 * 1024 * 1024
#: What the page for large files takes.
MOST_BYTES = 200 * 1024 * 1024
#: A link to that page is good for one file, so long.
PURPOSE, VALID = "upload", timedelta(hours=24)
#: So many links are given at once.
MOST_LINKS = 5
LONGEST_NAME = 60


def is_too_large(file: Promised) -> bool:
    """Whether the platform will not hand it on; what is kept already is never too large."""
    return not file.digest and file.size_bytes > PLATFORM_BYTES


def upload_link(tx: Tx, person: int, now: datetime) -> str:
    """A link with which this person sends one large file, once; "" where the office has no address."""
    if not tx.office.url:
        return ""
    code = codes.make(tx, PURPOSE, {"person": person}, VALID, now)
    return f"{tx.office.url}/upload/{code}"


def told(turn: Turn) -> str:
    """What is said about the files of this arrival that are too large, "" where none is."""
    large = [file for file in turn.incoming.files if is_too_large(file)]
    return _by_page(turn, large) if large and turn.office.url else _by_other_ways(turn, large) if large else ""


def _by_page(turn: Turn, large: Sequence[Promised]) -> str:
    lines = [
        _("This cannot be handed on by the chat, which takes at most {most} MB:", most=_mb(PLATFORM_BYTES)),
        *(f"{_named(file)}\n{upload_link(turn.tx, turn.person.id, turn.now)}" for file in large[:MOST_LINKS]),
        _(
            "Please open the link and send it there, up to {most} MB. It is good for {hours} hours, and the file then "
            "goes on here, as if you had sent it.",
            most=_mb(MOST_BYTES),
            hours=VALID // timedelta(hours=1),
        ),
    ]
    return "\n".join(lines)


def _by_other_ways(turn: Turn, large: Sequence[Promised]) -> str:
    lines = [
        _("This cannot be handed on by the chat, which takes at most {most} MB:", most=_mb(PLATFORM_BYTES)),
        *map(_named, large[:MOST_LINKS]),
        _("Please send a shorter video or a smaller file."),
    ]
    phone = turn.office.phone
    return "\n".join([*lines, _("A person helps you on {phone}.", phone=phone)] if phone else lines)


def _named(file: Promised) -> str:
    return _("“{name}” ({size} MB)", name=file.name[:LONGEST_NAME], size=_mb(file.size_bytes))


def _mb(size_bytes: int) -> int:
    return round(size_bytes / 1024 / 1024)


def alone(turn: Turn, text: str) -> list[Message]:
    """The answer to an arrival that was nothing else: where the person stands, after the word of it."""
    if turn.talk is not None:
        return conversation.go_back_to(turn, turn.talk, text)
    return [menus.menu(turn, text)]
