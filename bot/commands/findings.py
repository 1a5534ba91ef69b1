"""What a check of the doctor says, and what it may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.settings import OfficeFile, Settings


class State(StrEnum):
    """How something is. A warning can wait; what is wrong keeps the office from working."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """How something is, what was found, and what to do about it."""

    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What checks look at. file: office.toml, None where it cannot be read."""

    settings: Settings
    file: OfficeFile | None
    now: datetime


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(State.OK, found)


def warning(found: str, remedy: str) -> Finding:
    """Something to see to."""
    return Finding(State.WARNING, found, remedy)


def wrong(found: str, remedy: str) -> Finding:
    """Something that must be put right."""
    return Finding(State.WRONG, found, remedy)


def nearest(folder: Path) -> Path:
    """The folder, or the first above it that exists."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder
