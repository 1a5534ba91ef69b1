"""A person at a terminal in an empty folder: what they type, what is answered, and with which exit code."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest

from bot import cli, logs
from bot.commands import opening
from tests import copies

T = TypeVar("T")
SHOWN = pytest.CaptureFixture[str]
LANGUAGE_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True)
class Answer:
    """What a command said on standard output and standard error."""

    code: int
    said: str
    complained: str


class Terminal:
    """Runs `qinqing` in a folder of its own, in the program's own process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, shown: SHOWN) -> None:
        self.folder, self.monkeypatch, self.shown = folder, monkeypatch, shown
        for name in [name for name in os.environ if name.startswith("QINQING_")] + list(LANGUAGE_NAMES):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(logs, "configure", lambda: None)  # else later logs go to this test's terminal
        monkeypatch.chdir(folder)

    @property
    def url(self) -> str:
        """Where the office's database is."""
        return f"sqlite:///{self.folder / 'var' / 'qinqing.db'}"

    def set(self, name: str, value: str) -> None:
        """Set a variable of the environment."""
        self.monkeypatch.setenv(name, value)

    def run(self, *arguments: str, typed: str = "") -> Answer:
        """Run a command; `typed` is what is typed into it."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        self.shown.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        shown = self.shown.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0, shown.out, shown.err)

    def done(self, *arguments: str) -> str:
        """Run a command that must succeed; returns what it said."""
        answer = self.run(*arguments)
        assert answer.code == 0, answer
        return answer.said

    def refused(self, *arguments: str, code: int = 1) -> str:
        """Run a command that must fail with this exit code and without a traceback; returns its complaint."""
        answer = self.run(*arguments)
        assert answer.code == code, answer
        assert "Traceback" not in answer.complained
        return answer.complained

    def office(self) -> None:
        """Set up an office with an empty database."""
        copies.set_up(self.url)
        self.done("init", "--yes", "--name", "衡岳县优化办")
        self.done("db", "upgrade")

    def read(self, fn: Callable[..., T], *args: Any) -> T:
        """What a function reads in the office's database."""
        with opening.bare(self.url) as db:
            return db.read_now(fn, *args)

    def change(self, fn: Callable[..., T], *args: Any) -> T:
        """Do something in the office's database, as a command does."""
        with opening.writing() as app:
            return app.db.write_now(fn, *args)

    def sheet(self, name: str, *rows: Iterable[Any]) -> str:
        """Write a spreadsheet into the folder; returns its name."""
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(list(row))
        book.save(self.folder / name)
        return name
