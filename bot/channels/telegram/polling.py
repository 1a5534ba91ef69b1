"""Asking Telegram for updates: taken in their order, confirmed only once they are kept.

What was taken and not confirmed comes again, and ends at the door of the inbox. The number to go on from is known only
from the last answer: after a quiet week Telegram's numbers start anywhere. https://core.telegram.org/bots/api#getupdates
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import structlog
from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter

from bot.channels.telegram.updates import ALLOWED, NAME
from bot.ending import cancelled
from bot.lease import Lease, process_name
from storage.db import Database, Unavailable
from storage.faults import where_of
from storage.transaction import Signal

log = structlog.get_logger()

Take = Callable[[bytes], Awaitable[None]]

#: How long Telegram keeps a question open while there is nothing to bring, and how much later we hang up.
ASK_SECONDS, GRACE_SECONDS = 25, 10
MOST_UPDATES = 100
LARGEST_ID = 2**63 - 1
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
#: A token that is refused stays refused until somebody changes it.
REFUSED_PAUSE_SECONDS = 60.0
#: By the sort of error: what the log says, and the shortest pause in seconds.
TROUBLES: tuple[tuple[tuple[type[Exception], ...], str, float], ...] = (
    ((InvalidToken, EndPointNotFound), "Telegram refuses the token", REFUSED_PAUSE_SECONDS),
    ((Conflict,), "another program asks for the updates of this bot, or a webhook is set", 2.0),
    ((Unavailable,), "the updates cannot be kept now", FIRST_PAUSE_SECONDS),
)
OTHERWISE = "asking for updates failed; tried again"


class Asked(Protocol):
    """A bot that can be asked for anything of the Bot API by name. seconds: how long an answer may take."""

    async def call(self, method: str, fields: dict[str, Any], seconds: float | None = None) -> Any:
        """The result as it came, of dicts and lists. Raises TelegramError."""


class Polling:
    """Brings the updates of one bot; of any number of processes the holder of the lease asks.

    take: keeps one update as it came, raises Unavailable where it cannot. owner: this process' name for the lease.
    """

    def __init__(
        self,
        bot: Asked,
        bot_id: str,
        take: Take,
        db: Database,
        *,
        owner: str = "",
        lease_seconds: float = 10.0,
        look_seconds: float = 1.0,
    ) -> None:
        self._bot, self._take = bot, take
        self._lease_seconds, self._look_seconds = lease_seconds, look_seconds
        self._lease = Lease(db, f"poll:{NAME}:{bot_id}", owner or process_name(), lease_seconds)
        self._offset: int | None = None
        self._alone = False
        self._pause_seconds = 0.0
        self._ended = asyncio.Event()
        self._ending: asyncio.Task[Any] | None = None
        self._life: asyncio.Task[None] | None = None

    def heard(self, signals: list[Signal]) -> None:
        """Nothing that is committed concerns it."""

    async def start(self) -> None:
        """Begin to ask."""
        self._ending = asyncio.create_task(self._ended.wait())
        self._life = asyncio.create_task(self._asking())

    async def close(self) -> None:
        """Hang up at once, and wait until what was brought is kept."""
        self._ended.set()
        if self._life is not None:
            await self._life

    # --- asking ---------------------------------------------------------------------------------------------------

    async def _asking(self) -> None:
        while not self._ended.is_set():
            try:
                if await self._lease.hold():
                    await self._round()
                else:
                    self._alone, self._offset = False, None
                    await self._wait(self._look_seconds)
            except Conflict as error:
                self._alone = False
                await self._wait(self._troubled(error))
            except Exception as error:
                await self._wait(self._troubled(error))
        await self._give_up()

    async def _round(self) -> None:
        """One question, and what it brings."""
        if not self._alone:
            await self._ask("deleteWebhook", {"drop_pending_updates": False}, 0)
            self._alone = True
        answer = await self._ask("getUpdates", self._question(), ASK_SECONDS)
        if answer is None:
            return
        self._offset = None
        if not isinstance(answer, list):
            raise TypeError("updates come in a list")
        if answer:
            await self._keep(answer)
        self._pause_seconds = 0.0

    def _question(self) -> dict[str, Any]:
        asked: dict[str, Any] = {"timeout": ASK_SECONDS, "limit": MOST_UPDATES, "allowed_updates": list(ALLOWED)}
        return asked if self._offset is None else {**asked, "offset": self._offset}

    async def _ask(self, method: str, fields: dict[str, Any], seconds: int) -> Any:
        """What Telegram answers; None where we are to end, or the lease is lost meanwhile."""
        call = asyncio.create_task(self._bot.call(method, fields, seconds + GRACE_SECONDS))
        assert self._ending is not None
        try:
            while not call.done():
                await asyncio.wait((call, self._ending), timeout=self._lease_seconds / 3, return_when="FIRST_COMPLETED")
                if not call.done() and (self._ended.is_set() or not await self._lease.hold()):
                    return None
            return call.result()
        finally:
            if not call.done():
                await cancelled(call)

    # --- keeping --------------------------------------------------------------------------------------------------

    async def _keep(self, updates: Sequence[Any]) -> None:
        """Take all of an answer in its order, and go on behind those that are kept."""
        taken = await asyncio.gather(*(self._take(raw_of(one)) for one in updates), return_exceptions=True)
        lost = next((at for at, error in enumerate(taken) if isinstance(error, Unavailable)), None)
        for error in taken:
            if isinstance(error, Exception) and not isinstance(error, Unavailable):
                log.error("an update was passed over", error=where_of(error))
        self._offset = _next(updates[:lost])
        if lost is not None:
            raise Unavailable("not everything is kept")
        if self._offset is None:
            raise ValueError("updates come with a number")

    # --- troubles -------------------------------------------------------------------------------------------------

    def _troubled(self, error: Exception) -> float:
        """Say what is wrong; returns how many seconds to wait, more each time."""
        known = ((words, seconds) for sorts, words, seconds in TROUBLES if isinstance(error, sorts))
        words, least = next(known, (OTHERWISE, FIRST_PAUSE_SECONDS))
        log.error(words, error=where_of(error))
        if isinstance(error, RetryAfter):
            return float(error._retry_after.total_seconds())
        self._pause_seconds = max(least, min(LONGEST_PAUSE_SECONDS, self._pause_seconds * 2))
        return self._pause_seconds

    async def _wait(self, seconds: float) -> None:
        if self._ending is not None:
            await asyncio.wait((self._ending,), timeout=seconds)

    async def _give_up(self) -> None:
        try:
            await self._lease.give_up()
        except Unavailable:
            log.warning("the lease of asking runs out by itself")


def raw_of(update: Any) -> bytes:
    """One update of an answer as bytes of its own."""
    return json.dumps(update).encode()


def _next(kept: Sequence[Any]) -> int | None:
    """The number behind the last one that is kept, None where none has a number."""
    numbers = (one.get("update_id") for one in kept if isinstance(one, dict))
    return max((number + 1 for number in numbers if type(number) is int and number < LARGEST_ID), default=None)
