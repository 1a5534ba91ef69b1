"""The bytes of files, named by their SHA-256: the same bytes are kept once, and none is ever overwritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

#: Kinds a browser may show in place; everything else is only downloaded.
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/mp4", "video/webm")


class FileStore:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep bytes durably; returns their digest (64 hex characters)."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(path)
        except OSError:
            Path(part).unlink(missing_ok=True)  # on a full disk half a file would keep it full
            raise
        _sync(path.parent)
        return digest

    def path(self, digest: str) -> Path:
        """Where the bytes with this digest are kept."""
        if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
            raise ValueError("not a digest")
        return self.folder / digest[:2] / digest


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def may_show(media: str) -> bool:
    """Whether a browser may show this kind in place."""
    return media.startswith(SHOWN)
