"""The office built from its rulebook, the calendar in the database and the keys; office.toml only starts it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.ending import cancelled
from bot.keys import Keys
from bot.settings import OfficeFile
from bot.waiting import until
from domain import rulebook
from domain.errors import BadDeclaration
from domain.office import Office
from domain.rulebook import DEFAULT, Closure, Rulebook
from domain.workdays import Calendar
from handlers import words
from storage import calendars, rulebooks
from storage.db import Database, Unavailable
from storage.transaction import Signal, Tx

log = structlog.get_logger()

#: How soon a change made in another process is seen in this one.
LOOK_SECONDS = 3.0


def begun_with(file: OfficeFile) -> Rulebook:
    """The first rulebook of an office: the defaults, with what office.toml says."""
    opened = file.opens <= DEFAULT.digest_at < file.closes
    return replace(
        DEFAULT,
        name=file.name,
        phone=file.phone,
        language=file.language,
        opens=file.opens,
        closes=file.closes,
        closures=tuple(Closure(day, name) for day, name in sorted({c.day: c.name for c in file.closures}.items())),
        digest_at=DEFAULT.digest_at if opened else file.opens,
    )


def plant(tx: Tx, file: OfficeFile, now: datetime) -> None:
    """At the first start: the known holidays, and the rules an office begins with."""
    calendars.plant(tx, now)
    rulebooks.plant(tx, begun_with(file), now)


def plain(file: OfficeFile, keys: Keys, url: str) -> Office:
    """The office before its database was read: a calendar of weekdays only."""
    weekdays = Calendar({}, calendars.SEED_THROUGH, calendars.SEED_FROM, 0, file.zone)
    return _office(begun_with(file), weekdays, file, keys, url)


def as_kept(tx: Tx, file: OfficeFile, keys: Keys, url: str) -> Office:
    """The office as its database has it."""
    book = rulebooks.current(tx) or begun_with(file)
    return _office(book, rulebooks.calendar(tx, book, file.zone), file, keys, url)


def _office(book: Rulebook, calendar: Calendar, file: OfficeFile, keys: Keys, url: str) -> Office:
    return Office(
        name=book.name or file.name,
        calendar=rulebook.on(calendar, book),
        rulebook=book,
        phone=book.phone,
        language=book.language,
        url=url.rstrip("/"),
        sign=keys.signing.sign,
        public_key=keys.public,
    )


class Rules:
    """Keeps the office of this process as its database has it: looks at once after a change of its own, and every few
    seconds for one made elsewhere."""

    def __init__(self, db: Database, kept: Callable[[Tx], Office], look_seconds: float = LOOK_SECONDS) -> None:
        self._db, self._kept, self._look_seconds = db, kept, look_seconds
        self._known = (0, 0)
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the office, and go on looking."""
        await self.look()
        self._looking = asyncio.create_task(self._look_on())

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            await cancelled(self._looking)

    def heard(self, signals: list[Signal]) -> None:
        """The rules were changed in this process."""
        if any(topic == "rulebook" for topic, *_rest in signals):
            self._woken.set()

    async def look(self, *, again: bool = False) -> None:
        """Take the office as it is now, if it is another. again: also where only what stands beside its rules changed.

        Raises BadDeclaration for rules nobody can read.
        """
        newest = await self._db.read(rulebooks.newest)
        if again or newest != self._known:
            office = await self._db.read(self._kept)
            self._db.office, self._known = office, newest
            words.say_instead(office.rulebook.texts)

    async def _look_on(self) -> None:
        while True:
            await until(self._woken, self._look_seconds)
            self._woken.clear()
            try:
                await self.look()
            except (Unavailable, BadDeclaration) as error:
                log.warning("rules not read", error=str(error))
