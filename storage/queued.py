"""A function waiting for the writer, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.transaction import Signal, Tx


@dataclass(slots=True)
class Call:
    """`fn(tx, *args, **kwargs)`, and the future of whoever waits for it in an event loop."""

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    future: asyncio.Future[Any] | None = None

    def run(self, tx: Tx) -> Any:
        return self.fn(tx, *self.args, **self.kwargs)


@dataclass(slots=True)
class Outcome:
    """What a call returned, or the error it is to raise."""

    call: Call
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Finished:
    """The outcomes of one transaction, in order, and its signals if it was committed."""

    outcomes: Sequence[Outcome]
    signals: list[Signal]


def by_loop(outcomes: Sequence[Outcome]) -> dict[asyncio.AbstractEventLoop, list[Outcome]]:
    """The outcomes someone waits for, by the event loop they wait in."""
    found: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.call.future is not None:
            found.setdefault(outcome.call.future.get_loop(), []).append(outcome)
    return found


def settle(outcomes: Sequence[Outcome]) -> None:
    """Tell everyone who still waits; runs in their event loop."""
    for outcome in outcomes:
        future = outcome.call.future
        if future is None or future.done():
            continue
        if outcome.error is None:
            future.set_result(outcome.result)
        else:
            future.set_exception(_raisable(outcome.error))


def _raisable(error: BaseException) -> BaseException:
    """A future refuses StopIteration, which a coroutine stepped by hand may let out."""
    if not isinstance(error, StopIteration):
        return error
    wrapped = RuntimeError("the function let a StopIteration out")
    wrapped.__cause__ = error
    return wrapped
