"""What an import would change: worked out first, written only if nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from bot.commands.sheets import Column, Sheet
from domain.people import UnitOf
from handlers.invitations import Invitation
from handlers.words import _
from storage import units
from storage.transaction import Tx

T = TypeVar("T")
#: The longest text shown of what a cell was and becomes.
LONGEST_SHOWN = 24


@dataclass
class Known:
    """Units and projects by name that rows may refer to: those there are, and those to come, with negative ids.

    closed: projects are named by a sheet of their own, so that one missing there is a mistake and no new one.
    """

    units: list[UnitOf]
    projects: dict[str, int]
    closed: bool = False

    def next_project(self) -> int:
        """The id of the next project to come."""
        return min(0, *self.projects.values(), 0) - 1


def known(tx: Tx) -> Known:
    """What is there already, read anew: what is remembered may be seconds old."""
    tx.forget("units", "unit names", "projects")
    return Known(list(units.every(tx)), {name: project for project, name in units.all_projects(tx)})


@dataclass
class Ids:
    """What the ids of units and projects to come have become by being written."""

    units: dict[int, int] = field(default_factory=dict)
    projects: dict[int, int] = field(default_factory=dict)

    def unit(self, unit: int | None) -> int | None:
        """The id of a unit that may have been to come."""
        return self.units.get(unit, unit) if unit else None

    def project(self, project: int | None) -> int | None:
        """The same of a project."""
        return self.projects.get(project, project) if project else None


@dataclass
class Plan(Generic[T]):
    """Rows to add, rows to change, how many stay, what to tell beside, and whom to invite once it is written.

    lines: each added and changed row in words; absent: what the office has and the sheet does not name: it stays.
    projects: names of new projects by the negative number that stands for their id until they are written.
    """

    added: list[T] = field(default_factory=list)
    changed: list[T] = field(default_factory=list)
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    invited: list[Invited] = field(default_factory=list)
    projects: dict[int, str] = field(default_factory=dict)

    def put(self, row: T, old: T | None, name: str, changes: tuple[str, ...] = ()) -> None:
        """Count a row by what is there already. name: what it is called; changes: what becomes of it, in words."""
        if old is None:
            self.added.append(row)
            self.lines.append(f"+ {name}")
        elif old == row:
            self.unchanged += 1
        else:
            self.changed.append(row)
            self.lines.append(f"~ {name}: {'; '.join(changes)}" if changes else f"~ {name}")

    def settle(self, people: dict[str, int], ids: Ids) -> None:
        """Give invitations the ids of what was written just now; people: by phone."""
        self.invited = [_settled(invited, people, ids) for invited in self.invited]

    @property
    def changes_something(self) -> bool:
        """Whether anything would be written."""
        return bool(self.added or self.changed or self.projects)


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who needs a code: name, phone, the words for role and unit, what the code gives, and whether new."""

    name: str
    phone: str
    role: str
    unit: str
    invitation: Invitation
    fresh: bool = False


def _settled(invited: Invited, people: dict[str, int], ids: Ids) -> Invited:
    old = invited.invitation
    person = people.get(invited.phone) if invited.fresh else old.person
    settled = replace(old, person=person, unit=ids.unit(old.unit), project=ids.project(old.project))
    return replace(invited, invitation=settled)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of import. plan notes faults in the sheet; write is called only where there are none.

    plan adds to `Known` what it would write, write notes in `Ids` what that became.
    """

    columns: tuple[Column, ...]
    plan: Callable[[Tx, Sheet, datetime, Known], Plan[T]]
    write: Callable[[Tx, Plan[T], datetime, Ids], None]


def once(sheet: Sheet, key: str, seen: dict[str, int], number: int, text: str) -> bool:
    """Whether a text stands in a column for the first time; a repeat is a fault."""
    first = seen.setdefault(text, number)
    if first != number:
        sheet.fault(number, key, _("the same as in row {row}", row=first))
    return first == number


def becomes(columns: tuple[Column, ...], key: str, old: str, new: str) -> tuple[str, ...]:
    """What a column was and becomes, in words; nothing where it stays."""
    title = next(column.title for column in columns if column.key == key)
    return (f"{title} {_shown(old)} → {_shown(new)}",) if old != new else ()


def _shown(text: str) -> str:
    line = " ".join(text.split())
    short = line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"
    return f"“{short}”" if short else _("(empty)")
