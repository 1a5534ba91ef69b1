"""One unit of work on one connection: what every function in storage takes first."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, CursorResult, Executable, Row

if TYPE_CHECKING:
    from domain.office import Office

Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Signal: TypeAlias = tuple[Hashable, ...]


class Tx:
    """A unit of work. Statements are SQLAlchemy Core, built once as module constants.

    `connection` is open in a transaction; `office` is the office as it is now; `dialect` is "sqlite" or
    "postgresql".
    """

    __slots__ = ("_cursor", "connection", "dialect", "office", "signals")

    def __init__(self, connection: Connection, office: Office, cursor: Any = None) -> None:
        self.connection = connection
        self.office = office
        self.dialect = connection.dialect.name
        self.signals: list[Signal] = []
        self._cursor = cursor

    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement; with a list of parameters once for each."""
        return self.connection.execute(statement, parameters)

    def first(self, statement: Executable, parameters: Parameters = None) -> Row[Any] | None:
        """The first row, or None."""
        return self.connection.execute(statement, parameters).first()

    def all(self, statement: Executable, parameters: Parameters = None) -> list[Row[Any]]:
        """Every row, in the statement's order."""
        return list(self.connection.execute(statement, parameters).all())

    def scalar(self, statement: Executable, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement, parameters).scalar()

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
