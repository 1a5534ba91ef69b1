"""Telegram: what arrives is read, messages are sent or changed in place, files are fetched."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channels.contract import Limits, OutcomeUnknown, Receipt, TryLater, Undeliverable
from bot.channels.telegram import updates
from bot.channels.telegram.refusals import NOT_MODIFIED, NOT_THERE, meant, says
from bot.channels.telegram.rendering import fields_of
from bot.channels.telegram.request import Caller
from bot.channels.telegram.sending import send_file
from bot.lending import Lending
from bot.verdicts import place_of
from domain.doors import worded
from domain.messages import Incoming, Message
from handlers.words import N_

log = structlog.get_logger()

#: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
LIMITS = Limits(a_second=30, private=3, private_seconds=3, group=20, group_seconds=60)
#: Answers to taps that are out at a time; Telegram shows a tap as waiting until it is answered, or for a while.
MOST_THANKS = 50
THANKS_SECONDS = 5.0
LARGEST_FETCHED_BYTES = 20 * 1024 * 1024
TOO_LARGE = N_("larger than 20 MB")
GONE = N_("Telegram does not have the file any more")
LINK = "https://t.me/"


class Telegram:
    """The channel. bot: how Telegram is called; bot_id: the number in its token; username: "" until it is known."""

    name = updates.NAME

    def __init__(self, bot: Caller, bot_id: str, lending: Lending, limits: Limits = LIMITS) -> None:
        self.bot, self._bot_id, self._lending, self.limits = bot, bot_id, lending, limits
        self.username = ""
        self._thanks: set[asyncio.Task[None]] = set()

    @property
    def link(self) -> str:
        """Where the private chat with the bot opens, "" while nobody has said."""
        return LINK + self.username if self.username else ""

    async def close(self) -> None:
        """After the last call: end what is out, close the connections."""
        for task in list(self._thanks):
            task.cancel()
        await self.bot.close_connections()

    # --- in -------------------------------------------------------------------------------------------------------

    def parse(self, raw: bytes) -> Incoming | None:
        """What an update says, or None for nothing. Raises Unreadable."""
        return updates.parse(raw, self._bot_id, lambda: self.username)

    def thank(self, raw: bytes) -> None:
        """Answer a tap, where the update is one, in the background and as well as can be: nothing hangs on it."""
        callback = updates.callback_of(raw)
        if not callback or len(self._thanks) >= MOST_THANKS:
            return
        task = asyncio.get_running_loop().create_task(self._thank(callback))
        self._thanks.add(task)
        task.add_done_callback(self._thanks.discard)

    async def _thank(self, callback: str) -> None:
        try:
            await self.bot.call("answerCallbackQuery", {"callback_query_id": callback}, THANKS_SECONDS)
        except TelegramError as error:
            log.info("a tap was not answered", error=place_of(error))

    # --- out ------------------------------------------------------------------------------------------------------

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send words, or change those of `replaces`; or send a file. Telegram has no key against repeats.

        Raises TryLater, OutcomeUnknown, Unreachable, Undeliverable or Moved.
        """
        chat = int(address)
        try:
            made = await self._send(chat, message, replaces)
        except TelegramError as error:
            raise meant(error, group=chat < 0) from None
        number = made.get("message_id") if isinstance(made, dict) else None
        if not isinstance(number, int):
            raise OutcomeUnknown
        if message.pin:
            await self._pin(chat, number)
        return Receipt(f"{chat}/{number}")

    async def _send(self, chat: int, message: Message, replaces: str) -> Any:
        if not worded(message):
            return await send_file(self.bot, self._lending, chat, message.files[0])
        fields = {"chat_id": chat, **fields_of(message, group=chat < 0, bot=self.link)}
        before = replaces.rpartition("/")[2]
        if before.isdecimal() and (made := await self._changed(fields, int(before))) is not None:
            return made
        return await self.bot.call("sendMessage", fields)

    async def _changed(self, fields: dict[str, Any], before: int) -> Any:
        """Change a message in place; None where it is to be said anew."""
        try:
            made = await self.bot.call("editMessageText", {**fields, "message_id": before})
        except BadRequest as error:
            if says(error, NOT_MODIFIED):
                return {"message_id": before}
            if says(error, *NOT_THERE):
                return None
            raise
        return made if isinstance(made, dict) else {"message_id": before}

    async def _pin(self, chat: int, number: int) -> None:
        """Keep a message at the top of its group, where we may: it has been said all the same."""
        pinned = {"chat_id": chat, "message_id": number, "disable_notification": True}
        try:
            await self.bot.call("pinChatMessage", pinned)
        except TelegramError as error:
            log.info("not pinned", error=place_of(error))

    # --- files ----------------------------------------------------------------------------------------------------

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        """A file people sent; its media type is not said. Raises TryLater or Undeliverable."""
        try:
            found = await self.bot.call("getFile", {"file_id": reference})
            path = found.get("file_path") if isinstance(found, dict) else None
            if not isinstance(path, str):
                raise Undeliverable(GONE)
            return "", await self.bot.fetch(path, LARGEST_FETCHED_BYTES)
        except ValueError:
            raise Undeliverable(TOO_LARGE) from None
        except TelegramError as error:
            raise _not_fetched(error) from None


def _not_fetched(error: TelegramError) -> Exception:
    """Fetching has no effect there, so whatever is not known is tried again."""
    if isinstance(error, BadRequest):
        return Undeliverable(GONE)
    known = meant(error)
    return known if isinstance(known, TryLater) else TryLater(type(error).__name__)
