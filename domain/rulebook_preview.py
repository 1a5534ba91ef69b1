"""What a rulebook would mean for a sample case: every deadline with its end, and every reminder on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain import ladder, rulebook
from domain.case import Assignment, Case, Kind, Naming, Status, Weight
from domain.clock import OPENINGS, open_term
from domain.deadlines import Deadline, Term
from domain.ladder import To
from domain.office import Office
from domain.rulebook import Rulebook
from domain.workdays import Calendar, Due, Limit

LEAD, ASSISTING = 1, 2


@dataclass(frozen=True, slots=True)
class Mark:
    """One rung on its day: whom it reaches, or the move the clock then makes."""

    name: str
    day: date
    to: tuple[To, ...]
    move: str


@dataclass(frozen=True, slots=True)
class Row:
    """One deadline of the sample: of a weight, where the limit hangs on it."""

    term: Term
    weight: Weight | None
    limit: Limit
    due: Due
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same deadline by the old rules and the new; None where one of them has none."""

    old: Row | None
    new: Row | None


def preview(book: Rulebook, calendar: Calendar, kind: Kind, begun_at: datetime) -> tuple[Row, ...]:
    """Every deadline of a case of this kind, as if each step began at this moment.

    `calendar` has the public holidays; hours and closed days are the book's.
    """
    office = Office("", rulebook.on(calendar, book), book)
    sample = _sample(kind, begun_at)
    return tuple(
        _row(one, weight, office)
        for term in OPENINGS
        for weight in (book.kinds[kind].weights or (None,) if term is Term.HANDLE else (None,))
        for one in open_term(term, replace(sample, weight=weight), begun_at, office)
    )


def side_by_side(old: Iterable[Row], new: Iterable[Row]) -> tuple[Pair, ...]:
    """Old and new rows of the same deadline together, in the order of the old; what is only new comes last."""
    before = {(row.term, row.weight): row for row in old}
    after = {(row.term, row.weight): row for row in new}
    return tuple(Pair(before.get(key), after.get(key)) for key in before | after)


def _row(deadline: Deadline, weight: Weight | None, office: Office) -> Row:
    marks = tuple(
        Mark(one.rung.name, office.calendar.today(one.at), one.rung.to, one.rung.move)
        for one in ladder.rungs(deadline, office)
    )
    return Row(deadline.term, weight, deadline.limit, deadline.due, marks)


def _sample(kind: Kind, begun_at: datetime) -> Case:
    parts = (Assignment(1, LEAD, True, begun_at), Assignment(2, ASSISTING, False, begun_at))
    status, naming = Status.HANDLING, Naming.NAMED
    return Case(0, "", kind, status, naming, None, "", begun_at, status_at=begun_at, assignments=parts)
