"""/board: where somebody begins, with what waits for them, by their rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.board import rows
from bot.board.drawing import page
from bot.board.forms import TAKE
from bot.board.rows import Row
from bot.board.sessions import Desk, Page
from domain.case import Case, Status
from domain.rights import Right, may
from handlers import likely, worklist
from handlers.turn import Turn
from handlers.words import N_, _
from handlers.worklist import Task
from storage import cases, dead_letters, deadlines, inbox, units, visits

#: Cases a section shows; the list has the rest.
SHOWN = 12
#: So many overdue ones are looked at for some that the person may see.
MOST_LATE = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a section. units: those it can be handed to at once by `move`, as (id, name)."""

    row: Row
    units: tuple[tuple[int, str], ...] = ()
    move: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the desk. more: where the whole of it is, "" where this is all."""

    title: str
    empty: str
    lines: list[Line]
    count: str
    more: str = ""


async def home(desk: Desk) -> web.StreamResponse:
    """What waits for this person."""
    sections, troubles = await desk.read(_waiting)
    return page(desk, "home.html", sections=sections, troubles=troubles)


def _waiting(turn: Turn) -> tuple[list[Section], int]:
    roles = [holding.role for holding in turn.holdings]
    sections = [make(turn) for right, make in SECTIONS if may(right, *roles)]
    return sections, _troubles(turn) if may(Right.DEAD_LETTERS, *roles) else 0


def _troubles(turn: Turn) -> int:
    tx = turn.tx
    ended = inbox.failed_count(tx) + dead_letters.letter_count(tx) + dead_letters.lost_file_count(tx)
    return ended + len(dead_letters.put_off(tx, turn.now))


def _queue(turn: Turn) -> Section:
    """Cases to decide on and to dispatch, each with the units it most likely belongs to."""
    tasks = worklist.of_desk(turn.tx, turn.holdings, turn.now)
    names = units.names(turn.tx)
    found = {row.id: row for row in rows.of_tasks(turn, tasks[:SHOWN])}
    lines = [_to_take(turn, task.case, found[task.case.id], names) for task in tasks if task.case.id in found]
    return _section(_("To decide on and dispatch"), _("The desk is empty."), lines, len(tasks), "?mine=1")


def _to_take(turn: Turn, case: Case, row: Row, names: dict[int, str]) -> Line:
    found = tuple((unit, names[unit]) for unit, _share in likely.units_for(turn.tx, case) if unit in names)
    return Line(row, found, TAKE if case.status is Status.FILED else "dispatch")


def _approvals(turn: Turn) -> Section:
    """What others proposed and this person may decide on, and refusals that an owner objected to."""
    waiting = worklist.of_approvals(turn.tx, turn.holdings, turn.now)
    return _listed(turn, _("Waiting for your approval"), _("Nothing waits for your approval."), waiting, "")


def _tasks(turn: Turn) -> Section:
    """Open work of the person's units and projects."""
    found = [
        *worklist.of_units(turn.tx, turn.holdings, turn.now),
        *worklist.of_projects(turn.tx, turn.holdings, turn.now),
    ]
    once = sorted({task.case.id: task for task in found}.values(), key=lambda task: task.urgency)
    return _listed(turn, _("My tasks"), _("Nothing open for you. Well done."), once, "?mine=1")


def _late(turn: Turn) -> Section:
    """The longest overdue; the list has the rest, which are not counted here."""
    late = deadlines.overdue_cases(turn.tx, turn.now, MOST_LATE)
    kept = cases.many(turn.tx, late)
    found = rows.of_cases(turn, [kept[case] for case in late])
    count = f"{len(found)}+" if len(late) == MOST_LATE else str(len(found))
    more = "/board/cases?overdue=1" if len(found) > SHOWN or len(late) == MOST_LATE else ""
    return Section(_("What is late"), _("Nothing is overdue."), [Line(row) for row in found[:SHOWN]], count, more)


def _visits(turn: Turn) -> Section:
    """Answered cases whose owners have not rated, the oldest first."""
    found = cases.in_status(turn.tx, [Status.ANSWERED])
    lines = [Line(row) for row in rows.of_cases(turn, found[:SHOWN])]
    empty = _("Every answered case has been rated.")
    return _section(_("Visits to make"), empty, lines, len(found), "?statuses=answered")


def _calls(turn: Turn) -> Section:
    """Owners who can only be reached by phone."""
    owed = list(cases.many(turn.tx, [call.case for call in visits.owed_calls(turn.tx)]).values())
    lines = [Line(row) for row in rows.of_cases(turn, owed[:SHOWN])]
    return _section(_("Calls to make"), _("Nobody needs to be phoned."), lines, len(owed))


def _listed(turn: Turn, title: str, empty: str, tasks: list[Task], query: str) -> Section:
    lines = [Line(row) for row in rows.of_tasks(turn, tasks[:SHOWN])]
    return _section(title, empty, lines, len(tasks), query)


def _section(title: str, empty: str, lines: list[Line], count: int, query: str = "") -> Section:
    return Section(title, empty, lines, str(count), f"/board/cases{query}" if query and count > SHOWN else "")


#: The sections in their order, each with the right that opens it.
SECTIONS: tuple[tuple[Right, Callable[[Turn], Section]], ...] = (
    (Right.APPROVALS, _approvals),
    (Right.DESK, _queue),
    (Right.TASKS, _tasks),
    (Right.VISITS, _visits),
    (Right.VISITS, _calls),
    (Right.LATE, _late),
)

ROUTES = (Page("GET", "/board", home, Right.BOARD, label=N_("Desk")),)
