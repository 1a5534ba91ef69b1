"""Which errors mean that the unit of work was wrong, and which that the database could not do it.

The first sort is the unit's own; the second may have undone everything in the same transaction.
"""

import traceback
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import exc

from storage.engines import driver, postgresql_driver


class Unavailable(Exception):
    """The database could not keep this: nothing was saved, and the sender may send it again."""


class Undone(Exception):
    """The database gave up the transaction under us, whatever the function made of the error."""


class Fault(Enum):
    """What is to be done about an error."""

    PROGRAM = "the unit is wrong: roll back the unit, tell its caller"
    RACE = "a unique key was taken meanwhile: try once more alone, then it is the unit's error"
    PASSING = "likely gone in a moment: try again, with a pause"
    READONLY = "nothing can be written here: on a reader the unit's own error, on a writer lasting"
    LASTING = "will not go away by itself: try once alone, no more"


# SQLite's primary result codes, sqlite.org/rescode.html; every other code is a program error.
SQLITE_FAULTS = {
    5: Fault.PASSING,  # BUSY
    6: Fault.PASSING,  # LOCKED
    7: Fault.LASTING,  # NOMEM
    8: Fault.READONLY,
    9: Fault.PASSING,  # INTERRUPT
    10: Fault.LASTING,  # IOERR
    11: Fault.LASTING,  # CORRUPT
    13: Fault.LASTING,  # FULL
    14: Fault.LASTING,  # CANTOPEN
    15: Fault.PASSING,  # PROTOCOL
    26: Fault.LASTING,  # NOTADB
}

# PostgreSQL's SQLSTATE, whole or its class of two characters, PostgreSQL manual, appendix A.
POSTGRESQL_FAULTS = {
    "08": Fault.PASSING,  # connection exception
    "25006": Fault.READONLY,  # also on a standby, or a server that was demoted
    "25P03": Fault.PASSING,  # idle in transaction too long
    "23505": Fault.RACE,
    "23503": Fault.RACE,
    "23P01": Fault.RACE,
    "40": Fault.PASSING,  # deadlock, serialization
    "53": Fault.LASTING,  # disk full, out of memory, too many connections
    "55P03": Fault.PASSING,  # lock not available
    "57": Fault.PASSING,  # shut down, cancelled by an operator
    "58": Fault.LASTING,  # input/output
    "XX": Fault.LASTING,  # internal, corrupted
}


def fault(error: BaseException) -> Fault:
    """The sort of an error raised inside a transaction, by a statement or by the commit."""
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return Fault.PASSING
    if isinstance(error, Undone):
        return Fault.LASTING
    if isinstance(error, (exc.TimeoutError, exc.PendingRollbackError)):
        return Fault.PASSING
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    if isinstance(cause, driver.Error):
        return _sqlite_fault(cause)
    if isinstance(cause, postgresql_driver.Error):
        return _postgresql_fault(cause)
    return Fault.PROGRAM


def _sqlite_fault(error: Any) -> Fault:
    code = getattr(error, "sqlite_errorcode", None)
    return Fault.PROGRAM if code is None else SQLITE_FAULTS.get(code & 0xFF, Fault.PROGRAM)


def _postgresql_fault(error: Any) -> Fault:
    if error.sqlstate is None:  # the server never answered: lost, refused, timed out
        lost = isinstance(error, (postgresql_driver.OperationalError, postgresql_driver.InterfaceError))
        return Fault.PASSING if lost else Fault.PROGRAM
    found = (POSTGRESQL_FAULTS.get(prefix) for prefix in _prefixes(error.sqlstate))
    return next((one for one in found if one is not None), Fault.PROGRAM)


def _prefixes(sqlstate: str) -> Iterator[str]:
    yield sqlstate
    yield sqlstate[:2]


def where_of(error: Exception) -> str:
    """What went wrong where, for the log: an error's own words may quote a message, a phone number or a token."""
    if error.__traceback__ is None:
        return type(error).__name__
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
