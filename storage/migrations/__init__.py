"""Bring a database's tables to what this version needs, with Alembic driven from here."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.engines import is_sqlite, reading_engine, sqlite_path, writing_engine

FOLDER = Path(__file__).parent
#: Any number, the same in every version: who migrates waits for whoever migrates already.
MIGRATION_LOCK = 20261121


def head() -> str:
    """The revision this version of the program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise LookupError("this copy of the program has no migrations: it is not complete")
    return found


def current(url: str) -> str | None:
    """The revision a database is at, or None when it was never set up."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return None
    engine = reading_engine(url, 1)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str) -> None:
    """Bring a database to `head()`, all in one transaction: it is done wholly or not at all.

    Raises the driver's error when it cannot be done, ValueError when rows would point at nothing afterwards.
    """
    engine = writing_engine(url, 1)
    try:
        with engine.connect() as connection:
            _alone(connection)
            with connection.begin():
                _upgrade(connection)
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise ValueError("the migration would leave rows that point at nothing; the database is as it was")


def _alone(connection: Connection) -> None:
    """Rebuilding a SQLite table drops it for a moment, and its rows' children with it unless told not to look."""
    if connection.dialect.name == "sqlite":
        driver_connection = connection.connection.dbapi_connection
        assert driver_connection is not None
        driver_connection.cursor().execute("PRAGMA foreign_keys=OFF")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
