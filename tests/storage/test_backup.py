"""A backup holds everything that was committed, and a restore changes everything or nothing."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, text

from storage.backup import BackupError, backup, restore
from storage.backup_postgresql import _set_aside
from storage.db import Database, Tx
from tests.databases import PLAIN, empty_database_url, forget, postgresql_tools

notes = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("words", Text, nullable=False))


@pytest.fixture(autouse=True)
def tools_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the server under test: pg_dump refuses a server that is newer than itself."""
    monkeypatch.setenv("PATH", f"{postgresql_tools()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def another_url(database_url: str) -> Iterator[str]:
    """An empty database of the same kind."""
    url = empty_database_url("sqlite" if database_url.startswith("sqlite") else "postgresql")
    yield url
    forget(url)


def in_database(url: str, fn: Callable[..., Any], *args: Any) -> Any:
    db = Database(url, PLAIN)
    try:
        return db.write_now(fn, *args)
    finally:
        db._writing.dispose()


def fill(tx: Tx, *words: str) -> None:
    notes.create(tx.connection)
    tx.execute(text("INSERT INTO notes (words) VALUES (:words)"), [{"words": one} for one in words])


def words(url: str) -> list[str]:
    return in_database(url, lambda tx: [row.words for row in tx.all(text("SELECT words FROM notes ORDER BY id"))])


def test_what_was_saved_comes_back(database_url: str, another_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "你好", "second")
    kept = backup(database_url, tmp_path / "kept.backup")
    in_database(database_url, lambda tx: tx.execute(text("DELETE FROM notes")).close())
    restore(another_url, kept)
    assert words(another_url) == ["你好", "second"]
    assert words(database_url) == []


def test_the_file_has_its_name_only_when_it_is_complete_and_is_private(database_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "one")
    kept = backup(database_url, str(tmp_path / "kept.backup"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept.backup"]
    assert kept.stat().st_mode & 0o077 == 0


def test_an_older_backup_is_not_overwritten(database_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "one")
    older = tmp_path / "kept.backup"
    older.write_text("precious")
    with pytest.raises(BackupError, match="exists already"):
        backup(database_url, older)
    assert older.read_text() == "precious"


def test_a_part_left_by_a_crash_is_no_hindrance(database_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "one")
    (tmp_path / "kept.backup.part").write_text("half")
    backup(database_url, tmp_path / "kept.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.backup"]


def test_a_database_that_holds_something_is_replaced_only_on_demand(
    database_url: str, another_url: str, tmp_path: Path
) -> None:
    in_database(database_url, fill, "old")
    kept = backup(database_url, tmp_path / "kept.backup")
    in_database(another_url, fill, "new")
    in_database(another_url, lambda tx: tx.execute(text("CREATE TABLE later (id INTEGER)")).close())
    with pytest.raises(BackupError, match="not empty"):
        restore(another_url, kept)
    assert words(another_url) == ["new"]
    restore(another_url, kept, force=True)
    assert words(another_url) == ["old"]
    again = backup(another_url, tmp_path / "again.backup")
    restore(another_url, again, force=True)
    assert words(another_url) == ["old"]
    in_database(another_url, lambda tx: tx.execute(text("CREATE TABLE later (id INTEGER)")).close())


def test_a_file_that_is_no_backup_changes_nothing(database_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "safe")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear office, " * 1000)
    with pytest.raises(BackupError):
        restore(database_url, letter, force=True)
    with pytest.raises(BackupError, match="no backup"):
        restore(database_url, tmp_path / "missing", force=True)
    assert words(database_url) == ["safe"]


def test_a_damaged_backup_changes_nothing(database_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, *(f"note {n} " * 50 for n in range(2000)))
    kept = backup(database_url, tmp_path / "kept.backup")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError):
        restore(database_url, kept, force=True)
    assert len(words(database_url)) == 2000


def test_progress_is_told_and_ends_at_the_whole(database_url: str, another_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, *(f"note {n} " * 50 for n in range(5000)))
    told: list[tuple[int, int]] = []
    kept = backup(database_url, tmp_path / "kept.backup", on_progress=lambda *both: told.append(both))
    assert told[-1] == (kept.stat().st_size, kept.stat().st_size)
    assert all(0 <= done <= total for done, total in told)
    told.clear()
    restore(another_url, kept, on_progress=lambda *both: told.append(both))
    assert told[-1] == (kept.stat().st_size, kept.stat().st_size)
    assert told == sorted(told)


async def test_a_backup_is_taken_while_the_office_works(database_url: str, another_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "before")
    db = Database(database_url, PLAIN)
    await db.start()
    try:
        kept = backup(database_url, tmp_path / "kept.backup")
        await db.write(lambda tx: tx.execute(text("INSERT INTO notes (words) VALUES ('after')")).close())
    finally:
        await db.close()
    restore(another_url, kept)
    assert words(another_url) == ["before"]


def test_an_office_that_is_running_keeps_its_database(database_url: str, tmp_path: Path) -> None:
    in_database(database_url, fill, "old")
    kept = backup(database_url, tmp_path / "kept.backup")

    def restore_meanwhile(tx: Tx) -> None:
        tx.execute(text("INSERT INTO notes (words) VALUES ('new')"))
        with pytest.raises(BackupError, match="office"):
            restore(database_url, kept, force=True)

    in_database(database_url, restore_meanwhile)
    assert words(database_url) == ["old", "new"]


def test_a_log_left_behind_is_not_played_onto_a_restored_file(sqlite_url: str, tmp_path: Path) -> None:
    in_database(sqlite_url, fill, "one")
    kept = backup(sqlite_url, tmp_path / "kept.backup")
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    database.unlink()
    log = database.with_name(database.name + "-wal")
    log.write_bytes(b"left behind" * 1000)
    restore(sqlite_url, kept)
    assert not log.exists()
    assert words(sqlite_url) == ["one"]


def test_a_restore_that_was_killed_is_put_right_by_the_next(postgresql_url: str, tmp_path: Path) -> None:
    in_database(postgresql_url, fill, "old")
    kept = backup(postgresql_url, tmp_path / "kept.backup")
    in_database(postgresql_url, lambda tx: _set_aside(tx.connection))
    with pytest.raises(BackupError, match="not empty"):
        restore(postgresql_url, kept)
    assert words(postgresql_url) == ["old"]


def test_missing_tools_are_named(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("storage.backup_postgresql.DEBIAN_TOOLS", tmp_path)
    with pytest.raises(BackupError, match="pg_dump was not found"):
        backup(postgresql_url, tmp_path / "kept.backup")
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_not_shown_to_other_users_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tool = tmp_path / "pg_dump"
    tool.write_text('#!/bin/sh\necho "arguments: $* password: $PGPASSWORD" >&2\nexit 1\n')
    tool.chmod(0o755)
    with pytest.raises(BackupError) as caught:
        backup("postgresql://office:open-sesame@db.example/office", tmp_path / "kept.backup")
    assert "password: open-sesame" in str(caught.value)
    assert "open-sesame" not in str(caught.value).split("password:")[0]
