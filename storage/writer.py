"""The writer: many calls in one transaction, each undone alone when it is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.commits import number, was_kept
from storage.engines import BUSY_SECONDS, driver, postgresql_driver
from storage.faults import Fault, Unavailable, Undone, fault
from storage.queued import Call, Finished, Outcome
from storage.transaction import Tx

if TYPE_CHECKING:
    from domain.office import Office

#: Seconds between the tries of a call that failed for a passing reason; one try more than pauses.
PAUSES_SECONDS = (0.05, 0.2)

LASTING = (Fault.LASTING, Fault.READONLY)

#: How one call's savepoint is left behind and the next one's made: PostgreSQL in one round trip.
NEXT_SAVEPOINT = {
    "sqlite": ("RELEASE SAVEPOINT call", "SAVEPOINT call"),
    "postgresql": ("RELEASE SAVEPOINT call; SAVEPOINT call",),
}

#: Whether the transaction still stands, whatever a function made of the errors it saw.
STANDS: dict[str, Callable[[Any], bool]] = {
    "sqlite": lambda connection: connection.in_transaction,
    "postgresql": lambda connection: not connection.closed,
}

#: Whether a commit would keep what was done: PostgreSQL answers that of a failed transaction with a rollback.
COMMITS: dict[str, Callable[[Any], bool]] = {
    "sqlite": lambda connection: connection.in_transaction,
    "postgresql": lambda connection: (
        connection.info.transaction_status != postgresql_driver.pq.TransactionStatus.INERROR
    ),
}


class Writer:
    """One connection that writes, opened when needed and again after it was lost. Not for two threads."""

    def __init__(self, engine: Engine, office: Callable[[], Office]) -> None:
        self._engine = engine
        self._office = office
        self._connection: Connection | None = None
        self._cursor: Any = None
        self._stands = STANDS[engine.dialect.name]
        self._next = NEXT_SAVEPOINT[engine.dialect.name]
        self._commits = COMMITS[engine.dialect.name]

    def run(self, calls: Sequence[Call], report: Callable[[Finished], None]) -> None:
        """Run the calls in order and report each transaction when it is over; errors go to the outcomes."""
        if len(calls) > 1:
            finished = self._trusting(calls) or self._together(calls)
            if finished is not None:
                report(finished)
                return
        self._one_by_one(calls, report)

    def run_one(self, call: Call) -> Finished:
        """Run a call in a transaction of its own, again if it failed for a passing reason."""
        finished, verdict = self._alone(call)
        for pause_seconds in PAUSES_SECONDS:
            if verdict is not Fault.PASSING:
                break
            time.sleep(pause_seconds)
            finished, verdict = self._alone(call)
        if verdict is Fault.PASSING:
            return _failed(call, _unavailable(finished.outcomes[0].error))
        return finished

    def open(self) -> Connection:
        """The connection; raises the driver's error when there is none to be had."""
        if self._connection is None:
            self._connection = self._engine.connect()
            self._cursor = self._connection.connection.cursor()
        return self._connection

    def tidy(self) -> bool:
        """Give the disk back what SQLite's log no longer needs; false while a reader still looks at it."""
        if self._connection is None or self._engine.dialect.name != "sqlite":
            return True
        run = self._cursor.execute
        run("PRAGMA busy_timeout=0")  # never make the next call wait behind a reader
        try:
            busy, _, _ = run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except driver.OperationalError:
            return False
        finally:
            run(f"PRAGMA busy_timeout={round(BUSY_SECONDS * 1000)}")
        return not busy

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._cursor = None

    def _trusting(self, calls: Sequence[Call]) -> Finished | None:
        """All calls in one transaction, or None when one of them failed and nothing is saved.

        Almost none does, and a savepoint each is a tenth of what an arrival takes.
        """
        try:
            tx = self._begin()
            outcomes = [self._trusted(tx, call) for call in calls]
            self._commit()
        except BaseException:
            self._roll_back()
            return None
        return Finished(outcomes, tx.signals)

    def _trusted(self, tx: Tx, call: Call) -> Outcome:
        """A call without a savepoint; raises where it failed, or passed over an error that ended the transaction."""
        result = call.run(tx)
        if not self._stands(self._driver_connection()):
            raise Undone("an error in the database was passed over, and the transaction with it")
        return Outcome(call, result)

    def _together(self, calls: Sequence[Call]) -> Finished | None:
        """All calls in one transaction, each undone alone where it fails; None when it was undone as a whole."""
        try:
            tx = self._begin()
            self._cursor.execute("SAVEPOINT call")
            outcomes = [self._guarded(tx, call) for call in calls]
            self._commit()
        except BaseException:
            # Nothing is lost by not looking: each call alone meets its error again, or does not.
            self._roll_back()
            return None
        return Finished(outcomes, tx.signals)

    def _guarded(self, tx: Tx, call: Call) -> Outcome:
        """A call behind the savepoint; raises what may have undone the calls before it as well."""
        run, heard = self._cursor.execute, len(tx.signals)
        try:
            result = call.run(tx)
            for statement in self._next:
                run(statement)
        except BaseException as error:
            if fault(error) is not Fault.PROGRAM or not self._stands(self._driver_connection()):
                raise
            run("ROLLBACK TO SAVEPOINT call")
            del tx.signals[heard:]
            return Outcome(call, error=error)
        return Outcome(call, result)

    def _one_by_one(self, calls: Sequence[Call], report: Callable[[Finished], None]) -> None:
        for position, call in enumerate(calls):
            finished = self.run_one(call)
            report(finished)
            if isinstance(finished.outcomes[0].error, Unavailable) and not self._reachable():
                error = finished.outcomes[0].error
                rest = [Outcome(other, error=_unavailable(error)) for other in calls[position + 1 :]]
                report(Finished(rest, []))
                return

    def _alone(self, call: Call) -> tuple[Finished, Fault | None]:
        try:
            tx = self._begin()
            result = call.run(tx)
            self._commit()
        except BaseException as error:  # handed to whoever waits for the call
            self._roll_back()
            verdict = fault(error)
            return _failed(call, _unavailable(error) if verdict in LASTING else error), verdict
        return Finished([Outcome(call, result)], tx.signals), None

    def _begin(self) -> Tx:
        connection = self.open()
        connection.begin()
        return Tx(connection, self._office(), self._cursor)

    def _commit(self) -> None:
        connection = self.open()
        if not self._commits(self._driver_connection()):
            raise Undone("an error in the database was passed over, and the transaction with it")
        transaction = number(connection.dialect.name, self._cursor)
        try:
            connection.commit()
        except (SQLAlchemyError, driver.Error, postgresql_driver.Error):
            self._roll_back()
            if not was_kept(self._engine, transaction):
                raise

    def _driver_connection(self) -> Any:
        return self._cursor.connection

    def _roll_back(self) -> None:
        """Undo everything; a connection that cannot even do that is dropped."""
        connection = self._connection
        if connection is None:
            return
        try:
            connection.rollback()
            self._driver_connection().rollback()  # a commit that failed is over only for SQLAlchemy
            if connection.closed or connection.invalidated or _is_closed(self._driver_connection()):
                raise Undone("the connection was lost")
        except (Undone, SQLAlchemyError, driver.Error, postgresql_driver.Error):
            self._connection = self._cursor = None
            connection.invalidate()
            connection.close()

    def _reachable(self) -> bool:
        try:
            self.open()
        except (SQLAlchemyError, driver.Error, postgresql_driver.Error):
            return False
        return True


def _is_closed(driver_connection: Any) -> bool:
    return bool(getattr(driver_connection, "closed", False))


def _failed(call: Call, error: BaseException | None) -> Finished:
    return Finished([Outcome(call, error=error)], [])


def _unavailable(cause: BaseException | None) -> Unavailable:
    error = Unavailable("the database cannot save this now: nothing was saved")
    error.__cause__ = cause
    return error
