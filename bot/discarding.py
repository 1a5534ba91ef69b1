"""What was erased from the tables leaves the disk as well: bytes of files, the database's log and its free places."""

from __future__ import annotations

import asyncio

import structlog

from bot.filestore import FileStore
from bot.tending import Tending
from storage import discarded, scrubbing
from storage.db import Database
from storage.transaction import Signal

log = structlog.get_logger()

#: "purged" comes at night, when the file may be written anew while nobody waits.
AT_ONCE, AT_NIGHT = "erased", "purged"
TOPICS = frozenset({"discarded", AT_ONCE, AT_NIGHT})


class Discarding(Tending):
    """Drops bytes no record names any more, and scrubs the database after something was erased."""

    def __init__(self, db: Database, store: FileStore, *, look_seconds: float = 60.0) -> None:
        super().__init__(db, "discard", self.discard, TOPICS, look_seconds=look_seconds)
        self._db, self._store = db, store
        self._todo = {AT_ONCE}  # the program may have ended between an erasure and this

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled."""
        self._todo |= {str(signal[0]) for signal in signals} & {AT_ONCE, AT_NIGHT}
        super().heard(signals)

    async def discard(self) -> None:
        """Drop what waits, then scrub."""
        for digest in await self._db.read(discarded.waiting):
            if await self._db.read(discarded.needed, digest) or await asyncio.to_thread(self._store.drop, digest):
                await self._db.write(discarded.done, digest)
        await self._scrub()

    async def _scrub(self) -> None:
        todo, self._todo = self._todo, set()
        if not todo:
            return
        scrub = scrubbing.write_anew if AT_NIGHT in todo else scrubbing.fold_log
        if not await asyncio.to_thread(scrub, self._db.url):
            self._todo |= todo
            log.info("scrubbed later", part="discard")
