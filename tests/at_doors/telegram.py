"""Telegram without its wires: updates as it writes them, calls as its emulator judges them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from lo_bot_api_emulator import ApiRefusal
from telegram.error import BadRequest, Forbidden

from bot.channels.contract import Channel
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.refusals import NOT_MODIFIED
from bot.channels.telegram.request import Caller
from domain.messages import Button, Message
from tests.at_doors import at_once
from tests.at_doors.platforms import Act, Sight, plain_label
from tests.telegram.emulator import Emulator
from tests.telegram.front import USERNAME

if TYPE_CHECKING:
    from tests.at_doors.town import StoryTown

Json = dict[str, Any]
BOT_ID = "7"
TAKEN, FORBIDDEN = 200, 403
_users = itertools.count(100_001)
_updates = itertools.count(1)


class Calls:
    """Calls of the Bot API, answered by the emulator at once."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def say(self, method: str, fields: Json) -> Any:
        """Send or change words."""
        return await self.call(method, fields)

    async def call(self, method: str, fields: Json, seconds: float | None = None) -> Any:
        """Any other call. Raises TelegramError."""
        try:
            return self._emulator.validate(method, json.loads(json.dumps(fields)), {})
        except ApiRefusal as refusal:
            kind = Forbidden if refusal.status == FORBIDDEN else BadRequest
            raise kind(refusal.description) from None

    async def close_connections(self) -> None:
        """There are none."""


class TelegramThere:
    """The platform of one town."""

    sits: Mapping[str, str] = MappingProxyType({"owner": "telegram", "official": "telegram"})

    def __init__(self, town: StoryTown) -> None:
        self._town, self._emulator, self._asked = town, Emulator(), 0
        calls = cast(Caller, Calls(self._emulator))
        self._channel = Telegram(calls, BOT_ID, at_once.lending(town.db, Telegram.name))
        self._channel.username = USERNAME
        self.channels: Mapping[str, Channel] = {Telegram.name: self._channel}
        town.change_office(telegram=self._channel.link, platforms=(Telegram.name,))

    def address(self, name: str, sort: str) -> str:
        """A chat of its own."""
        return str(next(_users))

    def met(self, who: Any) -> None:
        """They have opened the chat some time."""

    def does(self, who: Any, act: Act) -> None:
        """A message, or a tap below the message that has the button."""
        self._bring(self._tap(who, act.press) if act.press else self._message(who, act))

    def screen(self, who: Any) -> Iterator[Sight]:
        """The messages of the bot; one that it edits stays where it is."""
        for number, message in sorted(self._emulator.shown[int(who.address)].items()):
            whole = json.dumps(message, sort_keys=True)
            yield Sight(str(number), hash(whole), _read(message))

    def comes_back(self, who: Any) -> bool:
        """Whatever is said reaches them here."""
        return False

    def close(self) -> None:
        """Every call was one that the platform takes."""
        assert self.refused() == []

    def refused(self) -> list[str]:
        """The calls that the platform did not take since this was asked last; a change to what stands there is none."""
        calls, self._asked = self._emulator.calls[self._asked :], len(self._emulator.calls)
        missed = [one for one in calls if one.status != TAKEN and NOT_MODIFIED not in one.reason]
        return [f"{call.method}: {call.reason}" for call in missed]

    # --- updates ------------------------------------------------------------------------------------------------------

    def _bring(self, update: Json) -> None:
        raw = json.dumps({"update_id": next(_updates), **update}, ensure_ascii=False).encode()
        incoming = self._channel.parse(raw)
        assert incoming is not None, update
        self._town.taken_in(incoming)

    def _message(self, who: Any, act: Act) -> Json:
        command = {"type": "bot_command", "offset": 0, "length": len(act.text.split(" ")[0])}
        entities = {"entities": [command]} if act.text.startswith("/") else {}
        return {"message": {**self._head(who, self._emulator.new_message_id()), **entities, "text": act.text}}

    def _tap(self, who: Any, value: str) -> Json:
        """A tap on the newest message that has the button; on the newest of all by who learnt its value elsewhere."""
        shown = sorted(self._emulator.shown[int(who.address)].items(), reverse=True)
        has = [number for number, message in shown if value in _values(message)] or [number for number, _one in shown]
        under = {key: one for key, one in self._head(who, has[0] if has else 1).items() if key != "from"}
        number = next(_updates)
        return {"callback_query": {"id": str(number), "from": _user(who), "message": under, "data": value}}

    def _head(self, who: Any, number: int) -> Json:
        chat = {"id": int(who.address), "type": "private", "first_name": who.name}
        return {"message_id": number, "date": int(self._town.now.timestamp()), "chat": chat, "from": _user(who)}


def _user(who: Any) -> Json:
    return {"id": int(who.address), "is_bot": False, "first_name": who.name, "language_code": "zh-hans"}


def _keyboard(message: Json) -> list[list[Json]]:
    found: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return found


def _values(message: Json) -> list[str]:
    return [button.get("callback_data", "") for row in _keyboard(message) for button in row]


def _read(message: Json) -> Message:
    """What is seen of a message, and what its buttons bring back."""
    words = message.get("text") or message.get("caption") or ""
    rows = (
        tuple(Button(plain_label(one["text"]), one.get("callback_data", ""), one.get("url", "")) for one in row)
        for row in _keyboard(message)
    )
    return Message(words, buttons=tuple(rows))
