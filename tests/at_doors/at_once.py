"""The database and its files as channels use them, for a town that has no loop running: everything at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from bot.lending import Lending
from domain.office import Office
from storage.db import Database


class AtOnce:
    """Writes and reads on the caller's thread."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @property
    def office(self) -> Office:
        """The office as it is now."""
        return self._db.office

    async def write(self, fn: Callable[..., Any], *args: Any) -> Any:
        """What `fn` returned, once it is committed."""
        return self._db.write_now(fn, *args)

    async def read(self, fn: Callable[..., Any], *args: Any) -> Any:
        """What `fn` returned."""
        return self._db.read_now(fn, *args)


def database(db: Database) -> Database:
    """The same database for a channel."""
    return cast(Database, AtOnce(db))


def lending(db: Database, channel: str) -> Lending:
    """What a channel may know of files; their bytes are nowhere."""
    return Lending(database(db), cast(Any, None), channel)
