"""Tokens that run out: one an app, kept in a row, asked for early and by one process (D91039).

A token is kept in the process too, so that a call costs no reading. One that is refused before its time is given up
at most once a minute, whatever the platform answers; a secret that is refused is not tried again for ten minutes,
since trying on gets this machine's address shut out for an hour.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.channels.contract import Held, OutcomeUnknown, TryLater
from bot.channels.wecom.meanings import Refusal, Sort, meant
from bot.lease import has_ended, process_name
from handlers.words import N_
from storage import platform_tokens
from storage.db import Database, Unavailable
from storage.engines import is_sqlite
from storage.faults import where_of
from storage.platform_tokens import Kept

log = structlog.get_logger()

#: Another token is asked for when this part of the life of one is over.
EARLY = 0.85
#: So long one process may ask; a platform answers sooner or not at all.
ASKING_SECONDS = 30.0
#: How often who waits for another process looks whether it has come.
LOOK_SECONDS = 0.1
#: After a failure, and at the least between two askings.
PAUSE_SECONDS = 5.0
NO_TOKEN = N_("WeCom has given no token yet")


class Stopped(Held):
    """The platform refuses the app's secret: an administrator has to set it right. Nothing was sent."""


class Tokens:
    """The token of one app.

    name: of its row, no secret. ask: asks the platform; (token, life in seconds). clock: now, aware.
    """

    def __init__(
        self, db: Database, name: str, ask: Callable[[], Awaitable[tuple[str, float]]], clock: Callable[[], datetime]
    ) -> None:
        self._db, self._name, self._ask, self._clock = db, name, ask, clock
        self._who = process_name()
        self._gone = has_ended if is_sqlite(db.url) and os.name == "posix" else None
        self._kept = Kept()
        self._renewing: asyncio.Task[TryLater | None] | None = None

    async def get(self) -> str:
        """A token the platform should take. Raises TryLater where there is none now, Stopped where there will be none.

        While another is asked for, the old one is used as long as it lasts.
        """
        now = self._clock()
        if not self._kept.lasts(now) or self._kept.is_due(now):
            renewal = self._renewal()
            if not self._kept.lasts(now) and (error := await asyncio.shield(renewal)) is not None:
                raise error
        if not self._kept.token:
            raise TryLater(NO_TOKEN)
        return self._kept.token

    async def refused(self, token: str) -> None:
        """The platform did not take it: ask for another, at most once a minute. Raises TryLater within that minute."""
        if self._kept.token != token:
            return
        try:
            rest = await self._db.write(platform_tokens.give_up, self._name, token, self._clock())
        except Unavailable:
            raise TryLater(NO_TOKEN) from None
        if rest:
            raise TryLater(NO_TOKEN, rest)
        if self._kept.token == token:
            self._kept = Kept()

    async def alarm(self, why: str) -> None:
        """An administrator has to mend something about this app; a key of the catalogues."""
        await self._mark(why)

    async def well(self) -> None:
        """What was wrong is mended."""
        await self._mark("")

    async def close(self) -> None:
        """Stop asking."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait([self._renewing])

    async def _mark(self, why: str) -> None:
        try:
            await self._db.write(platform_tokens.mark, self._name, why)
        except Unavailable:
            log.warning("not marked for administrators", app=self._name)

    def _renewal(self) -> asyncio.Task[TryLater | None]:
        """The one asking of this process; whoever waits for it may go away without ending it."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renewed())
            self._renewing.add_done_callback(_seen)
        return self._renewing

    async def _renewed(self) -> TryLater | None:
        """What keeps the platform's token from being had, if anything does; raises only errors of the program."""
        try:
            await self._renew()
        except Unavailable:
            return TryLater(NO_TOKEN)
        except TryLater as error:
            return error
        return None

    async def _renew(self) -> None:
        """Take what the row has, or ask; while another process asks, wait for it if there is nothing else to use."""
        late = asyncio.get_running_loop().time() + ASKING_SECONDS
        while True:
            now = self._clock()
            self._kept, ours = await self._claimed(now)
            if ours:
                await self._asked()
                return
            if self._kept.lasts(now):
                return
            if not self._kept.asking_by or asyncio.get_running_loop().time() >= late:
                raise self._none(now)
            await asyncio.sleep(LOOK_SECONDS)

    async def _claimed(self, now: datetime) -> tuple[Kept, bool]:
        """The row, and whether we are to ask; read first, most often another process has asked already."""
        found = await self._db.read(platform_tokens.kept, self._name)
        if not found.is_due(now) and not (self._gone is not None and found.asking_by and self._gone(found.asking_by)):
            return found, False
        until = now + timedelta(seconds=ASKING_SECONDS)
        return await self._db.write(platform_tokens.claim, self._name, self._who, now, until, self._gone)

    async def _asked(self) -> None:
        """Ask the platform, and keep what it says for all processes."""
        try:
            token, seconds = await self._ask()
        except Refusal as refusal:
            await self._refused(refusal)
        except (TryLater, OutcomeUnknown) as error:
            await self._rest(getattr(error, "seconds", None) or PAUSE_SECONDS)
        else:
            now = self._clock()
            again_at = now + timedelta(seconds=max(min(PAUSE_SECONDS, seconds), seconds * EARLY))
            ends = now + timedelta(seconds=seconds)
            self._kept = await self._db.write(platform_tokens.keep, self._name, self._who, token, ends, again_at)
        now = self._clock()
        if not self._kept.lasts(now):
            raise self._none(now)

    async def _refused(self, refusal: Refusal) -> None:
        error = meant(refusal)
        seconds = getattr(error, "seconds", None) or PAUSE_SECONDS
        meaning = refusal.meaning
        if meaning.sort is not Sort.ALARM:
            await self._rest(seconds)
            return
        if self._kept.stopped != meaning.words:
            log.error("a platform gives no token", app=self._name, code=refusal.code, what=meaning.words)
        until = self._clock() + timedelta(seconds=seconds)
        self._kept = await self._db.write(platform_tokens.stop, self._name, self._who, until, meaning.words)

    async def _rest(self, seconds: float) -> None:
        until = self._clock() + timedelta(seconds=seconds)
        self._kept = await self._db.write(platform_tokens.put_off, self._name, self._who, until)

    def _none(self, now: datetime) -> TryLater:
        """Why there is no token now, and until when."""
        again_at = self._kept.asked_again_at
        seconds = max(LOOK_SECONDS, (again_at - now).total_seconds()) if again_at is not None else PAUSE_SECONDS
        return Stopped(self._kept.stopped, seconds) if self._kept.stopped else TryLater(NO_TOKEN, seconds)


def _seen(renewal: asyncio.Task[TryLater | None]) -> None:
    """Nobody may be waiting for it: what no caller would hear is said in the log."""
    error = None if renewal.cancelled() else renewal.exception()
    if isinstance(error, Exception):
        log.error("no token could be had", error=where_of(error))
