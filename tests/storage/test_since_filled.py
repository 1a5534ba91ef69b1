"""What an older version kept of the units' parts does not say since when: it is filled from what happened."""

import importlib
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection

from domain.case import Role
from storage import migrations
from storage.engines import writing_engine
from storage.tables import Moment
from storage.transaction import Tx
from tests.handlers.page_moves import move
from tests.people import Town, moment

FILED, GIVEN, LATER, LAST = (moment(f"2026-03-0{day} 09:00") for day in (2, 3, 4, 5))
CASE = """INSERT INTO cases (id, number, kind, status, naming, facts, signature, filed_at, status_at)
    VALUES (:id, :number, 'request', :status, 'named', '停电三天', :signature, :filed_at, :status_at)"""
UNIT = "INSERT INTO units (id, code, name) VALUES (:id, :code, :code)"
PART = """INSERT INTO assignments (id, case_id, unit_id, lead, state, round)
    VALUES (:id, :case, :unit, true, :state, 1)"""
EVENT = """INSERT INTO events (case_id, seq, move, role, at, content, commitment, previous, hash)
    VALUES (:case, :seq, :move, 'dispatcher', :at, :content, :link, :link, :link)"""
SINCE = "SELECT id, since FROM assignments ORDER BY id"

#: (case, number of the step, move, when, what was kept of it; nothing where it was erased)
HAPPENED: list[tuple[int, int, str, datetime, str | None]] = [
    (1, 1, "file", FILED, '{"facts":"停电三天"}'),
    (1, 2, "dispatch", GIVEN, '{"assisting":[3],"lead":1}'),
    (1, 3, "reassign", LATER, '{"from_unit":1,"text":"归住建","unit":2}'),
    (1, 4, "reassign", LAST, '{"handler":7,"text":"休假","unit":2}'),
    (2, 1, "dispatch", GIVEN, None),
]
#: (part, case, unit, how it stands) → since when the unit has it
PARTS = {
    (1, 1, 1, "recalled"): GIVEN,
    (2, 1, 3, "assigned"): GIVEN,
    (3, 1, 2, "assigned"): LATER,
    (4, 2, 1, "assigned"): GIVEN,
    (5, 3, 1, "answered"): LAST,
}


@pytest.fixture
def older(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database as the version before left it."""
    folder = shutil.copytree(migrations.FOLDER, tmp_path / "migrations")
    (folder / "versions" / "0005_since_a_unit_has_it.py").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "FOLDER", folder)
        migrations.upgrade(database_url)
    assert migrations.current(database_url) == "0004"
    return database_url


def fill(connection: Connection) -> None:
    """What the office did before."""

    def add(statement: str, **row: Any) -> None:
        moments = [bindparam(name, type_=Moment) for name, value in row.items() if isinstance(value, datetime)]
        connection.execute(text(statement).bindparams(*moments), row)

    for unit in (1, 2, 3):
        add(UNIT, id=unit, code=f"unit{unit}")
    for case, status in ((1, "dispatched"), (2, "dispatched"), (3, "closed")):
        number = f"20260302-000{case}"
        add(CASE, id=case, number=number, status=status, signature=bytes(64), filed_at=FILED, status_at=LAST)
    for case, seq, name, at, content in HAPPENED:
        add(EVENT, case=case, seq=seq, move=name, at=at, content=content, link=bytes(32))
    for part, case, unit, state in PARTS:
        add(PART, id=part, case=case, unit=unit, state=state)


def test_each_part_says_since_when_its_unit_has_it(older: str) -> None:
    engine = writing_engine(older, 1)
    try:
        with engine.begin() as connection:
            fill(connection)
        migrations.upgrade(older)
        with engine.connect() as connection:
            rows = connection.execute(text(SINCE).columns(since=Moment)).all()
        assert {row.id: row.since for row in rows} == {part[0]: since for part, since in PARTS.items()}
    finally:
        engine.dispose()


def test_what_is_filled_is_what_the_program_itself_would_have_kept(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    numbers = [owner.file(facts) for facts in ("变压器装不上", "路灯不亮", "门前的路挖开没人填")]
    for number in numbers:
        desk.dispatch(number, "供电公司")
        town.forward(hours=1)
    handler.sign(numbers[0])
    handler.answer(numbers[0], "装好了")
    town.forward(hours=1)
    move(town, owner, numbers[0], "redo", text="还是没电")
    move(town, desk, numbers[1], "reassign", unit=town.units["zhujian"], text="归住建")
    town.forward(hours=1)
    move(town, desk, numbers[1], "reassign", unit=town.units["gongdian"], text="还是归供电")
    move(town, desk, numbers[2], "involve", unit=town.units["yuanqu"])

    kept = {number: [part.since for part in town.case(number).open_parts] for number in numbers}
    assert len({since for parts in kept.values() for since in parts}) == 3
    town.write(_filled_again)
    assert {number: [part.since for part in town.case(number).open_parts] for number in numbers} == kept


def _filled_again(tx: Tx) -> None:
    importlib.import_module("storage.migrations.versions.0005_since_a_unit_has_it").fill(tx.connection)
