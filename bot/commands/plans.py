"""What an import would change: worked out first, written only if nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from bot.commands.sheets import Column, Sheet
from handlers.invitations import Invitation
from handlers.words import _
from storage.transaction import Tx

T = TypeVar("T")


@dataclass
class Plan(Generic[T]):
    """Rows to add, rows to change, how many stay, what to tell beside, and whom to invite once it is written.

    projects: names of new projects by the negative number that stands for their id until they are written.
    """

    added: list[T] = field(default_factory=list)
    changed: list[T] = field(default_factory=list)
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)
    invited: list[Invited] = field(default_factory=list)
    projects: dict[int, str] = field(default_factory=dict)

    def put(self, row: T, old: T | None) -> None:
        """Count a row by what is there already."""
        if old is None:
            self.added.append(row)
        elif old == row:
            self.unchanged += 1
        else:
            self.changed.append(row)

    def settle(self, people: dict[str, int], projects: dict[int, int]) -> None:
        """Give invitations the ids, by phone and by negative number, of what was written just now."""
        self.invited = [_settled(invited, people, projects) for invited in self.invited]


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who needs a code: name, phone, the words for role and unit, what the code gives, and whether new."""

    name: str
    phone: str
    role: str
    unit: str
    invitation: Invitation
    fresh: bool = False


def _settled(invited: Invited, people: dict[str, int], projects: dict[int, int]) -> Invited:
    old = invited.invitation
    project = projects.get(old.project, old.project) if old.project else None
    person = people.get(invited.phone) if invited.fresh else old.person
    return replace(invited, invitation=replace(old, person=person, project=project))


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of import. plan notes faults in the sheet; write is called only where there are none."""

    columns: tuple[Column, ...]
    plan: Callable[[Tx, Sheet, datetime], Plan[T]]
    write: Callable[[Tx, Plan[T], datetime], None]


def once(sheet: Sheet, key: str, seen: dict[str, int], number: int, text: str) -> bool:
    """Whether a text stands in a column for the first time; a repeat is a fault."""
    first = seen.setdefault(text, number)
    if first != number:
        sheet.fault(number, key, _("the same as in row {row}", row=first))
    return first == number
