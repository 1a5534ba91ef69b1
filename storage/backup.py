"""A copy of the whole database in one file, taken while the office works; and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from storage import backup_postgresql
from storage.backup_errors import BackupError
from storage.engines import BUSY_SECONDS, driver, is_sqlite, sqlite_path

__all__ = ["BackupError", "backup", "is_in_use", "restore"]

Progress = Callable[[int, int], None]

CHUNK_BYTES = 1024 * 1024
#: SQLite's own steps between two looks at how far a backup has come.
STEPS_BETWEEN_LOOKS = 100_000


def _quietly(_done_bytes: int, _total_bytes: int) -> None:
    """Nobody watches."""


def backup(url: str, target: Path | str, *, on_progress: Progress = _quietly) -> Path:
    """Write the database as it is now to `target`, which must not exist yet; returns its path.

    The file has its name only when it is complete and on the disk. Nobody but its owner can read it.
    `on_progress(done_bytes, total_bytes)`: the total is an estimate. Raises BackupError.
    """
    path = Path(target)
    if path.exists():
        raise BackupError(f"{path.name} exists already; choose another name")
    part = _empty_part(path)
    try:
        if is_sqlite(url):
            _vacuum_into(sqlite_path(url), part, on_progress)
        else:
            backup_postgresql.dump(url, part, on_progress)
        _keep(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def restore(url: str, source: Path | str, *, force: bool = False, on_progress: Progress = _quietly) -> None:
    """Make the database what it was when `source` was written.

    Refuses to replace a database that holds tables unless `force`; the office must not be running. The old
    state stays until the new one is complete and checked. Raises BackupError.
    """
    path = Path(source)
    if not path.is_file():
        raise BackupError(f"there is no backup {path.name}")
    if is_sqlite(url):
        _restore_sqlite(sqlite_path(url), path, force, on_progress)
    else:
        backup_postgresql.load(url, path, force, on_progress)


def _vacuum_into(database: Path, part: Path, on_progress: Progress) -> None:
    """VACUUM INTO lets writers go on; the backup interface starts anew at every write and may never end."""
    if not database.exists():
        raise BackupError(f"there is no database {database.name}")
    try:
        with closing(driver.connect(str(database), timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            total = _size_bytes(connection)
            connection.set_progress_handler(lambda: _look(part, total, on_progress), STEPS_BETWEEN_LOOKS)
            connection.execute("VACUUM INTO ?", (str(part),))
    except driver.Error as error:
        raise BackupError(f"the backup could not be written: {error}") from error
    on_progress(part.stat().st_size, part.stat().st_size)


def _look(part: Path, total_bytes: int, on_progress: Progress) -> int:
    on_progress(min(part.stat().st_size, total_bytes), total_bytes)
    return 0


def _restore_sqlite(database: Path, source: Path, force: bool, on_progress: Progress) -> None:
    if database.exists() and _tables(database) and not force:
        raise BackupError("the database is not empty: nothing was changed")
    database.parent.mkdir(parents=True, exist_ok=True)
    part = _empty_part(database)
    try:
        _copy(source, part, on_progress)
        _check(part, source)
        if database.exists():
            _retire(database)
        for ending in ("-wal", "-shm", "-journal"):  # a log left by a crash would be played onto the new file
            database.with_name(database.name + ending).unlink(missing_ok=True)
        _keep(part, database)
    finally:
        part.unlink(missing_ok=True)


def _check(part: Path, source: Path) -> None:
    try:
        with closing(driver.connect(str(part), isolation_level=None)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            astray = connection.execute("PRAGMA foreign_key_check").fetchone()
    except driver.Error as error:
        raise BackupError(f"{source.name} is not a backup of this program: {error}") from error
    if not sound or astray or not _tables(part):
        raise BackupError(f"{source.name} is damaged: nothing was changed")


def is_in_use(database: Path) -> bool:
    """Whether a program has this embedded database open."""
    try:
        if database.exists():
            _retire(database)
    except BackupError:
        return True
    return False


def _retire(database: Path) -> None:
    """Fold the log into the old file, which SQLite does only for the last one to have it open."""
    try:
        with closing(driver.connect(str(database), timeout=0, isolation_level=None)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except driver.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == driver.SQLITE_NOTADB:
            return  # what is there is no database any more, and its log of no use
        raise BackupError("the database is in use: stop the office first") from error
    if mode != "delete":
        raise BackupError("the database is in use: stop the office first")


def _tables(database: Path) -> int:
    with closing(driver.connect(str(database), timeout=BUSY_SECONDS)) as connection:
        try:
            found: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except driver.DatabaseError:
            return 1  # something is there that we cannot read: not ours to overwrite unasked
    return found


def _size_bytes(connection: Any) -> int:
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    page_bytes: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return pages * page_bytes


def _empty_part(path: Path) -> Path:
    """The unfinished file beside `path`, empty, its owner's alone; one left by a crash is replaced."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    return part


def _copy(source: Path, target: Path, on_progress: Progress) -> None:
    total, done = source.stat().st_size, 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            writer.write(chunk)
            done += len(chunk)
            on_progress(done, total)


def _keep(part: Path, path: Path) -> None:
    """Give a finished file its name, so that it survives a power cut under that name or not at all."""
    _sync(part, os.O_RDWR)
    part.replace(path)
    _sync(path.parent, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
