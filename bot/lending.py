"""Files on their way out: a channel borrows the bytes, or the platform's own name where the file is there already."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from bot.filestore import FileStore
from domain.office import Office
from storage import file_refs
from storage.db import Database
from storage.faults import where_of
from storage.file_refs import Shown

log = structlog.get_logger()


class Lending:
    """What a channel may know of the office's files. channel: its name."""

    def __init__(self, db: Database, store: FileStore, channel: str) -> None:
        self._db, self._store, self._channel = db, store, channel

    @property
    def office(self) -> Office:
        """The office as it is now."""
        return self._db.office

    async def known(self, file: int) -> Shown | None:
        """A file to be sent, None for one that is not kept any more. Raises Unavailable."""
        found = await self._db.read(file_refs.shown, [file], self._channel)
        return found[0] if found else None

    async def data(self, digest: str) -> bytes:
        """The bytes. Raises OSError."""
        return await asyncio.to_thread(self._store.path(digest).read_bytes)

    async def keep(self, file: int, ref: str, at: datetime | None = None) -> None:
        """Remember the platform's name of a file; without it the file is only uploaded once more.

        at: when the name was given, where the platform keeps it for a time only.
        Raises nothing: the message has arrived, and must not be taken for one that failed.
        """
        try:
            await self._db.write(file_refs.keep, file, self._channel, ref, at)
        except Exception as error:
            log.warning("the platform's name of a file was not kept", file=file, error=where_of(error))
