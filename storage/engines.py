"""How a database is opened: one engine that writes, one that can only read."""

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, QueuePool, create_engine, event, make_url

from storage.loading import at_first_use

# Two copies of SQLite in one process release each other's file locks and so corrupt the database:
# whoever needs SQLite takes this module, and nobody imports sqlite3 beside it.
try:
    import pysqlite3.dbapi2 as driver
except ImportError:  # no wheel for this machine; a single writer makes the standard one safe
    import sqlite3 as driver

if TYPE_CHECKING:
    import psycopg as postgresql_driver
else:
    postgresql_driver = at_first_use("psycopg")  # 10 MB that an office on SQLite never needs

__all__ = ["driver", "postgresql_driver", "reading_engine", "sqlite_path", "writing_engine"]

BUSY_SECONDS = 60.0
READER_BUSY_SECONDS = 10.0
CONNECT_SECONDS = 5
#: Between two tries of what SQLite refuses at once instead of waiting for whoever writes.
TRY_AGAIN_SECONDS = 0.02
SQLITE_BUSY = 5
WAL_BYTES_KEPT = 64 * 1024 * 1024
PREPARED_STATEMENTS = 512
COMPILED_STATEMENTS = 2000


def writing_engine(url: str, connections: int) -> Engine:
    """An engine whose transactions take the write lock when they begin."""
    if is_sqlite(url):
        return _sqlite_engine(url, "rwc", BUSY_SECONDS, _prepare_writer, "BEGIN IMMEDIATE", connections)
    return _postgresql_engine(url, connections, reading=False)


def reading_engine(url: str, connections: int) -> Engine:
    """An engine whose transactions see one committed state and can change nothing."""
    if is_sqlite(url):
        return _sqlite_engine(url, "ro", READER_BUSY_SECONDS, _prepare_reader, "BEGIN", connections)
    return _postgresql_engine(url, connections, reading=True)


def is_sqlite(url: str) -> bool:
    """Whether the address names an embedded database; raises ValueError for a kind we do not know."""
    kind = make_url(url).get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(f"unknown kind of database {kind!r}: use sqlite:///file.db or postgresql://…")
    return kind == "sqlite"


def sqlite_path(url: str) -> Path:
    """The file of an embedded database; raises ValueError for one in memory, which readers cannot share."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise ValueError("the database needs a file: use sqlite:///file.db")
    return Path(name)


def _sqlite_engine(url: str, mode: str, busy_seconds: float, prepare: Any, begin: str, connections: int) -> Engine:
    path = sqlite_path(url)

    def connect() -> Any:
        if mode == "rwc":
            _make_private(path)
        address = f"file:{quote(str(path.resolve()))}?mode={mode}"
        connection = driver.connect(
            address,
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,  # the driver's own transactions lose the outer rollback after RELEASE
            check_same_thread=False,
            cached_statements=PREPARED_STATEMENTS,
        )
        prepare(connection)
        return connection

    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=-1,
        hide_parameters=True,  # an error is logged, and must not say what people wrote
        query_cache_size=COMPILED_STATEMENTS,
    )
    # Not the "begin" event: an engine with any listener asks after listeners at every statement.
    engine.dialect.do_begin = partial(_run, begin)  # type: ignore[method-assign]
    return engine


def _run(statement: str, dbapi_connection: Any) -> None:
    dbapi_connection.cursor().execute(statement)


def _make_private(path: Path) -> None:
    """A new database is its owner's alone; its log takes the same permissions.

    One that exists is not touched: closing its file here would release every lock SQLite holds on it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _prepare_writer(connection: Any) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what was erased must not stay in the file's free places
    connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES_KEPT}")


def _write_ahead(connection: Any) -> None:
    """Have the database keep a log of what is written, once whoever writes now is done.

    The statement reads before it writes, and SQLite never lets a reader wait to become a writer: two programs that
    open a new database together would not both come through.
    """
    late = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except driver.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or monotonic() >= late:
                raise
        sleep(TRY_AGAIN_SECONDS)


def _prepare_reader(connection: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


def _postgresql_engine(url: str, connections: int, *, reading: bool) -> Engine:
    address, options = _postgresql_address(make_url(url))
    engine = create_engine(
        address,
        pool_size=connections,
        max_overflow=10,
        hide_parameters=True,
        pool_reset_on_return="rollback",
        query_cache_size=COMPILED_STATEMENTS,
        connect_args={"connect_timeout": CONNECT_SECONDS, **options},
    )

    def prepare(connection: Any, _record: Any) -> None:
        _prepare_postgresql(connection, reading=reading)

    event.listen(engine, "connect", prepare)
    return engine


def _postgresql_address(url: URL) -> tuple[URL, dict[str, Any]]:
    """The address for our driver; `?prepare=no` is for a pooler that loses prepared statements."""
    prepare = url.query.get("prepare", "yes")
    plain = url.set(drivername="postgresql+psycopg").difference_update_query(["prepare"])
    return plain, ({"prepare_threshold": None} if prepare == "no" else {})


def _prepare_postgresql(connection: Any, *, reading: bool) -> None:
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()
    if reading:  # the driver says so in its BEGIN; a snapshot for the whole read, as on SQLite
        connection.read_only = True
        connection.isolation_level = postgresql_driver.IsolationLevel.REPEATABLE_READ
