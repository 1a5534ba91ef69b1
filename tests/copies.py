"""Databases set up once in this process and copied for each test, which takes a tenth of the time or less."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from storage import migrations
from storage.engines import is_sqlite, sqlite_path
from tests.databases import SEND_AWAY, TABLES, administered, connected, empty_database_url, name_of, new_database_url

Fill = Callable[[str], None]
Connection = psycopg.Connection[tuple[Any, ...]]

DROP = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
COPY = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
COUNTERS = "SELECT schemaname || '.' || sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
SET_COUNTER = "SELECT setval(%s, %s, %s)"
#: How much there is of all that tables are made of.
SHAPE = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM pg_{part})"
    for part in ("namespace", "class", "attribute", "constraint", "trigger", "proc", "attrdef")
)
NO_CHECKS = "SET session_replication_role = replica"  # the rows go table by table, in no order of theirs


@dataclass(frozen=True)
class Model:
    """A database on the server, filled: its name, its rows by table, the shape of its tables and its counters."""

    name: sql.Identifier
    rows: list[tuple[sql.Identifier, bytes]]
    shape: tuple[Any, ...] | None
    counters: list[tuple[Any, ...]]


#: Which model each database on the server was last a copy of; and those that a test has finished with.
_copies: dict[str, Model] = {}
_free: list[str] = []


def place(kind: str) -> str:
    """An address for a copy; skips the test when PostgreSQL cannot be had."""
    return _free.pop() if kind == "postgresql" and _free else new_database_url(kind)


def forget(url: str) -> None:
    """Let the next test have this place on the server. SQLite's files go with the folder."""
    if not is_sqlite(url):
        _free.append(url)


def set_up(url: str) -> str:
    """Put an embedded database with our tables and nothing in them where there is none yet; returns its address.

    The tables are those of the migrations, which have run once in this process.
    """
    if not sqlite_path(url).exists():
        copy(migrations.upgrade, url)
    return url


def copy(fill: Fill, url: str) -> None:
    """Put a database as `fill` leaves an empty one at an address.

    `fill` runs once a process and kind of database, and lets the database go in the end. Where a database on the
    server is now, it is lost; on the embedded kind nothing may be there.
    """
    if is_sqlite(url):
        _write(sqlite_path(url), _file(fill))
        return
    model = _model(fill)
    if _copies.get(url) is not model or not _refilled(url, model):
        _made_anew(url, model)
        _copies[url] = model


# --- a file -----------------------------------------------------------------------------------------------------------


@cache
def _file(fill: Fill) -> bytes:
    url = empty_database_url("sqlite")
    fill(url)
    return sqlite_path(url).read_bytes()


def _write(path: Path, content: bytes) -> None:
    """A file that is its owner's alone, as the program makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)


# --- on a server ------------------------------------------------------------------------------------------------------


@cache
def _model(fill: Fill) -> Model:
    url = empty_database_url("postgresql")
    fill(url)
    with connected(url) as connection:
        tables = [sql.Identifier(*row) for row in connection.execute(TABLES).fetchall()]
        rows = [(table, _read(connection, table)) for table in tables]
        shape = connection.execute(SHAPE).fetchone()
        return Model(name_of(url), rows, shape, connection.execute(COUNTERS).fetchall())


def _made_anew(url: str, model: Model) -> None:
    with administered() as connection:
        connection.execute(DROP.format(name_of(url)))
        connection.execute(COPY.format(name_of(url), model.name))


def _refilled(url: str, model: Model) -> bool:
    """Bring a copy back to its model's rows: files are slow to make. False when a test has changed its tables."""
    with connected(url) as connection:
        connection.execute(SEND_AWAY)
        if connection.execute(SHAPE).fetchone() != model.shape:
            return False
        with connection.transaction():
            connection.execute(NO_CHECKS)
            deletions = (sql.SQL("DELETE FROM {}").format(table) for table, _rows in model.rows)
            connection.execute(sql.SQL(";").join(deletions))
            for table, rows in model.rows:
                _put(connection, table, rows)
            connection.cursor().executemany(SET_COUNTER, model.counters)
    return True


def _read(connection: Connection, table: sql.Identifier) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as out:
        return b"".join(bytes(part) for part in out)


def _put(connection: Connection, table: sql.Identifier, rows: bytes) -> None:
    if rows:
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as into:
            into.write(rows)
