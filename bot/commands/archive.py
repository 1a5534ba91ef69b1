"""One .tar with everything an office is: its database, the files people sent, and its keys."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bot.commands.telling import NotDone, Tell
from bot.filestore import FileStore
from bot.settings import Settings
from handlers.words import _
from storage.backup import backup, restore

DATABASE = "database"
KEYS = ("signing.key", "cookie.key")
KEY_BYTES = 32
CHUNK_BYTES = 1024 * 1024
_STORED = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_KEY = re.compile(r"keys/(signing\.key|cookie\.key)")


def is_archive(path: Path) -> bool:
    """Whether this is a .tar rather than the copy of a database alone."""
    return path.is_file() and tarfile.is_tarfile(path)


def write(wanted: Settings, target: Path, tell: Tell) -> None:
    """Write the archive, which must not be there yet; it has its name only when it is complete. Raises BackupError."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        part = Path(folder) / "part.tar"
        database = backup(wanted.database_url, Path(folder) / DATABASE)  # first: files are only ever added
        members = [(DATABASE, database), *_stored(wanted.files), *_keys(wanted.keys)]
        _pack(part, members, tell)
        part.replace(target)
    _sync(target.parent)


def _stored(folder: Path) -> list[tuple[str, Path]]:
    found = sorted(path for path in folder.glob("??/*") if path.is_file())
    named = ((f"files/{path.parent.name}/{path.name}", path) for path in found)
    return [(name, path) for name, path in named if _STORED.fullmatch(name)]


def _keys(folder: Path) -> list[tuple[str, Path]]:
    return [(f"keys/{name}", folder / name) for name in KEYS if (folder / name).exists()]


def _pack(part: Path, members: list[tuple[str, Path]], tell: Tell) -> None:
    total, done = sum(path.stat().st_size for _name, path in members), 0
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in members:
            tar.add(path, name, recursive=False, filter=_private)
            done += path.stat().st_size
            tell(done, total)
    _sync(part)


def _private(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def read(wanted: Settings, source: Path, tell: Tell, *, force: bool) -> None:
    """Put an archive back: files, database, keys. Everything is checked first. Raises BackupError, NotDone.

    Keys that differ from those in the archive are replaced only with `force`, and kept beside under another name.
    """
    wanted.files.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        tarfile.open(source, mode="r:") as tar,
        tempfile.TemporaryDirectory(dir=wanted.files, prefix=".restore-") as folder,
    ):
        try:
            keys = _check(tar)
        except tarfile.TarError as error:
            raise NotDone(what=_("{file} is damaged: {error}", file=source.name, error=error)) from None
        _refuse_other_keys(wanted.keys, keys, force)
        _unpack_files(tar, FileStore(wanted.files), source.stat().st_size, tell)
        database = Path(folder) / DATABASE
        _copy(_opened(tar, tar.getmember(DATABASE)), database)
        restore(wanted.database_url, database, force=force)
    for name, data in keys.items():
        _put_key(wanted.keys, name, data)


def _check(tar: tarfile.TarFile) -> dict[str, bytes]:
    """The keys of an archive in which every member is of us and whole. Raises NotDone."""
    names = []
    keys = {}
    for member in tar:
        names.append(member.name)
        known = member.name == DATABASE or _STORED.fullmatch(member.name) or _KEY.fullmatch(member.name)
        if not known or not member.isreg():
            raise NotDone(what=_("{name} does not belong in a backup: nothing was changed", name=member.name))
        if _STORED.fullmatch(member.name) and _digest(_opened(tar, member)) != Path(member.name).name:
            raise NotDone(what=_("{name} is damaged: nothing was changed", name=member.name))
        if _KEY.fullmatch(member.name):
            keys[Path(member.name).name] = _opened(tar, member).read(KEY_BYTES + 1)
    if names.count(DATABASE) != 1 or any(len(data) != KEY_BYTES for data in keys.values()):
        raise NotDone(what=_("this is not a backup of an office: nothing was changed"))
    return keys


def _refuse_other_keys(folder: Path, keys: dict[str, bytes], force: bool) -> None:
    other = [name for name, data in keys.items() if (folder / name).exists() and (folder / name).read_bytes() != data]
    if other and not force:
        raise NotDone(what=_("{folder} holds other keys: nothing was changed", folder=folder))


def _unpack_files(tar: tarfile.TarFile, store: FileStore, total: int, tell: Tell) -> None:
    for member in tar.getmembers():
        if _STORED.fullmatch(member.name):
            store.put(_opened(tar, member).read())
            tell(member.offset_data + member.size, total)
    tell(total, total)


def _put_key(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if path.exists() and path.read_bytes() == data:
        return
    if path.exists():
        path.replace(_free_name(path))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)


def _free_name(path: Path) -> Path:
    number = 1
    while (free := path.with_name(f"{path.name}.replaced-{number}")).exists():
        number += 1
    return free


def _opened(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    return tar.extractfile(member) or io.BytesIO()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in _chunks(file):
        found.update(chunk)
    return found.hexdigest()


def _copy(file: IO[bytes], target: Path) -> None:
    with target.open("wb") as writer:
        for chunk in _chunks(file):
            writer.write(chunk)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
