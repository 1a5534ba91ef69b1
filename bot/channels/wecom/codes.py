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


class Codes:
    """What is known of them. now: the time the platform counts by, which nobody moves."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db, self._now = db, now

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
        """A code to change a card with for the message `key`, "" where there is none; no other message gets it.

        The second is whether an earlier try of this message had it, and may have changed the card. Raises TryLater.
        """
        try:
            found = await self._db.read(card_codes.usable, task, key, self._now())
            if not found[0] or found[1]:
                return found
            return await self._db.write(card_codes.use, task, key, self._now())
        except Unavailable:
            raise TryLater(OURS_BUSY) from None

    async def spent(self, task: str, code: str) -> None:
        """WeCom says that a code works no more. Raises TryLater."""
        try:
            await self._db.write(card_codes.spent, task, code)
        except Unavailable:
            raise TryLater(OURS_BUSY) from None
