"""One file sent to a chat, by the first way Telegram takes it; in words where there is none."""

from __future__ import annotations

from typing import Any

from telegram.error import BadRequest

from bot.channels.contract import TryLater, Unreachable
from bot.channels.telegram.attached import METHODS, NO_MORE, NOT_SHOWN, NOT_YET, Way, one, taken, ways
from bot.channels.telegram.refusals import meant
from bot.channels.telegram.rendering import worded
from bot.channels.telegram.request import Caller
from bot.lending import Lending
from domain.messages import Attachment, Message
from handlers.words import _, speaking
from storage.file_refs import Shown


async def send_file(bot: Caller, lending: Lending, chat: int, shown: Attachment) -> Any:
    """Send one file; returns the message Telegram made of it. Raises TelegramError, TryLater for one still to come."""
    file = await lending.known(shown.file)
    for way in ways(file) if file is not None else ():
        assert file is not None
        try:
            return await _sent(bot, lending, chat, file, way)
        except BadRequest as error:  # of another sort than it looks, or its name is forgotten: the next way
            if isinstance(meant(error), Unreachable):
                raise
    if file is not None and file.expected:
        raise TryLater(NOT_YET)
    words = NO_MORE if file is None else NOT_SHOWN
    with speaking(lending.office.language):
        text = worded(Message(_(words, name=shown.name)))
    return await bot.call("sendMessage", {"chat_id": chat, "text": text, "parse_mode": "HTML"})


async def _sent(bot: Caller, lending: Lending, chat: int, file: Shown, way: Way) -> Any:
    data = None if way.name else await lending.data(file.digest)
    made = await bot.call(METHODS[way.kind], {"chat_id": chat, **one(way, file, data)})
    message = taken(made)
    if message is not None and message.ref and message.ref != file.ref:
        await lending.keep(file.id, message.ref)
    return made
