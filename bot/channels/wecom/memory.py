"""What was said to a member before, as far as it bears on what is said now."""

from __future__ import annotations

from bot.channels.contract import TryLater
from bot.channels.wecom import rendering
from bot.lending import Lending
from bot.verdicts import OURS_BUSY
from domain.messages import Message
from storage import earlier
from storage.db import Database, Unavailable
from storage.transaction import Tx

#: So many signs of a text are looked at first.
LOOKED_AT = 12


class Memory:
    """Looked up by the row a message stands in, with which its key begins. Every call raises TryLater."""

    def __init__(self, db: Database, lending: Lending) -> None:
        self._db, self._lending = db, lending

    async def told(self, key: str, words: str, replaces: str) -> tuple[bool, bool]:
        """Whether the same words stand in the place this message takes, and whether they were said of late at all."""
        standing, before = await self._before(key)
        if replaces and standing is not None and self._says(standing, words):
            return True, True
        return False, any(self._says(one, words) for one in before)

    async def shown(self, key: str, file: int) -> bool:
        """Whether a file was sent of late."""
        _standing, before = await self._before(key)
        return any(one.file == file for message in before for one in message.files)

    async def _before(self, key: str) -> tuple[Message | None, list[Message]]:
        row = key.partition("-")[0]
        try:
            return await self._db.read(_looked_up, int(row))
        except Unavailable:
            raise TryLater(OURS_BUSY) from None

    def _says(self, message: Message, words: str) -> bool:
        """Whether a message was a text of these words. Nearly none was, which its beginning tells."""
        begins = message.text[:LOOKED_AT].strip()
        if begins not in words and "<" not in begins:
            return False
        office = self._lending.office
        message = rendering.with_page(message, office)
        return rendering.card(message, office) is None and rendering.text(message) == words


def _looked_up(tx: Tx, row: int) -> tuple[Message | None, list[Message]]:
    return earlier.replaced(tx, row), earlier.before(tx, row)
