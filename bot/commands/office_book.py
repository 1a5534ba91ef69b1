"""One workbook that sets an office up: its sheets, read and planned together, written all at once or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.commands import plans, spreadsheet
from bot.commands.closure_rows import CLOSURES
from bot.commands.item_rows import ITEMS
from bot.commands.people_rows import PEOPLE
from bot.commands.plans import Ids, Kind, Plan
from bot.commands.project_rows import PROJECTS
from bot.commands.sheets import EXAMPLE, Sheet, plain, rows_of
from bot.commands.telling import NotDone, Tell
from bot.commands.unit_rows import UNITS
from handlers.phrases import listed
from handlers.words import DEFAULT, N_, _, language
from storage.transaction import Tx

#: More are only counted: who has made so many mistakes has made one.
MOST_COMPLAINTS = 50
#: So many lines of a plan are shown of each sheet; the rest is counted.
MOST_LINES = 12
MOST_ABSENT = 8


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet of the workbook: the names it may have, in Chinese first, in English last; what its rows are."""

    titles: tuple[str, ...]
    kind: Kind[Any]
    note: str

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return self.titles[0] if language() == DEFAULT else self.titles[-1]


#: In the order they are planned and written: a sheet may refer to those above it.
TABS: Mapping[str, Tab] = MappingProxyType(
    {
        "units": Tab(("单位", "单位名录", "units"), UNITS, N_("The units that act on cases: one row each.")),
        "projects": Tab(
            ("项目", "重点项目", "projects"),
            PROJECTS,
            N_("Key projects with an inspector of their own; may stay empty."),
        ),
        "people": Tab(
            ("人员", "人员名单", "people"),
            PEOPLE,
            N_("Officials with their roles: one row for each role. Do not forget dispatcher, approver, administrator."),
        ),
        "items": Tab(
            ("事项", "办事事项", "items"), ITEMS, N_("What people can apply for, and at which unit; may stay empty.")
        ),
        "closures": Tab(
            ("放假", "放假安排", "closures"),
            CLOSURES,
            N_("Days the office is closed beside the public holidays; may stay empty."),
        ),
    }
)


class Faulty(NotDone):
    """{what}"""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__(what=_("{n} mistake(s) in the file: nothing was written", n=len(complaints)))
        self.complaints = complaints


@dataclass
class Sheets:
    """What was read: rows by the key of their tab, and the names of sheets that are none of ours."""

    found: dict[str, Sheet] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def read(path: Path, name: str, tell: Tell) -> Sheets:
    """The sheets of a workbook; name: how people know the file. Raises NotDone where it cannot be one."""
    known = {plain(title): key for key, tab in TABS.items() for title in tab.titles}
    read_so_far = Sheets()
    with spreadsheet.opened(path, name) as book:
        for number, (title, hidden) in enumerate(book.tabs):
            key = known.get(plain(title))
            if key is None:
                read_so_far.others += [] if hidden else [title]
                continue
            if key in read_so_far.found:
                raise NotDone(what=_("the sheet “{tab}” is there twice", tab=TABS[key].title))
            read_so_far.found[key] = rows_of(book, number, TABS[key].kind.columns, tell, title)
    _refuse_empty(read_so_far)
    return read_so_far


def _refuse_empty(sheets: Sheets) -> None:
    if not sheets.found:
        names = listed(tab.title for tab in TABS.values())
        raise NotDone(what=_("the file has none of these sheets: {names}", names=names))
    if not any(sheet.rows or sheet.faults for sheet in sheets.found.values()):
        mark = _(EXAMPLE).strip()
        raise NotDone(what=_("nothing is filled in yet: rows that begin with “{mark}” do not count", mark=mark))


@dataclass
class BookPlan:
    """What the workbook would change: a plan for each sheet by its key, and what to tell beside."""

    parts: dict[str, Plan[Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        """Whether anything would be written."""
        return any(part.changes_something for part in self.parts.values())

    @property
    def invited(self) -> list[plans.Invited]:
        """Who needs a code once it is written."""
        return self.parts["people"].invited if "people" in self.parts else []


def plan(tx: Tx, sheets: Sheets, now: datetime) -> BookPlan:
    """What the workbook would change. Raises Faulty with every mistake of every sheet."""
    made, known = BookPlan(), plans.known(tx)
    complaints: list[str] = []
    for key, tab in TABS.items():
        sheet = sheets.found.get(key)
        if sheet is None:
            continue
        before = list(sheet.faults)
        made.parts[key] = tab.kind.plan(tx, sheet, now, known)
        complaints += sheet.complaints()
        sheet.faults = before  # the database may run this again
    if complaints:
        raise Faulty(complaints)
    if sheets.others:
        made.notes.append(_("Not read, because it is none of our sheets: {names}", names=listed(sheets.others)))
    return made


def write(tx: Tx, made: BookPlan, now: datetime) -> None:
    """Write what was planned in the same transaction."""
    ids = Ids()
    for key, part in made.parts.items():
        TABS[key].kind.write(tx, part, now, ids)


def take_over(tx: Tx, sheets: Sheets, now: datetime) -> BookPlan:
    """Plan and write. Raises Faulty, having written nothing."""
    made = plan(tx, sheets, now)
    write(tx, made, now)
    return made


def lines(made: BookPlan) -> Iterator[str]:
    """The plan in words: counts of each sheet, what is new and what changes, and what stays though it is not named."""
    for key, part in made.parts.items():
        yield _(
            "{tab}: {added} new, {changed} changed, {unchanged} as they are",
            tab=TABS[key].title,
            added=len(part.added),
            changed=len(part.changed),
            unchanged=part.unchanged,
        )
        yield from (f"  {line}" for line in part.lines[:MOST_LINES])
        if part.lines[MOST_LINES:]:
            yield "  " + _("… and {n} more", n=len(part.lines) - MOST_LINES)
        yield from (f"  {note}" for note in part.notes)
        if part.absent:
            yield "  " + _absent(part.absent)
    yield from made.notes


def _absent(names: list[str]) -> str:
    shown = listed(names[:MOST_ABSENT]) + ("…" if names[MOST_ABSENT:] else "")
    return _("Not in the file, and stays as it is: {names}. Nothing is ever deleted by a file.", names=shown)
