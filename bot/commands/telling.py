"""How a command speaks: in the language of its terminal, with a bar where there is one and in plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from bot.program import called
from bot.settings import office_file, settings, terminal_language
from domain.errors import BadDeclaration, QinqingError
from handlers.words import DEFAULT

Tell = Callable[[int, int], None]

#: Without a terminal a line is written each time this much more is done.
STEP_PERCENT = 25


class NotDone(QinqingError):
    """{what}"""


def language() -> str:
    """The terminal's language, else the office's, else the default."""
    return terminal_language() or _office_language()


def _office_language() -> str:
    try:
        return office_file(settings().office).language
    except BadDeclaration:  # the command itself says what is wrong, where it needs them
        return DEFAULT


def command(words: str) -> str:
    """A command of ours as it can be typed here, such as `.venv/bin/qinqing run`."""
    return f"{called()} {words}"


def say(line: str = "") -> None:
    """A line of the answer, on standard output."""
    typer.echo(line)


def complain(line: str) -> None:
    """What is wrong, on standard error."""
    typer.echo(f"qinqing: {line}", err=True)


@contextmanager
def progress(label: str) -> Iterator[Tell]:
    """Shows how far something is, on standard error: call the result with (done, total); total 0 means unknown."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(label)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total or None)


def _lines(label: str) -> Tell:
    said = 0

    def tell(done: int, total: int) -> None:
        nonlocal said
        reached = min(100 * done // total, 100) // STEP_PERCENT * STEP_PERCENT if total else 0
        if reached > said:
            said = reached
            print(f"{label}: {reached} %", file=sys.stderr, flush=True)

    return tell
