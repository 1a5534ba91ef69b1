"""Every process of an office follows a change of its rules, and only its own words are said instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.keys import load
from bot.office import Rules, as_kept, begun_with, plain, plant
from bot.settings import OfficeFile
from domain.errors import BadDeclaration
from domain.rulebook import DEFAULT
from handlers import words
from handlers.words import speaking
from storage import migrations, rulebooks, tables
from storage.db import Database
from storage.transaction import Tx
from tests.town import OFFICE, moment

NOW = moment("2026-03-03 09:30")
DECIDE = "New: please decide by {when}."


@asynccontextmanager
async def process(url: str, folder: Path, file: OfficeFile = OFFICE) -> AsyncIterator[tuple[Database, Rules]]:
    """One process of an office: its database, and what keeps its rules as they are there."""
    keys = load(folder)
    db = Database(url, plain(file, keys, ""))
    await db.start()
    await db.write(plant, file, NOW)
    rules = Rules(db, lambda tx: as_kept(tx, file, keys, ""), look_seconds=0.01)
    db.subscribe(rules.heard)
    await rules.start()
    try:
        yield db, rules
    finally:
        await rules.close()
        await db.close()
        words.say_instead({})


def change(tx: Tx, low_levels: int, text: str = "") -> None:
    before = rulebooks.current(tx)
    assert before is not None
    texts = {"zh_CN": {DECIDE: text}} if text else {}
    rulebooks.save(tx, replace(before, low_levels=low_levels, texts=texts), "试", None, NOW, based_on=before.version)


def spoil(tx: Tx) -> None:
    tx.execute(insert(tables.rulebooks), {"version": 2, "body": "nonsense", "made_at": NOW})


async def follows(db: Database, low_levels: int) -> None:
    """Wait until the office of this process has the number; a process that never follows fails here."""
    async with asyncio.timeout(20):
        while db.office.rulebook.low_levels != low_levels:  # noqa: ASYNC110 - it is told to nobody
            await asyncio.sleep(0)


async def test_every_process_follows_a_change(database_url: str, tmp_path: Path) -> None:
    migrations.upgrade(database_url)
    async with process(database_url, tmp_path) as (one, _rules), process(database_url, tmp_path) as (other, _others):
        await one.write(change, 1, "来新件了，{when}前拿主意")
        await follows(one, 1)
        await follows(other, 1)
        with speaking("zh_CN"):
            assert words._(DECIDE, when="今天") == "来新件了，今天前拿主意"
        await other.write(change, 3)
        await follows(one, 3)


async def test_the_file_no_longer_decides_after_the_first_start(sqlite_url: str, tmp_path: Path) -> None:
    migrations.upgrade(sqlite_url)
    async with process(sqlite_url, tmp_path):
        pass
    renamed = OFFICE.model_copy(update={"name": "改过的名字", "phone": "1"})
    async with process(sqlite_url, tmp_path, renamed) as (db, _rules):
        assert (db.office.name, db.office.phone) == (OFFICE.name, OFFICE.phone)


def test_an_office_that_opens_late_sends_its_list_when_it_opens() -> None:
    late = OfficeFile(name="夜市办", opens="13:00", closes="21:00")  # type: ignore[arg-type]
    assert f"{begun_with(late).digest_at:%H:%M}" == "13:00"
    assert begun_with(OFFICE).digest_at == DEFAULT.digest_at


async def test_rules_nobody_can_read_are_named_and_the_old_ones_stay(sqlite_url: str, tmp_path: Path) -> None:
    migrations.upgrade(sqlite_url)
    async with process(sqlite_url, tmp_path) as (db, rules):
        before = db.office
        await db.write(spoil)
        with pytest.raises(BadDeclaration, match="rulebook 2"):
            await rules.look()
        assert db.office is before
