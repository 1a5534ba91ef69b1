"""Files sent to a chat, each by the first way Telegram takes it; in words where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from telegram.error import BadRequest

from bot.channels.contract import TryLater, Unreachable
from bot.channels.telegram.attached import (
    METHODS,
    NO_MORE,
    NOT_SHOWN,
    NOT_YET,
    PHOTO,
    Way,
    one,
    picture,
    taken,
    ways,
)
from bot.channels.telegram.refusals import FileRefused, meant
from bot.channels.telegram.rendering import worded
from bot.channels.telegram.request import Caller
from bot.lending import Lending
from bot.verdicts import OURS_BUSY
from domain.messages import Attachment, Message
from handlers.words import _
from storage.db import Unavailable
from storage.faults import where_of
from storage.file_refs import Shown

log = structlog.get_logger()


async def send_files(bot: Caller, lending: Lending, chat: int, attached: Sequence[Attachment], done: list[Any]) -> Any:
    """Send files; returns the first message Telegram made of them. Several pictures go together.

    done: the messages made of the first of them at an earlier try, which are not sent again; it grows here.

    Raises TelegramError; TryLater for a file that is still to come, or where our own side is busy.
    """
    try:
        files = [await lending.known(file.file) for file in attached]
    except Unavailable:
        raise TryLater(OURS_BUSY) from None
    if any(file is not None and file.expected and next(ways(file), None) is None for file in files):
        raise TryLater(NOT_YET)
    made = await _album(bot, lending, chat, files) if len(files) > 1 and not done else None
    if made is not None:
        return made
    for shown, file in list(zip(attached, files, strict=True))[len(done) :]:
        done.append(await _one(bot, lending, chat, shown.name, file))
    return done[0]


async def _album(bot: Caller, lending: Lending, chat: int, files: Sequence[Shown | None]) -> Any:
    """Pictures as one set; None where they cannot go as one."""
    lot = [(file, way) for file in files if file is not None and (way := next(ways(file), None)) is not None]
    if len(lot) < len(files) or any(way.kind != PHOTO for _file, way in lot):
        return None
    try:
        media = [picture(way, file, await _data(lending, file, way)) for file, way in lot]
        made = await bot.call("sendMediaGroup", {"chat_id": chat, "media": media})
    except (BadRequest, FileRefused) as error:
        _raise_closed(error)
        return None
    sent = made if isinstance(made, list) else []
    for (file, _way), message in zip(lot, sent, strict=False):
        await _keep(lending, file, message)
    return sent[0] if sent else {}


async def _one(bot: Caller, lending: Lending, chat: int, name: str, file: Shown | None) -> Any:
    for way in ways(file) if file is not None else ():
        assert file is not None
        try:
            data = await _data(lending, file, way)
            made = await bot.call(METHODS[way.kind], {"chat_id": chat, **one(way, file, data)})
        except (BadRequest, FileRefused) as error:  # of another sort than it looks, or its name is forgotten
            _raise_closed(error)
            continue
        await _keep(lending, file, made)
        return made
    text = worded(Message(_(NO_MORE if file is None else NOT_SHOWN, name=name)))
    return await bot.call("sendMessage", {"chat_id": chat, "text": text, "parse_mode": "HTML"})


def _raise_closed(error: Exception) -> None:
    """Another way helps nothing where the chat itself is closed to us."""
    if isinstance(error, BadRequest) and isinstance(meant(error), Unreachable):
        raise error


async def _data(lending: Lending, file: Shown, way: Way) -> bytes | None:
    """The bytes of a file that goes up, None for one that has a name there."""
    if way.name:
        return None
    try:
        return await lending.data(file.digest)
    except FileNotFoundError:
        raise FileRefused from None
    except OSError as error:
        log.error("a file cannot be read", file=file.id, error=where_of(error))
        raise TryLater(NOT_YET) from None


async def _keep(lending: Lending, file: Shown, made: Any) -> None:
    message = taken(made)
    if message is not None and message.ref and message.ref != file.ref:
        await lending.keep(file.id, message.ref)
