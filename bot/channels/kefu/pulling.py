"""Pulling what owners wrote: a call of the platform only says that there is something (D94670).

A page and its cursor are kept in one transaction, by the one process that holds the account's lease. What was pulled
and not kept comes again whole; what was kept is not taken twice, whoever pulls it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from bot.channels.contract import TryLater
from bot.channels.kefu import taking
from bot.channels.kefu.customers import Customers
from bot.channels.kefu.taking import Outcome, Overtaken, Page
from bot.channels.wecom.calling import Caller, Refusal
from bot.channels.wecom.meanings import meant
from bot.ending import cancelled
from bot.lease import Lease, process_name
from bot.waiting import until
from storage import pulls
from storage.db import Database, Unavailable
from storage.faults import where_of
from storage.pulls import Pull
from storage.transaction import Signal

log = structlog.get_logger()

#: A page is one transaction on the writer.
MOST_MESSAGES = 50
#: How often is pulled without having been called: not every call arrives.
UNCALLED_SECONDS = 300.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 60.0
TOKEN_OVER = 95007
LONGEST_CURSOR = 64
#: By the sort of error: what the log says.
TROUBLES: tuple[tuple[type[Exception], str], ...] = (
    (Refusal, "customer service refuses to be pulled"),
    (TryLater, "customer service cannot be pulled now"),
    (Unavailable, "what was pulled cannot be kept now"),
    (Overtaken, "another process has pulled meanwhile"),
)
OTHERWISE = "pulling failed; tried again"


class Pulling:
    """Brings what owners wrote to one account. counted: told what became of each page.

    whole: set while nothing is known to stand behind what was taken, so that nobody is answered half-heard.
    ahead: how far the office's clock is ahead of the platform's. owner: this process' name for the lease.
    """

    def __init__(
        self,
        caller: Caller,
        open_kfid: str,
        db: Database,
        clock: Callable[[], datetime],
        counted: Callable[[Outcome], None],
        whole: asyncio.Event,
        *,
        ahead: Callable[[], timedelta] = timedelta,
        owner: str = "",
        lease_seconds: float = 10.0,
        look_seconds: float = 1.0,
    ) -> None:
        self._caller, self._open_kfid, self._db, self._clock = caller, open_kfid, db, clock
        self._counted, self._whole, self._ahead, self._look_seconds = counted, whole, ahead, look_seconds
        self._customers = Customers(caller, db)
        self._lease = Lease(db, f"kefu:{open_kfid}"[:64], owner or process_name(), lease_seconds)
        self._woken = asyncio.Event()
        self._pull_at = 0.0
        self._pause_seconds = 0.0
        self._life: asyncio.Task[None] | None = None
        self._names: set[asyncio.Task[None]] = set()

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled: where a call was noted, pull."""
        if any(signal == ("pull", self._open_kfid) for signal in signals):
            self._woken.set()

    async def start(self) -> None:
        """Begin to pull."""
        self._life = asyncio.create_task(self._pulling())

    async def close(self) -> None:
        """Stop; a page that is not kept comes again."""
        self._lease.distrust()
        self._whole.set()
        for task in (self._life, *self._names):
            if task is not None:
                await cancelled(task)
        try:
            await self._lease.give_up()
        except Unavailable:
            log.warning("the lease of pulling runs out by itself")

    # --- when -----------------------------------------------------------------------------------------------------

    async def _pulling(self) -> None:
        while True:
            self._woken.clear()
            try:
                if await self._lease.hold():
                    await self._look()
                self._pause_seconds = 0.0
                await until(self._woken, self._look_seconds)
            except Exception as error:
                self._whole.set()
                await asyncio.sleep(self._troubled(error))

    async def _look(self) -> None:
        """Pull where a call has come, to this process or to another, and from time to time without one."""
        pull = await self._db.read(pulls.look, self._open_kfid)
        if not pull.is_due and time.monotonic() < self._pull_at:
            return
        while await self._page(pull):
            if not await self._lease.hold():
                break
            cursor = pull.cursor
            pull = await self._db.read(pulls.look, self._open_kfid)
            if pull.cursor == cursor:  # an empty page that leads nowhere is no reason to ask at full speed
                await asyncio.sleep(FIRST_PAUSE_SECONDS)
        else:
            self._pull_at = time.monotonic() + UNCALLED_SECONDS
            if pull.is_due:
                await self._db.write(pulls.followed, self._open_kfid, pull.wanted)
        self._whole.set()

    # --- one page -------------------------------------------------------------------------------------------------

    async def _page(self, pull: Pull) -> bool:
        """Take one page; whether there is more behind it."""
        answer = await self._asked(pull)
        after, messages = answer.get("next_cursor", ""), answer.get("msg_list", [])
        if not isinstance(after, str) or len(after) > LONGEST_CURSOR or not isinstance(messages, list):
            raise TypeError("a page has a cursor and messages")
        raw = [msgspec.json.encode(one) for one in messages]
        page = Page(self._open_kfid, pull.cursor, after or pull.cursor, raw, self._ahead())
        now, more = self._clock(), answer.get("has_more") == 1
        if more:
            self._whole.clear()
        outcome = await self._db.write(taking.take, page, now)
        self._counted(outcome)
        if outcome.nameless:
            self._beside(self._customers.ask(outcome.nameless, now))
        return more

    async def _asked(self, pull: Pull) -> dict[str, Any]:
        """The answer; a token that is not good any more is left out."""
        token = pull.usable_token(self._clock())
        try:
            return await self._synced(pull.cursor, token)
        except Refusal as refusal:
            if refusal.code != TOKEN_OVER or not token:
                raise
        await self._db.write(pulls.forget_token, self._open_kfid, token)
        return await self._synced(pull.cursor, "")

    async def _synced(self, cursor: str, token: str) -> dict[str, Any]:
        asked = {"open_kfid": self._open_kfid, "limit": MOST_MESSAGES, "voice_format": 0}
        given = {name: value for name, value in (("cursor", cursor), ("token", token)) if value}
        return await self._caller.call("kf/sync_msg", {**asked, **given}, safe=True)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._names.add(task)
        task.add_done_callback(self._names.discard)

    # --- troubles -------------------------------------------------------------------------------------------------

    def _troubled(self, error: Exception) -> float:
        """Say what is wrong; returns how many seconds to wait, more each time."""
        words = next((words for sort, words in TROUBLES if isinstance(error, sort)), OTHERWISE)
        code = error.code if isinstance(error, Refusal) else None
        log.error(words, error=where_of(error), code=code)
        known = meant(error) if isinstance(error, Refusal) else error
        if isinstance(known, TryLater) and known.seconds is not None:
            return known.seconds
        self._pause_seconds = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, self._pause_seconds * 2))
        return self._pause_seconds
