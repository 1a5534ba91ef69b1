"""A terminal in a folder where an office was set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.sheets import UNITS
from tests.bot.terminal import SHOWN, Terminal


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    """A new office."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.office()
    return terminal


@pytest.fixture
def settled(office: Terminal) -> Terminal:
    """An office that has its units."""
    office.done("import", "units", office.sheet("units.xlsx", *UNITS))
    return office
