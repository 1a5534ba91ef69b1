"""Backups of a PostgreSQL database, with its own pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from storage.backup_errors import BackupError
from storage.engines import writing_engine

Progress = Callable[[int, int], None]

#: Where Debian keeps the tools of each version.
DEBIAN_TOOLS = Path("/usr/lib/postgresql")
#: Where the tables wait while others are restored.
ASIDE = "replaced_by_restore"
SCHEMA = "SELECT nspname FROM pg_namespace WHERE nspname = %s"
#: How long a running office may hold a table before we give up.
LOCK_WAIT = "1s"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"


def dump(url: str, part: Path, on_progress: Progress) -> None:
    """Write the database to `part` in PostgreSQL's own format; raises BackupError."""
    command = ["--format=custom", "--no-owner", "--no-privileges", f"--file={part}"]
    _run("pg_dump", url, [*command, f"--dbname={_address(url)}"])
    on_progress(part.stat().st_size, part.stat().st_size)


def load(url: str, source: Path, force: bool, on_progress: Progress) -> None:
    """Replace the database's tables by those in `source`; raises BackupError and leaves all as it was."""
    _run("pg_restore", url, ["--list", str(source)])
    _in_database(url, _finish_an_interrupted_one)
    if _in_database(url, lambda connection: _tables(connection, "public")) and not force:
        raise BackupError("the database is not empty: nothing was changed")
    _in_database(url, _set_aside)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    try:
        _run("pg_restore", url, [*options, f"--dbname={_address(url)}", str(source)])
    except BackupError:
        _in_database(url, _put_back)
        raise
    _in_database(url, _forget)
    on_progress(source.stat().st_size, source.stat().st_size)


def _finish_an_interrupted_one(connection: Connection) -> list[str]:
    """A restore that was killed left the old tables aside: back with them, unless the new ones are complete."""
    if not connection.exec_driver_sql(SCHEMA, (ASIDE,)).first():
        return []
    return _forget(connection) if _tables(connection, "public") else _put_back(connection)


def _set_aside(connection: Connection) -> list[str]:
    """Fails at once, rather than wait for ever, while the office is running."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    connection.exec_driver_sql(f"CREATE SCHEMA {ASIDE}")
    return _move(connection, "public", ASIDE)


def _put_back(connection: Connection) -> list[str]:
    moved = _move(connection, ASIDE, "public")
    connection.exec_driver_sql(f"DROP SCHEMA {ASIDE}")
    return moved


def _forget(connection: Connection) -> list[str]:
    connection.exec_driver_sql(f"DROP SCHEMA {ASIDE} CASCADE")
    return []


def _move(connection: Connection, old: str, new: str) -> list[str]:
    tables = _tables(connection, old)
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE {old}."{table}" SET SCHEMA {new}')
    return tables


def _tables(connection: Connection, schema: str) -> list[str]:
    return list(connection.exec_driver_sql(TABLES, (schema,)).scalars())


def _in_database(url: str, step: Callable[[Connection], list[str]]) -> list[str]:
    engine = writing_engine(url, 1)
    try:
        with engine.begin() as connection:
            return step(connection)
    except SQLAlchemyError as error:
        raise BackupError(f"the database refused, is the office still running? {error}") from error
    finally:
        engine.dispose()


def _run(tool: str, url: str, arguments: list[str]) -> None:
    """Run one of PostgreSQL's tools; the password goes by its environment, where other users cannot see it."""
    password = make_url(url).password
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    done = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
        [_find(tool), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()}")


def _find(tool: str) -> str:
    """The tool on the PATH, else the newest that Debian keeps; it must not be older than the server."""
    found = shutil.which(tool)
    if found:
        return found
    kept = sorted(DEBIAN_TOOLS.glob(f"*/bin/{tool}"), key=lambda path: float(path.parent.parent.name))
    if not kept:
        raise BackupError(f"{tool} was not found: install PostgreSQL's client programs")
    return str(kept[-1])


def _address(url: str) -> str:
    plain: URL = make_url(url).set(drivername="postgresql").difference_update_query(["prepare"])
    return URL.create(
        plain.drivername, plain.username, None, plain.host, plain.port, plain.database, plain.query
    ).render_as_string(hide_password=False)
