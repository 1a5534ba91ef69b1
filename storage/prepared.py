"""Statements compiled once and run on the driver's own cursor.

The tables and statements stay SQLAlchemy Core; only the way from a compiled statement to the driver is short. That way
is most of what an arrival costs otherwise: docs/decisions/0003 has the figures. A statement whose text depends on its
parameters (an IN over a list) is not prepared here and takes Core's own road.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, ClauseElement, Connection, Insert, literal_column
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any] | None
#: Which statement it is, with the names of its parameters where its columns come from them.
Key = int | tuple[Any, ...]


class Result:
    """What a prepared statement gave: rows by attribute or position, or how many rows it touched."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows, self.rowcount = rows, rowcount

    def all(self) -> list[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def scalar(self) -> Any:
        """The first column of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The first column of the first row. Raises IndexError where there is none."""
        return self._rows[0][0]


class Prepared:
    """One statement for one dialect and one set of parameter names."""

    __slots__ = ("_fixed", "_ins", "_made", "_outs", "_positional", "_take", "returns", "sql")

    def __init__(self, compiled: SQLCompiler, statement: Any, dialect: Dialect) -> None:
        self.sql = str(compiled)
        self._positional = compiled.positional
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        assert names is not None
        self._fixed = {name: compiled.params.get(name) for name in names}
        self._take = _taken(names)
        into = ((at, _into(compiled.binds[name].type, dialect)) for at, name in enumerate(names))
        self._ins = [(at, process) for at, process in into if process is not None]
        columns = list(statement.exported_columns) if _returns(statement) else []
        self.returns = bool(columns)
        self._made = _maker([column.key for column in columns])
        self._outs = [(at, out) for at, c in enumerate(columns) if (out := _out_of(c.type, dialect)) is not None]

    def run(self, cursor: Any, parameters: Mapping[str, Any]) -> Result:
        """Execute once; raises the driver's own error."""
        cursor.execute(self.sql, self._bound(parameters))
        if not self.returns:
            return Result([], cursor.rowcount)
        rows = cursor.fetchall()
        return Result(list(map(self._made, map(self._out, rows) if self._outs else rows)), cursor.rowcount)

    def run_many(self, cursor: Any, many: Sequence[Mapping[str, Any]]) -> Result:
        """Execute once for each set of parameters."""
        cursor.executemany(self.sql, [self._bound(parameters) for parameters in many])
        return Result([], cursor.rowcount)

    def _bound(self, parameters: Mapping[str, Any]) -> Any:
        try:
            values = list(self._take(parameters))
        except KeyError:  # the statement has values of its own
            values = list(self._take({**self._fixed, **parameters}))
        for at, process in self._ins:
            values[at] = process(values[at])
        return values if self._positional else dict(zip(self._fixed, values, strict=True))

    def _out(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for at, process in self._outs:
            values[at] = process(values[at])
        return values


def _taken(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Takes the values of these names, in their order. Raises KeyError where one is missing."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda parameters: [parameters[name] for name in names]


def _maker(keys: list[str]) -> Callable[[Iterable[Any]], Any]:
    """Makes a row of its values; a namedtuple's own way takes three times as long."""
    return partial(tuple.__new__, namedtuple("Row", keys, rename=True))


def _returns(statement: Any) -> bool:
    return bool(getattr(statement, "is_select", False) or getattr(statement, "_returning", ()))


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out_of(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


#: What was prepared of each statement, by the kind of database: whoever writes and whoever reads have the same.
_FORMS: WeakKeyDictionary[Any, dict[tuple[str, Key], Prepared | None]] = WeakKeyDictionary()

#: Statements are module constants; one built per call would fill the shelf, and takes Core's road beyond this.
MOST = 1000


class Shelf:
    """The prepared statements of one database. Statements are module constants, so what is kept here stays small."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        assert dialect.dbapi is not None
        self.errors: type[Exception] = dialect.dbapi.Error
        self._kept: dict[Key, Prepared | None] = {}
        self._alive: list[Any] = []
        self.notes: dict[str, tuple[float, Any]] = {}

    def told(self, error: Exception, prepared: Prepared, connection: Connection) -> BaseException:
        """The driver's error as Core would raise it; a lost connection is marked as lost. Parameters are not shown."""
        lost = self._dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
        if lost and not connection.invalidated:
            connection.invalidate(error)
        return DBAPIError.instance(
            prepared.sql,
            None,
            error,
            self.errors,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=self._dialect,
        )

    def find(self, statement: Any, parameters: Mapping[str, Any]) -> Prepared | None:
        """The prepared form of a statement; None for one that Core must run."""
        found = self._kept.get(id(statement))
        return found if found is not None else self._of_columns(statement, parameters)

    def _of_columns(self, statement: Any, parameters: Mapping[str, Any]) -> Prepared | None:
        key: Key = (id(statement), *parameters) if _names_columns(statement) else id(statement)
        try:
            return self._kept[key]
        except KeyError:
            return self._prepare(key, statement, parameters)

    def _prepare(self, key: Key, statement: Any, parameters: Mapping[str, Any]) -> Prepared | None:
        if not isinstance(statement, ClauseElement) or len(self._kept) >= MOST:
            return None
        forms, form = _FORMS.setdefault(statement, {}), (self._dialect.name, key)
        if form not in forms:
            columns = list(parameters) if _names_columns(statement) else None
            forms[form] = _compiled(statement, columns, self._dialect)
        self._kept[key] = forms[form]
        self._alive.append(statement)  # its id stays its own as long as it is kept
        return self._kept[key]


def _compiled(statement: Any, columns: list[str] | None, dialect: Dialect) -> Prepared | None:
    compiled = _spelled(_plain(statement)).compile(dialect=dialect, column_keys=columns)
    fits = isinstance(compiled, SQLCompiler) and not compiled.post_compile_params
    fits = fits and (getattr(statement, "is_select", False) or getattr(statement, "is_dml", False))
    return Prepared(compiled, statement, dialect) if fits else None


def _names_columns(statement: Any) -> bool:
    """An INSERT without values of its own takes its columns from the parameters."""
    return isinstance(statement, Insert) and not statement._values


def _spelled(statement: Any) -> Any:
    """Constants stand in the text, not as parameters.

    A parameter in LIMIT, or compared with a column of a partial index, makes SQLite plan the statement anew each time.
    """
    if isinstance(statement, Insert):
        return statement
    return replacement_traverse(statement, {}, _constant)


def _constant(element: Any, **_: Any) -> Any:
    if not isinstance(element, BindParameter) or element.required or element.expanding or element.callable:
        return None
    value = element.value
    if type(value) is int:
        return literal_column(str(value), element.type)
    if type(value) is str and (not value or value.isidentifier()):
        return literal_column(f"'{value}'", element.type)
    return None


def _plain(statement: Any) -> Any:
    """An INSERT that returns nothing but what it was asked to."""
    return statement.inline() if isinstance(statement, Insert) and not _returns(statement) else statement
