"""The codes by which cards are changed: WeCom gives one with each card and one with each tap, and takes each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.channels.contract import TryLater
from bot.verdicts import OURS_BUSY
from storage import card_codes
from storage.db import Database, Unavailable
from storage.faults import where_of

log = structlog.get_logger()

#: So many messages are remembered that are to change their cards by a code of their own.
MOST_REMEMBERED = 1000


class Codes:
    """What is known of them. now: the time the platform counts by, which nobody moves."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db, self._now = db, now
        self._tried: dict[str, tuple[str, bool]] = {}

    async def keep(self, task: str, code: str) -> None:
        """Keep the code of a tap. Raises Unavailable."""
        await self._db.write(card_codes.keep, task, code, self._now())

    async def try_to_keep(self, task: str, code: str) -> None:
        """Keep the code of a card that is shown already: without it the next card is a fresh one, and that is all."""
        try:
            await self.keep(task, code)
        except Exception as error:
            log.warning("the code of a card was not kept", error=where_of(error))

    async def use(self, task: str, key: str) -> tuple[str, bool]:
        """A code to change a card with for the message `key`, "" where there is none; nobody gets it again.

        The second is whether an earlier try of this message may have changed the card by it. Raises TryLater.
        """
        tried = self._tried.pop(key, None)
        if tried is not None:
            return tried
        try:
            if not await self._db.read(card_codes.any_left, task, self._now()):
                return "", False
            return await self._db.write(card_codes.use, task, self._now()), False
        except Unavailable:
            raise TryLater(OURS_BUSY) from None

    def tried(self, key: str, code: str, *, maybe: bool) -> None:
        """The message `key` is to be tried again by this code; maybe: it may have changed its card already."""
        if len(self._tried) < MOST_REMEMBERED:
            self._tried[key] = code, maybe
