"""Cases as rows of a table, as far as this viewer may know them: for the desk, the list and the search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.case import OFFICIAL_ROLES, Actor, Case
from domain.errors import UnknownCase
from domain.ladder import Colour
from domain.permits import may_know_owner, may_see
from handlers import cards, casework, phrases, worklist
from handlers.cleaning import kept
from handlers.turn import Turn
from handlers.words import N_, _
from handlers.worklist import DESK_TERMS, UNIT_TERMS, Task
from storage import deadlines, people, units

#: What a colour says to somebody who does not see it.
COLOURS: dict[Colour, str] = {
    Colour.RED: N_("overdue"),
    Colour.ORANGE: N_("due today"),
    Colour.YELLOW: N_("due tomorrow"),
    Colour.BLUE: N_("due soon"),
    Colour.NONE: "",
}

#: No number is longer.
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a table. colour: of its most pressing deadline; urgency: that colour in a word."""

    id: int
    number: str
    kind: str
    about: str
    who: str
    unit: str
    status: str
    due: str
    colour: str
    urgency: str
    filed: str


def seen_by(actors: Iterable[Actor], case: Case) -> list[Actor]:
    """The official roles in which the case may be seen."""
    return [actor for actor in actors if actor.role in OFFICIAL_ROLES and may_see(case, actor)]


def seen(turn: Turn, number: str) -> tuple[Case, list[Actor]]:
    """The case with this number or id, and the official roles in which this person may see it.

    Raises UnknownCase where there is none, as for a case there is not: own cases are for the chat.
    """
    if not number.isascii():
        raise UnknownCase(number=number[:LONGEST])
    case = casework.seen(turn, kept(number)[:LONGEST])
    viewers = seen_by(turn.actors, case)
    if not viewers:
        raise UnknownCase(number=number[:LONGEST])
    return case, viewers


def of_cases(turn: Turn, found: Iterable[Case]) -> list[Row]:
    """Rows of those cases that this person may see, in the order they came in."""
    visible = [case for case in found if seen_by(turn.actors, case)]
    running = deadlines.of_cases(turn.tx, [case.id for case in visible])
    terms = UNIT_TERMS | DESK_TERMS
    tasks = [worklist.task_of(case, running[case.id], terms, turn.now, turn.office) for case in visible]
    return of_tasks(turn, tasks)


def of_tasks(turn: Turn, tasks: Sequence[Task]) -> list[Row]:
    """Rows of a work list; cases this person may not see are left out."""
    names = units.names(turn.tx)
    owners = people.many(turn.tx, [task.case.owner for task in tasks if task.case.owner and not task.case.enterprise])
    known = {person: one.name for person, one in owners.items()}
    return [_row(turn, task, names, known) for task in tasks if seen_by(turn.actors, task.case)]


def _row(turn: Turn, task: Task, names: dict[int, str], owners: dict[int, str]) -> Row:
    case, due = task.case, task.deadline
    lead = case.lead
    return Row(
        id=case.id,
        number=case.number,
        kind=phrases.kind_words(case),
        about=phrases.short(case.facts, 60),
        who=_who(turn, case, owners),
        unit=names.get(lead.unit, "") if lead else "",
        status=cards.official_status(case),
        due=phrases.due_words(due, turn.office, turn.now) if due else "",
        colour=str(task.colour),
        urgency=_(COLOURS[task.colour]) if COLOURS[task.colour] else "",
        filed=phrases.moment_words(case.filed_at, turn.office, turn.now),
    )


def _who(turn: Turn, case: Case, owners: dict[int, str]) -> str:
    viewer = cards.least_hidden(seen_by(turn.actors, case))
    if not may_know_owner(case, viewer):
        return _(phrases.NAMINGS[case.naming])
    return case.enterprise or owners.get(case.owner or 0, "") or _("not given")
