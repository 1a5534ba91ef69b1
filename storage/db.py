"""The database: plain functions run on a writer thread in groups, or on readers that cannot write."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from storage.engines import is_sqlite, reading_engine, writing_engine
from storage.faults import Fault, Unavailable, fault
from storage.queued import Call, Finished, Outcome, by_loop, settle
from storage.transaction import Signal, Tx
from storage.writer import Writer

if TYPE_CHECKING:
    from domain.office import Office

__all__ = ["Database", "Tx", "Unavailable"]

P = ParamSpec("P")
T = TypeVar("T")

Subscriber = Callable[[list[Signal]], None]

#: After this long without work the writer tidies up, and looks whether the program has ended.
IDLE_SECONDS = 1.0
LOG = logging.getLogger(__name__)


class Database:
    """Runs `fn(tx, …)`: `write` on a writer thread, many calls to a commit; `read` on its own connections.

    `url` is `sqlite:///file.db` or `postgresql://…`; `group` the most calls in one transaction; `writers` the
    writer threads, one for SQLite whatever is asked. `office` may be replaced while running.
    """

    def __init__(self, url: str, office: Office, *, group: int = 50, writers: int = 1, readers: int = 4) -> None:
        self.url = url
        self.office = office
        self._group = group
        self._writers = 1 if is_sqlite(url) else writers
        self._writing = writing_engine(url, self._writers + 1)
        self._reading = reading_engine(url, readers)
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self._queue: SimpleQueue[Call | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._subscribers: list[Subscriber] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._accepts = False

    async def start(self) -> None:
        """Open the database, creating an embedded one; raises Unavailable when it cannot be reached."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self.write_now, _nothing)
        self._threads = [
            threading.Thread(target=self._work, name=f"writer-{number}") for number in range(self._writers)
        ]
        for thread in self._threads:
            thread.start()
        self._accepts = True

    async def close(self) -> None:
        """Finish what was accepted, then let the database go."""
        self._accepts = False
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._threads = []
        self._pool.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    async def write(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn` returned, once it is committed. Raises its error, or Unavailable: then nothing was saved.

        A caller that is cancelled does not take the call back.
        """
        if not self._accepts:
            raise Unavailable("the database is not open")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(Call(fn, args, kwargs, future))
        return await future

    async def read(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn` returned, having seen one committed state. Raises its error, or Unavailable."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(self.read_now, fn, *args, **kwargs))

    def write_now(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `write`, in a transaction of its own on the caller's thread: for commands and tests."""
        writer = Writer(self._writing, self._office_now)
        try:
            finished = writer.run_one(Call(fn, args, kwargs))
        finally:
            writer.close()
        self._report(finished)
        outcome = finished.outcomes[0]
        if outcome.error is not None:
            raise outcome.error
        return cast(T, outcome.result)

    def read_now(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `read`, on the caller's thread."""
        try:
            return self._read_once(fn, *args, **kwargs)
        except Exception as error:
            if fault(error) is not Fault.PASSING:
                raise _shown(error) from error
        try:  # the connection may have been lost while it lay in the pool: a read can be done again
            return self._read_once(fn, *args, **kwargs)
        except Exception as error:
            raise _shown(error) from error

    def subscribe(self, callback: Subscriber) -> None:
        """Call this in the event loop after each commit that carries signals, with all of them in order."""
        self._subscribers.append(callback)

    def waiting(self) -> int:
        """How many calls wait for a writer."""
        return self._queue.qsize()

    def _office_now(self) -> Office:
        return self.office

    def _read_once(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._reading.connect() as connection, connection.begin():
            return fn(Tx(connection, self.office), *args, **kwargs)

    def _work(self) -> None:
        """A writer thread's life: until `close`, or until nothing is left of a program that ended without."""
        writer, untidy = Writer(self._writing, self._office_now), False
        while True:
            try:
                first = self._queue.get(timeout=IDLE_SECONDS)
            except Empty:
                if not threading.main_thread().is_alive():
                    break
                untidy = untidy and not writer.tidy()
                continue
            if first is None:
                break
            untidy = True
            calls, last = self._more(first)
            writer.run(calls, self._report)
            if last:
                break
        writer.tidy()
        writer.close()

    def _more(self, first: Call) -> tuple[list[Call], bool]:
        """The calls of the next group, and whether the thread is to end after it."""
        calls = [first]
        while len(calls) < self._group:
            try:
                call = self._queue.get_nowait()
            except Empty:
                break
            if call is None:
                return calls, True
            calls.append(call)
        return calls, False

    def _report(self, finished: Finished) -> None:
        """Tell those who wait, and the subscribers after them, each loop in one step."""
        waiting = by_loop(finished.outcomes)
        if finished.signals and self._subscribers and self._loop is not None:
            waiting.setdefault(self._loop, [])
        for loop, outcomes in waiting.items():
            signals = finished.signals if loop is self._loop else []
            try:
                loop.call_soon_threadsafe(self._deliver, outcomes, signals)
            except RuntimeError:
                if not loop.is_closed():
                    raise
                LOG.warning("%d calls were finished after their event loop had ended", len(outcomes))

    def _deliver(self, outcomes: list[Outcome], signals: list[Signal]) -> None:
        settle(outcomes)
        if not signals:
            return
        for subscriber in self._subscribers:
            try:
                subscriber(signals)
            except Exception:
                LOG.exception("a subscriber failed; the others are told all the same")


def _nothing(tx: Tx) -> None:
    tx.connection.exec_driver_sql("SELECT 1")


def _shown(error: Exception) -> Exception:
    if fault(error) in (Fault.PROGRAM, Fault.RACE, Fault.READONLY):
        return error
    return Unavailable("the database cannot be read now")
