"""A database is brought to what the program needs wholly or not at all, by whoever comes first."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from storage import engines, migrations
from storage.db import Database
from tests.databases import PLAIN

FIRST = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "0001", None

def upgrade():
    op.create_table("cases", sa.Column("id", sa.Integer, primary_key=True), sa.Column("words", sa.Text))
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    )
    op.execute("INSERT INTO cases (id, words) VALUES (1, 'kept')")
    op.execute("INSERT INTO events (id, case_id) VALUES (1, 1)")
"""

REBUILDS_CASES = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "0002", "0001"

def upgrade():
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("words", type_=sa.String(80), existing_type=sa.Text, nullable=False)
"""

FAILS_HALFWAY = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "0002", "0001"

def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("DELETE FROM events")
    raise ArithmeticError("in the middle")
"""

Put = Callable[[str, str], Path]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Adds a migration to a program that has none yet."""
    shutil.copy(migrations.FOLDER / "env.py", tmp_path)
    (tmp_path / "versions").mkdir()
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)

    def put_migration(name: str, code: str) -> Path:
        path = tmp_path / "versions" / f"{name}.py"
        path.write_text(code)
        return path

    return put_migration


def looked_up(url: str, fn: Callable[..., Any]) -> Any:
    db = Database(url, PLAIN)
    try:
        return db.read_now(fn)
    finally:
        db._reading.dispose()


def counts(url: str) -> tuple[int, int]:
    return looked_up(
        url, lambda tx: tuple(tx.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("cases", "events"))
    )


def test_an_empty_database_is_set_up_once(put: Put, database_url: str) -> None:
    put("first", FIRST)
    assert migrations.head() == "0001"
    assert migrations.current(database_url) is None
    migrations.upgrade(database_url)
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == "0001"
    assert counts(database_url) == (1, 1)


def test_rebuilding_a_table_keeps_the_rows_that_hang_on_it(put: Put, database_url: str) -> None:
    put("first", FIRST)
    migrations.upgrade(database_url)
    put("second", REBUILDS_CASES)
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.head() == "0002"
    assert counts(database_url) == (1, 1)


def test_a_migration_that_fails_leaves_everything_as_it_was(put: Put, database_url: str) -> None:
    put("first", FIRST)
    migrations.upgrade(database_url)
    put("second", FAILS_HALFWAY)
    with pytest.raises(ArithmeticError):
        migrations.upgrade(database_url)
    assert migrations.current(database_url) == "0001"
    assert counts(database_url) == (1, 1)
    assert "half" not in looked_up(database_url, lambda tx: inspect(tx.connection).get_table_names())


def test_rows_left_pointing_at_nothing_are_refused(put: Put, sqlite_url: str) -> None:
    put("first", FIRST)
    migrations.upgrade(sqlite_url)
    put(
        "second",
        FAILS_HALFWAY.replace("DELETE FROM events", "DELETE FROM cases").replace("raise Arith", "return Arith"),
    )
    with pytest.raises(ValueError, match="point at nothing"):
        migrations.upgrade(sqlite_url)
    assert counts(sqlite_url) == (1, 1)


def test_two_that_start_together_set_up_once(put: Put, database_url: str) -> None:
    put("first", FIRST)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(migrations.upgrade, [database_url] * 2))
    assert counts(database_url) == (1, 1)


@pytest.fixture
def writing_elsewhere(sqlite_url: str) -> Iterator[Any]:
    """Another program in the middle of writing into a database that is new."""
    path = engines.sqlite_path(sqlite_url)
    other = engines.driver.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE of_the_other (id INTEGER)")
    yield other
    other.close()


def test_whoever_opens_a_new_database_waits_for_whoever_writes_into_it(
    put: Put, sqlite_url: str, writing_elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("first", FIRST)
    waits: list[float] = []

    def the_other_is_done(seconds: float) -> None:
        waits.append(seconds)
        writing_elsewhere.execute("COMMIT")

    monkeypatch.setattr(engines, "sleep", the_other_is_done)
    migrations.upgrade(sqlite_url)
    assert waits == [engines.TRY_AGAIN_SECONDS]
    assert counts(sqlite_url) == (1, 1)
    assert "of_the_other" in looked_up(sqlite_url, lambda tx: inspect(tx.connection).get_table_names())


@pytest.mark.usefixtures("writing_elsewhere")
def test_whoever_waits_in_vain_for_a_new_database_says_so(
    put: Put, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("first", FIRST)
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.0)
    with pytest.raises(OperationalError, match="locked"):
        migrations.upgrade(sqlite_url)


def test_a_program_without_migrations_says_so(put: Put) -> None:
    with pytest.raises(LookupError, match="not complete"):
        migrations.head()
