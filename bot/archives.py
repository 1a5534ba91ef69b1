"""Copies of people's own data: made beside the work, put into the file store, told to the person, served for a day."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.export_page import page
from bot.filestore import FileStore
from bot.tending import Tending
from domain.messages import Attachment, Button, Message
from domain.retention import EXPORT_VALID
from handlers import export
from handlers.export import OwnData
from handlers.words import _, speaking
from storage import exports, outbox, recipients
from storage.db import Database
from storage.exports import Wanted
from storage.transaction import Tx


class Stream(Protocol):
    """What a copy is written to, from its beginning to its end."""

    def write(self, data: bytes, /) -> int:
        """The next bytes; returns how many."""

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """That was all."""


class Archives(Tending):
    """Makes the copies people asked for, one after the other."""

    def __init__(
        self, db: Database, store: FileStore, clock: Callable[[], datetime], *, look_seconds: float = 30.0
    ) -> None:
        super().__init__(db, "exports", self._make, frozenset({"exports"}), look_seconds=look_seconds)
        self._db, self._store, self._clock = db, store, clock

    async def _make(self) -> None:
        while (wanted := await self._db.write(exports.wanted)) is not None:
            own = await self._db.read(export.gather, wanted.person, self._clock())
            digest, size = await asyncio.to_thread(self._packed, own)
            await self._db.write(ready, wanted, digest, size, self._clock())

    def _packed(self, own: OwnData) -> tuple[str, int]:
        """Piece by piece: whoever has sent gigabytes fills no memory with a copy of them."""
        with self._store.pieces() as pieces:
            pack(own, self._store, pieces)
            return pieces.keep(), pieces.size_bytes


def pack(own: OwnData, store: FileStore, target: Path | Stream) -> None:
    """Write a copy as one .zip: index.html to read, data.json for programs, and the files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page(own))
        archive.writestr("data.json", json.dumps(own.data, ensure_ascii=False, indent=1))
        for name, digest in own.files:
            path = store.path(digest)
            if path.exists():
                archive.write(path, name)


def ready(tx: Tx, wanted: Wanted, digest: str, size_bytes: int, now: datetime) -> None:
    """The copy can be fetched: its person is told where, at the door they used last."""
    one = recipients.one(tx, wanted.person)
    if one is None:
        return
    secret = exports.made(tx, wanted.id, one.address.id, digest, size_bytes, now + EXPORT_VALID)
    if not secret:
        return
    with speaking(one.person.language):
        hours = int(EXPORT_VALID.total_seconds() // 3600)
        text = _("Your data is ready. The link is for you alone and good for {hours} hours:", hours=hours)
        link = f"/mydata/{secret}"
        buttons = ((Button(_("Your data with us"), "f:privacy"),),)
        if tx.office.url:
            message = Message(f"{text}\n{tx.office.url}{link}", buttons=buttons)
        else:
            shown = Attachment(0, file_name(), "application/zip", link)
            message = Message(text, files=(shown,), buttons=buttons)
    outbox.say(tx, one.address, wanted.person, message, now)


def file_name() -> str:
    """What the copy is called where it is saved."""
    return f"{_('my data')}.zip"
