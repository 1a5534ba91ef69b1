"""Logs: one line an event, in UTC, without what people wrote.

Our own lines name numbers and sorts. What libraries log, and every error, is cut down to where it comes from: an
error's own words may quote a message, a phone number or a code, and so may a text a library has put together.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

#: So many of the innermost places of an error are named.
PLACES = 12


def configure() -> None:
    """Lines for people on a terminal, JSON elsewhere; what libraries log goes the same way from warnings on."""
    shown = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Foreign([*processors, shown]))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*processors, shown],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def without_values(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An error of a line becomes its sort and its places, without its own words and without values."""
    error = event.pop("exc_info", None)
    if error:
        found = error if isinstance(error, BaseException) else sys.exc_info()[1] if error is True else error[1]
        if found is not None:
            event["exception"] = told(found)
    return event


def told(error: BaseException) -> list[str]:
    """An error and what it came of: sorts and places, the outermost error first."""
    lines = []
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        lines.append(_sort(found))
        frames = traceback.extract_tb(found.__traceback__)[-PLACES:]
        lines += [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return lines


def _sort(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


class Foreign(logging.Formatter):
    """A library's line: who says it, where, and its text as it stands in that library's code, never as filled in."""

    def __init__(self, processors: list[Any]) -> None:
        super().__init__()
        self._processors = processors

    def format(self, record: logging.LogRecord) -> str:
        """The line, as our own look."""
        event: MutableMapping[str, Any] = {"event": _template(record), "logger": record.name}
        event["place"] = f"{Path(record.pathname).name}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            event["exc_info"] = record.exc_info[1]
        line: Any = event
        for process in self._processors:
            line = process(None, record.levelname.lower(), line)
        return str(line)


def _template(record: logging.LogRecord) -> str:
    """The text with its places unfilled; a text without places may have been put together from values."""
    filled = isinstance(record.args, Mapping) or bool(record.args)
    return record.msg if filled and isinstance(record.msg, str) else "a library logged"


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    structlog.get_logger().critical("ended by an error", exc_info=error)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    structlog.get_logger().critical("a thread was ended by an error", exc_info=args.exc_value or True)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    structlog.get_logger().error("an error nobody waits for", exc_info=args.exc_value or True)
