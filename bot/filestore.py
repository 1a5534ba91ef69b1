"""The bytes of files, named by their SHA-256: the same bytes are kept once, and none is ever overwritten.

Bytes are dropped only when nobody has put the same ones for a while: a record of them may be on its way.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: Kinds a browser may show in place; everything else is only downloaded.
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/mp4", "video/webm")

#: Pieces are followed by the next within this time, or by none.
ABANDONED_SECONDS = 6 * 3600.0
#: A record of bytes is written within this time of putting them.
SETTLED_SECONDS = 600.0
#: So much of the disk is left to the database: whoever fills the rest with files silences nobody.
RESERVED_BYTES = 256 * 1024 * 1024


class FileStore:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep bytes durably; returns their digest (64 hex characters). May raise OSError."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _touched(path):
            return digest
        with self.pieces() as pieces:
            pieces.write(data)
            return pieces.keep()

    @contextmanager
    def pieces(self) -> Iterator[Pieces]:
        """For bytes that come piece by piece; what is not kept by the end is gone. May raise OSError."""
        folder = self.folder / "pieces"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        descriptor, part = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield Pieces(self, file, Path(part))
        finally:
            Path(part).unlink(missing_ok=True)

    def adopt(self, part: Path, digest: str) -> None:
        """A durably written file on the same disk holds the bytes of this digest from now on."""
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _touched(path):
            part.replace(path)
            _sync(path.parent)

    def drop(self, digest: str, settled_seconds: float = SETTLED_SECONDS) -> bool:
        """Take bytes out that no record needs; False while they were put too recently to be sure of that."""
        path = self.path(digest)
        if not path.exists():
            return True
        with _alone(path.parent):
            if time.time() - path.stat().st_mtime < settled_seconds:
                return False
            path.unlink()
        _sync(path.parent)
        return True

    def path(self, digest: str) -> Path:
        """Where the bytes with this digest are kept."""
        if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
            raise ValueError("not a digest")
        return self.folder / digest[:2] / digest


class Pieces:
    """Bytes that come piece by piece: none is held in memory longer than it takes to write it."""

    def __init__(self, store: FileStore, file: BinaryIO, part: Path) -> None:
        self._store, self._file, self._part = store, file, part
        self._sum = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes) -> int:
        """The next piece; returns its length in bytes. May raise OSError."""
        _leave_room(self._part.parent)
        self._sum.update(data)
        length = self._file.write(data)
        self.size_bytes += length
        return length

    def flush(self) -> None:
        """For whoever writes as to any file; `keep` does it."""

    def close(self) -> None:
        """For whoever writes as to any file; the end of `pieces` does it."""

    def keep(self) -> str:
        """Keep them all durably; returns their digest."""
        self._file.flush()
        os.fsync(self._file.fileno())
        digest = self._sum.hexdigest()
        self._store.adopt(self._part, digest)
        return digest


def _leave_room(folder: Path) -> None:
    disk = os.statvfs(folder)
    if disk.f_bavail * disk.f_frsize < RESERVED_BYTES:
        raise OSError(errno.ENOSPC, "what is left of the disk is for the database")


def _sweep(folder: Path) -> None:
    """What a killed program left half written goes."""
    for part in folder.glob("*.part"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()


def _touched(path: Path) -> bool:
    """Whether the bytes are there; they count as put now."""
    with _alone(path.parent):
        if not path.exists():
            return False
        os.utime(path)
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else puts or drops in this folder meanwhile, in whatever process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def may_show(media: str) -> bool:
    """Whether a browser may show this kind in place."""
    return media.startswith(SHOWN)
