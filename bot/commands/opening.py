"""Opens the office's database for a command: to read without changing anything, or to write while the office runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from sqlalchemy.exc import ArgumentError

from bot import app as building
from bot.app import App
from bot.commands.telling import command
from bot.keys import load as load_keys
from bot.settings import Settings, settings
from domain.errors import BadDeclaration
from domain.office import Office
from domain.workdays import Calendar
from handlers.words import _
from storage import calendars, migrations
from storage.db import Database
from storage.engines import is_sqlite, sqlite_path

DATABASE = "QINQING_DATABASE_URL"
SIGNING_KEY = "signing.key"


def checked(url: str) -> str:
    """The database's address if it can be one. Raises BadDeclaration."""
    try:
        if is_sqlite(url):
            sqlite_path(url)
    except (ValueError, ArgumentError) as error:
        raise BadDeclaration(where=DATABASE, what=str(error)) from None
    return url


def up_to_date(url: str) -> None:
    """Raises BadDeclaration unless the database exists and is at the revision of this program."""
    found, wanted = migrations.current(checked(url)), migrations.head()
    if found is None:
        raise BadDeclaration(where=DATABASE, what=_("there is no database yet"))
    if found != wanted:
        what = _("the database is at {found}, the program needs {wanted}", found=found, wanted=wanted)
        raise BadDeclaration(where=DATABASE, what=f"{what}: {command('db upgrade')}")


@contextmanager
def reading() -> Iterator[Database]:
    """The database and the office's public key, changing and creating nothing. Raises BadDeclaration."""
    wanted = settings()
    up_to_date(wanted.database_url)
    if not (wanted.keys / SIGNING_KEY).exists():
        raise BadDeclaration(where="QINQING_KEYS", what=_("the office's signing key is not there"))
    with bare(wanted.database_url, load_keys(wanted.keys).public) as db:
        yield db


@contextmanager
def looking(url: str) -> Iterator[Database]:
    """The database as it is, or an empty one where none was made yet. Raises BadDeclaration."""
    if migrations.current(checked(url)) is not None:
        up_to_date(url)
        with bare(url) as db:
            yield db
        return
    with TemporaryDirectory() as folder:
        empty = f"sqlite:///{folder}/empty.db"
        migrations.upgrade(empty)
        with bare(empty) as db:
            yield db


@contextmanager
def bare(url: str, public_key: bytes = b"") -> Iterator[Database]:
    """The database without its office, for looking only."""
    calendar = Calendar({}, calendars.SEED_THROUGH, calendars.SEED_FROM, 0)
    with closing(Database(url, Office("", calendar, public_key=public_key), readers=1)) as db:
        yield db


@contextmanager
def writing() -> Iterator[App]:
    """The office, not running: its database is made and brought up to date as `qinqing run` does."""
    wanted = settings()
    checked(wanted.database_url)
    app = building.build(wanted)
    with closing(app.db):
        yield app


@contextmanager
def closing(db: Database) -> Iterator[Database]:
    """Let the database go afterwards."""
    try:
        yield db
    finally:
        asyncio.run(db.close())


def where_kept(wanted: Settings) -> str:
    """What belongs to an office beside its database."""
    return _("Files are in {files}, keys in {keys}.", files=wanted.files, keys=wanted.keys)
