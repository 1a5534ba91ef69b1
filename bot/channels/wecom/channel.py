"""The office's app in WeCom: what members do is read, messages are shown as cards and texts, files go up and down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.channels.contract import Limits, Receipt, TryLater, Undeliverable, Unreachable
from bot.channels.wecom import attached, events, rendering
from bot.channels.wecom.calling import Caller
from bot.channels.wecom.codes import Codes
from bot.channels.wecom.contents import MEDIA
from bot.channels.wecom.meanings import Refusal, meant
from bot.channels.wecom.memory import Memory
from bot.lending import Lending
from domain.doors import worded
from domain.messages import Attachment, Incoming, Message
from handlers.words import N_, _

#: An app may say 30 things a minute and 1,000 an hour to one member; the excess is dropped without a word (D90312).
#: One less: what a process was saying when it was killed counts there too, and nobody here knows of it.
LIMITS = Limits(private=29, private_seconds=60, private_an_hour=999)
LARGEST_FETCHED_BYTES = 20 * 1024 * 1024
#: The longest time in which WeCom knows a request again, in seconds (D90236).
REPEATED_SECONDS = 14_400
#: A card's name was used before, which was by the same message.
TAKEN_BEFORE = 42014
#: A card cannot be changed: the code is spent, the app another, the card forgotten.
SPENT = 60140
NOT_CHANGED = (SPENT, 42015, 42016)
#: A file that is not there any more under its name.
NO_MEDIA = (40007, 40145)

NOT_IN_RANGE = N_("this member is outside the app's visible range")
NO_LICENCE = N_("this member has no licence for the app")
GONE = N_("WeCom does not have the file any more")
NO_SUCH_ADDRESS = N_("this is no address of WeCom's")


class WeCom:
    """The channel. agent: the app's id. now: the time the platform counts by."""

    name = events.NAME

    def __init__(
        self,
        caller: Caller,
        agent: str,
        lending: Lending,
        memory: Memory,
        codes: Codes,
        now: Callable[[], datetime],
        limits: Limits = LIMITS,
    ) -> None:
        self._caller, self._agent, self._lending, self.limits = caller, agent, lending, limits
        self._memory, self.codes, self._now = memory, codes, now

    async def close(self) -> None:
        """After the last call."""
        await self._caller.close()

    # --- in -------------------------------------------------------------------------------------------------------

    def parse(self, raw: bytes) -> Incoming | None:
        """What a callback says, or None for nothing. Raises Unreadable."""
        return events.parse(raw, self._agent)

    # --- out ------------------------------------------------------------------------------------------------------

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Show a card or a text, or change the card `replaces` in place; or send a file.

        Raises TryLater, OutcomeUnknown, Unreachable or Undeliverable.
        """
        if not address[:1].isalnum() or "|" in address:
            raise Undeliverable(NO_SUCH_ADDRESS)
        try:
            if message.files and not worded(message):
                return await self._send_file(address, message.files[0], key)
            return await self._say(address, message, replaces, key)
        except Refusal as refusal:
            raise meant(refusal) from None

    async def _say(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        office = self._lending.office
        message = rendering.with_page(message, office)
        card = rendering.card(message, office)
        last = rendering.last_card(message, office) if replaces else None
        words = rendering.text(message)
        shown = card or last
        if replaces and shown is not None and await self._change(address, shown, replaces, key):
            return Receipt(replaces)
        if card is not None:
            return await self._show(address, card, key)
        return await self._tell(address, words, replaces, key) if words else Receipt()

    # --- cards ---

    async def _show(self, address: str, card: Mapping[str, Any], key: str) -> Receipt:
        """A fresh card, under the name `key`: by that a second one is refused, should the first have arrived."""
        try:
            result = await self._send(address, "template_card", {**card, "task_id": key}, check=True)
        except Refusal as refusal:
            if refusal.code != TAKEN_BEFORE:
                raise
            return Receipt(key)
        code = result.get("response_code")
        if isinstance(code, str) and code:
            await self.codes.try_to_keep(key, code)
        return Receipt(key)

    async def _change(self, address: str, card: Mapping[str, Any], task: str, key: str) -> bool:
        """Change a card that is shown; False where it has to be a fresh one."""
        while True:
            code, again = await self.codes.use(task, key)
            if not code:
                return False
            fields = {"userids": [address], "agentid": int(self._agent), "response_code": code, "template_card": card}
            try:
                result = await self._caller.call("message/update_template_card", fields, safe=True)
            except Refusal as refusal:
                if refusal.code not in NOT_CHANGED:
                    raise
                if again and refusal.code == SPENT:
                    return True
                await self.codes.spent(task, code)
            else:
                return address.lower() not in _names(result.get("invaliduser"))

    # --- texts and files ---

    async def _tell(self, address: str, words: str, replaces: str, key: str) -> Receipt:
        """A text; nothing where the same words stand there in the place it is to take."""
        same, lately = await self._memory.told(key, words, replaces)
        if same:
            return Receipt(replaces)
        result = await self._send(address, "text", {"content": words}, check=not lately)
        return Receipt(str(result.get("msgid") or ""))

    async def _send_file(self, address: str, shown: Attachment, key: str) -> Receipt:
        file = await attached.known(self._lending, shown.file)
        way = attached.named(file, self._now()) if file is not None else None
        if file is not None and way is not None:
            try:
                return await self._send_media(address, way, shown, key)
            except Refusal as refusal:
                if refusal.code not in NO_MEDIA:
                    raise
        way = await attached.uploaded(self._caller, self._lending, file, self._now()) if file is not None else None
        if way is not None:
            return await self._send_media(address, way, shown, key)
        words = _(attached.NO_MORE if file is None else attached.NOT_SHOWN, name=shown.name)
        return await self._tell(address, words, "", key)

    async def _send_media(self, address: str, way: tuple[str, str], shown: Attachment, key: str) -> Receipt:
        sort, media_id = way
        lately = await self._memory.shown(key, shown.file)
        result = await self._send(address, sort, {"media_id": media_id}, check=not lately)
        return Receipt(str(result.get("msgid") or ""))

    async def _send(self, address: str, sort: str, content: Mapping[str, Any], *, check: bool) -> Mapping[str, Any]:
        """Send, and see that it reached its member. check: WeCom shows the same request once only for hours."""
        fields: dict[str, Any] = {"touser": address, "msgtype": sort, "agentid": int(self._agent), sort: content}
        if check:
            fields |= {"enable_duplicate_check": 1, "duplicate_check_interval": REPEATED_SECONDS}
        result = await self._caller.call("message/send", fields, safe=check)
        if address.lower() in _names(result.get("unlicenseduser")):
            raise Unreachable(NO_LICENCE)
        if address.lower() in _names(result.get("invaliduser")):
            raise Unreachable(NOT_IN_RANGE)
        return result

    # --- files ----------------------------------------------------------------------------------------------------

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        """A file a member sent. Raises TryLater or Undeliverable."""
        media_id = reference.removeprefix(MEDIA)
        try:
            return await self._caller.media(media_id, LARGEST_FETCHED_BYTES)
        except Refusal as refusal:
            if refusal.code in NO_MEDIA:
                raise Undeliverable(GONE) from None
            error = meant(refusal)
            raise (error if isinstance(error, TryLater) else Undeliverable(str(error))) from None


def _names(told: Any) -> list[str]:
    """The members an answer names, in small letters: a text with bars between them, or a list."""
    names = told.split("|") if isinstance(told, str) else told if isinstance(told, list) else []
    return [one.lower() for one in names if isinstance(one, str)]
