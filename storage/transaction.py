"""One unit of work on one connection: what every function in storage takes first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.engine import Dialect

from storage.prepared import Result, Shelf

if TYPE_CHECKING:
    from domain.office import Office

Parameters: TypeAlias = Mapping[str, Any] | list[Any] | None
Signal: TypeAlias = tuple[Hashable, ...]
T = TypeVar("T")
#: How long something remembered may be out of date, after another process changed it.
REMEMBERED_SECONDS = 5.0
NOTHING: Mapping[str, Any] = {}
_SHELVES: WeakKeyDictionary[Dialect, Shelf] = WeakKeyDictionary()


def shelf_of(connection: Connection) -> Shelf:
    """The prepared statements of the connection's engine."""
    shelf = _SHELVES.get(connection.dialect)
    if shelf is None:
        shelf = _SHELVES[connection.dialect] = Shelf(connection.dialect)
    return shelf


class Tx:
    """A unit of work. Statements are SQLAlchemy Core, built once as module constants.

    `connection` is open in a transaction; `office` is the office as it is now; `dialect` is "sqlite" or
    "postgresql".
    """

    __slots__ = ("_cursor", "_shelf", "connection", "dialect", "office", "signals")

    def __init__(self, connection: Connection, office: Office, cursor: Any = None) -> None:
        self._shelf = shelf_of(connection)
        self.connection = connection
        self.office = office
        self.dialect = connection.dialect.name
        self.signals: list[Signal] = []
        self._cursor = cursor

    def execute(self, statement: Executable, parameters: Parameters = None) -> Result | CursorResult[Any]:
        """Run a statement; with a list of parameters once for each. Results have rowcount, all(), first(), scalar()."""
        if isinstance(parameters, list):
            return self._execute_many(statement, parameters)
        prepared = self._shelf.find(statement, parameters or NOTHING)
        if prepared is None:
            return self.connection.execute(statement, parameters)
        try:
            return prepared.run(self.driver_cursor(), parameters or NOTHING)
        except self._shelf.errors as error:
            raise self._shelf.told(error, prepared, self.connection) from error

    def _execute_many(self, statement: Executable, many: list[Any]) -> Result | CursorResult[Any]:
        prepared = self._shelf.find(statement, many[0]) if many else None
        if prepared is None or prepared.returns:
            return self.connection.execute(statement, many)
        try:
            return prepared.run_many(self.driver_cursor(), many)
        except self._shelf.errors as error:
            raise self._shelf.told(error, prepared, self.connection) from error

    def first(self, statement: Executable, parameters: Parameters = None) -> Any:
        """The first row, or None."""
        return self.execute(statement, parameters).first()

    def all(self, statement: Executable, parameters: Parameters = None) -> list[Any]:
        """Every row, in the statement's order."""
        found = self.execute(statement, parameters).all()
        return found if isinstance(found, list) else list(found)

    def scalar(self, statement: Executable, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, parameters).scalar()

    def remembered(self, name: str, make: Callable[[Tx], T]) -> T:
        """What `make` last found, for a few seconds: for what is set up rarely and read at every turn."""
        known = self._shelf.notes.get(name)
        if known is not None and known[0] > monotonic():
            return cast(T, known[1])
        found = make(self)
        self._shelf.notes[name] = (monotonic() + REMEMBERED_SECONDS, found)
        return found

    def forget(self, *names: str) -> None:
        """It was changed: what is remembered under these names is read again. Other processes see it in seconds."""
        for name in names:
            self._shelf.notes.pop(name, None)

    def signal(self, *topic: Hashable) -> None:
        """Remember something for the subscribers, who hear it after the commit or never."""
        self.signals.append(topic)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo statements and signals inside when it raises; the error goes on to the caller."""
        run, heard = self.driver_cursor().execute, len(self.signals)
        run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            run("ROLLBACK TO SAVEPOINT part")
            run("RELEASE SAVEPOINT part")
            del self.signals[heard:]
            raise
        run("RELEASE SAVEPOINT part")

    def driver_cursor(self) -> Any:
        """The driver's own cursor, for savepoints: SQLAlchemy would charge a statement for each."""
        if self._cursor is None:
            self._cursor = self.connection.connection.cursor()
        return self._cursor
