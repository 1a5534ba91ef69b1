"""WeChat customer service: what owners write is read, messages go out within their window, files are fetched.

Sending: D94677; a greeting by its code: D95122; who has a talk in hand: D94669.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from bot.channels.contract import Held, Limits, Receipt, TryLater, Undeliverable, Unreachable
from bot.channels.kefu import arrivals
from bot.channels.kefu.rendering import MOST_ENTRIES, MOST_IN_GREETING, Fields, rendered
from bot.channels.wecom.calling import Caller
from bot.channels.wecom.meanings import MEANINGS, Refusal, Sort, meant
from bot.verdicts import OURS_BUSY
from bot.waiting import until
from domain.messages import Attachment, Incoming, Message
from handlers.words import N_
from storage import windows
from storage.db import Database, Unavailable
from storage.windows import May

log = structlog.get_logger()

LARGEST_FETCHED_BYTES = 20 * 1024 * 1024
REFERENCE = "media:"
#: So long at the most answers wait until everything is pulled.
HALF_HEARD_SECONDS = 5.0
#: One API may be called 10,000 times a minute (D90312); some room is kept for answers and other programs.
LIMITS = Limits(a_second=120)
#: By service_state: in a queue and with a person, ended (D94669); the others are new and with us.
THEIRS, ENDED = (2, 3), 4
WITH_A_PERSON_SECONDS = 300.0
SHUT_CODES, NOT_NOW = (95001, 95002, 95013, 95031), 95018
SHUT = MEANINGS[95002].words
NO_LONGER = N_("it is told together with something else now")
NO_FILE = N_("customer service does not have the file any more")


class Kefu:
    """The channel of one account. shown_at: where a file of the office can be looked at, "" for nowhere.

    whole: while it is not set, more of what owners wrote is being pulled, and answers wait for it a little.
    mini_program: the office's, for buttons that open its pages, "" for none.
    """

    name = arrivals.NAME
    limits = LIMITS

    def __init__(
        self,
        caller: Caller,
        open_kfid: str,
        db: Database,
        clock: Callable[[], datetime],
        shown_at: Callable[[Attachment], str],
        whole: asyncio.Event,
        mini_program: str = "",
    ) -> None:
        self._caller, self._open_kfid, self._db, self._clock = caller, open_kfid, db, clock
        self._shown_at, self._whole, self._mini_program = shown_at, whole, mini_program

    async def close(self) -> None:
        """After the last message."""
        await self._caller.close()

    def parse(self, raw: bytes) -> Incoming | None:
        """What a message says to the office, None for nothing. Raises Unreadable."""
        return arrivals.read(raw).incoming

    # --- out ------------------------------------------------------------------------------------------------------

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send a message; nothing that stands there can be changed. A key that was taken before is as good as sent.

        Raises TryLater, OutcomeUnknown, Unreachable or Undeliverable.
        """
        await until(self._whole, HALF_HEARD_SECONDS)
        may, welcome = await self._begin(address, key)
        if may is May.OVER:
            raise TryLater(NO_LONGER)
        if may is May.SHUT:
            raise Unreachable(SHUT)
        entries = MOST_IN_GREETING if welcome else MOST_ENTRIES
        fields = rendered(message, self._shown_at, self._mini_program, entries)
        try:
            await self._call(address, fields, key, welcome)
        except Refusal as refusal:
            await self._refused(address, key, refusal)
        except TryLater:
            await self._not_taken(address, key)
            raise
        return Receipt(key)

    async def _begin(self, address: str, key: str) -> tuple[May, str]:
        try:
            return await self._db.write(windows.begin, address, key, self._clock())
        except Unavailable:
            raise TryLater(OURS_BUSY) from None

    async def _call(self, address: str, fields: Fields, key: str, welcome: str) -> None:
        """The call, by the code of a welcome where there is one. It may be made again: the key is refused then."""
        if welcome:
            await self._caller.call("kf/send_msg_on_event", {"code": welcome, "msgid": key, **fields})
            return
        to = {"touser": address, "open_kfid": self._open_kfid, "msgid": key}
        await self._caller.call("kf/send_msg", {**to, **fields})

    async def _refused(self, address: str, key: str, refusal: Refusal) -> None:
        """What a refusal means; nothing for one that says the message is there already."""
        if refusal.meaning.sort is Sort.TAKEN:
            return
        await self._not_taken(address, key)
        if refusal.code in SHUT_CODES:
            await self._shut(address)
            raise Unreachable(refusal.meaning.words) from None
        if refusal.code == NOT_NOW:
            raise await self._in_hand(address) from None
        raise meant(refusal) from None

    async def _in_hand(self, address: str) -> Exception:
        """Why a talk takes no message of ours now: a person has it in hand, or it has ended."""
        asked = {"open_kfid": self._open_kfid, "external_userid": address}
        try:
            state = (await self._caller.call("kf/service_state/get", asked, safe=True)).get("service_state")
        except Refusal as refusal:
            return meant(refusal)
        if state == ENDED:
            await self._shut(address)
            return Unreachable(SHUT)
        words = MEANINGS[NOT_NOW].words
        return Held(words, WITH_A_PERSON_SECONDS) if state in THEIRS else TryLater(words)

    async def _not_taken(self, address: str, key: str) -> None:
        """It was surely not sent, and counts for nothing; where that cannot be written down, it counts all the same."""
        await self._note(windows.not_taken, address, key)

    async def _shut(self, address: str) -> None:
        await self._note(windows.shut, address)

    async def _note(self, note: Callable[..., None], *about: Any) -> None:
        try:
            await self._db.write(note, *about)
        except Unavailable:
            log.warning("the window of an address was not written down")

    # --- files ----------------------------------------------------------------------------------------------------

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        """A file an owner sent. Raises TryLater or Undeliverable."""
        try:
            return await self._caller.media(reference.removeprefix(REFERENCE), LARGEST_FETCHED_BYTES)
        except Refusal as refusal:
            known = meant(refusal)
            raise known if isinstance(known, TryLater) else Undeliverable(NO_FILE) from None
