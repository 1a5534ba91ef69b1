"""What the disk holds after an owner was erased: database file, log, file store, and backups made afterwards."""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import archive
from bot.discarding import Discarding
from bot.filestore import FileStore
from bot.settings import Settings
from domain.case import Role
from domain.messages import Incoming
from domain.retention import EXPORT_VALID
from storage import backup, discarded, exports, people, scrubbing
from storage.engines import sqlite_path
from storage.transaction import Tx
from tests.handlers.test_erasure import MATTER, NAME, PHONE, SECRETS, SHOP, ask_for_erasure, live
from tests.people import Official, Owner, Town

PHOTO = "漏油照片.jpg"


@pytest.fixture
def town(small_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose pages keep everybody's own words, as the chat page does."""
    take = small_town.take

    def taken(incoming: Incoming) -> None:
        take(replace(incoming, history=True))

    monkeypatch.setattr(small_town, "take", taken)
    return small_town


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner(NAME, enterprise=SHOP, phone=PHONE)


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def handler(town: Town) -> Official:
    return town.official("周承办", Role.HANDLER, Role.LIAISON, unit="gongdian")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def read_raw(*paths: Path) -> bytes:
    """The bytes of files, and of all files in folders, read by another process: SQLite holds locks in this one."""
    files = [str(file) for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    files = [file for file in files if Path(file).is_file()]
    return subprocess.run(["cat", *files], capture_output=True, check=True).stdout if files else b""


def left_in(data: bytes) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in data]


def database_files(town: Town) -> list[Path]:
    path = sqlite_path(town.db.url)
    return [one for one in (path, Path(f"{path}-wal")) if one.exists()]


def aged(store: FileStore) -> None:
    """As if everything had been put an hour ago."""
    for path in store.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (path.stat().st_mtime - 3600,) * 2)


def discard(town: Town, store: FileStore) -> None:
    """What the running office does about bytes that nobody needs."""
    for digest in town.read(discarded.waiting):
        if town.read(discarded.needed, digest) or store.drop(digest):
            town.write(discarded.done, digest)


def test_neither_database_nor_log_nor_files_nor_backups_know_an_erased_owner(
    town: Town, owner: Owner, desk: Official, handler: Official, store: FileStore, tmp_path: Path
) -> None:
    photo = store.put(PHOTO.encode())
    copy = store.put(f"{NAME} {MATTER}".encode())
    live(town, owner, desk, handler)
    town.write(exports.ask, owner.id, owner.address_id, town.now, EXPORT_VALID)
    wanted = town.write(exports.wanted)
    assert wanted
    town.write(exports.made, wanted.id, owner.address_id, copy, 10, town.now + EXPORT_VALID)
    aged(store)
    assert set(left_in(read_raw(*database_files(town)))) >= {NAME, SHOP, MATTER, "13855556666"}

    ask_for_erasure(owner)
    town.forward(hours=1)
    discard(town, store)
    assert scrubbing.fold_log(town.db.url)

    assert left_in(read_raw(*database_files(town))) == []
    assert not store.path(photo).exists()
    assert not store.path(copy).exists()
    assert left_in(read_raw(backup.backup(town.db.url, tmp_path / "backup.db"))) == []
    settings = Settings(database_url=town.db.url, files=store.folder, keys=tmp_path / "keys")
    archive.write(settings, tmp_path / "all.tar", lambda _done, _total: None)
    assert left_in(read_raw(tmp_path / "all.tar")) == []
    assert scrubbing.write_anew(town.db.url)
    assert left_in(read_raw(*database_files(town))) == []


def test_bytes_that_another_case_needs_stay(
    town: Town, owner: Owner, desk: Official, handler: Official, store: FileStore
) -> None:
    photo = store.put(PHOTO.encode())
    other = town.owner("赵启明")
    live(town, owner, desk, handler)
    other.file("印章刻不了")
    other.tap("查看进度")
    other.tap("补充情况")
    other.send(PHOTO, text="同一张照片")
    aged(store)
    ask_for_erasure(owner)
    town.forward(hours=1)
    discard(town, store)

    assert store.path(photo).exists()
    assert town.read(discarded.waiting) == []
    other.say("/story " + str(town.read(newest_number)))
    assert [file.name for file in other.last.files] == [PHOTO]


def newest_number(tx: Tx) -> str:
    return str(tx.connection.exec_driver_sql("SELECT number FROM cases ORDER BY id DESC LIMIT 1").scalar())


def test_bytes_put_a_moment_ago_are_not_dropped_under_a_record_on_its_way(store: FileStore) -> None:
    digest = store.put(b"a photo")
    assert not store.drop(digest)
    aged(store)
    assert store.put(b"a photo") == digest
    assert not store.drop(digest)
    aged(store)
    assert store.drop(digest)
    assert not store.path(digest).exists()
    assert store.drop(digest)


def test_the_running_office_drops_them_by_itself(town: Town, store: FileStore) -> None:
    digest = store.put(b"a photo nobody needs")
    aged(store)
    town.write(discarded.add, [digest], town.now)

    async def lived() -> None:
        await town.db.start()
        part = Discarding(town.db, store)
        part.heard([("erased", "web", 1), ("purged",)])
        await part.discard()

    asyncio.run(lived())
    assert not store.path(digest).exists()
    assert town.read(discarded.waiting) == []


def test_an_erased_owner_who_writes_again_is_a_stranger(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = live(town, owner, desk, handler)
    ask_for_erasure(owner)
    before = owner.id
    town.forward(hours=1)
    owner.say("你好")
    found = town.read(people.find, "web", owner.address)
    assert found
    assert found[1]
    assert found[1].id != before
    assert town.case(number).owner == before
