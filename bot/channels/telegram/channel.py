"""Telegram: what arrives is read, messages are sent or changed in place, files are fetched."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channels.contract import Limits, OutcomeUnknown, Receipt, TryLater, Undeliverable
from bot.channels.telegram import updates
from bot.channels.telegram.contents import LARGEST_FETCHED_BYTES
from bot.channels.telegram.refusals import NO_CONNECTION, NO_LINK, NOT_MODIFIED, NOT_THERE, meant, says
from bot.channels.telegram.rendering import fields_of, without_links
from bot.channels.telegram.request import Caller
from bot.channels.telegram.sending import send_files
from bot.ending import cancelled
from bot.lending import Lending
from domain.doors import worded
from domain.messages import Incoming, Message
from handlers.words import N_
from storage.faults import where_of

log = structlog.get_logger()

#: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
LIMITS = Limits(a_second=30, private=3, private_seconds=3, group=20, group_seconds=60)
#: Calls nothing hangs on that are out at a time: a tap is shown as waiting until it is answered, or for a while.
MOST_BESIDE = 100
BESIDE_SECONDS, CLOSE_SECONDS = 5.0, 2.0
#: So many messages are remembered of which some files are there already, and some are not.
MOST_HALFWAY = 1000
TOO_LARGE = N_("larger than 20 MB")
GONE = N_("Telegram does not have the file any more")
LINK = "https://t.me/"


class Telegram:
    """The channel. bot: how Telegram is called; bot_id: the number in its token; username: "" until it is known."""

    name = updates.NAME

    def __init__(self, bot: Caller, bot_id: str, lending: Lending, limits: Limits = LIMITS) -> None:
        self.bot, self._bot_id, self._lending, self.limits = bot, bot_id, lending, limits
        self.username = ""
        self._calls: set[asyncio.Task[None]] = set()
        self._halfway: dict[str, list[Any]] = {}

    @property
    def link(self) -> str:
        """Where the private chat with the bot opens, "" while nobody has said."""
        return LINK + self.username if self.username else ""

    async def close(self) -> None:
        """After the last message: let what is called beside end soon, close the connections."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=CLOSE_SECONDS)
        for task in list(self._calls):
            await cancelled(task)
        await self.bot.close_connections()

    # --- in -------------------------------------------------------------------------------------------------------

    def parse(self, raw: bytes) -> Incoming | None:
        """What an update says, or None for nothing. Raises Unreadable."""
        return updates.parse(raw, self._bot_id, lambda: self.username)

    def thank(self, raw: bytes) -> None:
        """Answer a tap, where the update is one."""
        if callback := updates.callback_of(raw):
            self._beside("answerCallbackQuery", {"callback_query_id": callback})

    def _beside(self, method: str, fields: dict[str, Any]) -> None:
        """Call in the background and as well as can be: nothing hangs on it."""
        if len(self._calls) >= MOST_BESIDE:
            return
        task = asyncio.get_running_loop().create_task(self._called(method, fields))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _called(self, method: str, fields: dict[str, Any]) -> None:
        try:
            await self.bot.call(method, fields, BESIDE_SECONDS)
        except TelegramError as error:
            log.info("not taken", method=method, error=where_of(error))

    # --- out ------------------------------------------------------------------------------------------------------

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send words, or change those of `replaces`; or send a file. Telegram has no key against repeats.

        Raises TryLater, OutcomeUnknown, Unreachable, Undeliverable or Moved.
        """
        chat = int(address)
        try:
            made = await self._send(chat, message, replaces, key)
        except TelegramError as error:
            raise meant(error, group=chat < 0) from None
        if made is None:
            return Receipt()
        number = made.get("message_id") if isinstance(made, dict) else None
        if not isinstance(number, int):
            raise OutcomeUnknown
        if message.pin and chat < 0:
            self._beside("pinChatMessage", {"chat_id": chat, "message_id": number, "disable_notification": True})
        return Receipt(f"{chat}/{number}")

    async def _send(self, chat: int, message: Message, replaces: str, key: str) -> Any:
        """What Telegram made of a message; None where there was nothing to be said."""
        if message.files and not worded(message):
            return await self._send_files(chat, message, key)
        if chat < 0 and message.buttons and not self.username:
            raise TryLater(NO_CONNECTION)
        try:
            return await self._say(chat, message, replaces)
        except BadRequest as error:
            if not says(error, *NO_LINK):
                raise
        return await self._say(chat, without_links(message), replaces)

    async def _send_files(self, chat: int, message: Message, key: str) -> Any:
        """Send files; where a try breaks off, the next one under this key goes on behind what is there."""
        done = self._halfway.pop(key, [])
        try:
            return await send_files(self.bot, self._lending, chat, message.files, done)
        except BaseException:
            if done and len(self._halfway) < MOST_HALFWAY:
                self._halfway[key] = done
            raise

    async def _say(self, chat: int, message: Message, replaces: str) -> Any:
        fields = fields_of(message, group=chat < 0, bot=self.link)
        if not fields:
            return None
        fields = {"chat_id": chat, **fields}
        where, _slash, before = replaces.rpartition("/")
        if where == str(chat) and before.isdecimal():
            made = await self._changed(fields, int(before))
            if made is not None:
                return made
        return await self.bot.say("sendMessage", fields)

    async def _changed(self, fields: dict[str, Any], before: int) -> Any:
        """Change a message in place; None where it is to be said anew."""
        try:
            made = await self.bot.say("editMessageText", {**fields, "message_id": before})
        except BadRequest as error:
            if says(error, NOT_MODIFIED):
                return {"message_id": before}
            if says(error, *NOT_THERE):
                return None
            raise
        return made if isinstance(made, dict) else {"message_id": before}

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
    if isinstance(error, BadRequest) and not says(error, "temporarily unavailable"):
        return Undeliverable(TOO_LARGE if says(error, "too big") else GONE)
    known = meant(error)
    return known if isinstance(known, TryLater) else TryLater(type(error).__name__)
