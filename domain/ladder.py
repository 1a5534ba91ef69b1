"""The ladder: at which rung a deadline is due to be spoken of, to whom, and what happens when its time has run out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from domain.deadlines import Deadline, DeadlineState, Term
from domain.office import Office
from domain.rulebook import Rulebook, RungRule


class Anchor(StrEnum):
    """From which day a rung is counted."""

    START = "start"
    DUE = "due"


class Colour(StrEnum):
    """How urgent a rung is."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    NONE = ""


class To(StrEnum):
    """Whom a rung reaches."""

    OWNER = "owner"
    HANDLER = "handler"
    LIAISON = "liaison"
    HEAD = "head"
    DISPATCHER = "dispatcher"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class Rung:
    """One row: `days` working days from the anchor, negative before it. `move`: what the clock then does by itself."""

    name: str
    terms: tuple[Term, ...]
    anchor: Anchor
    days: int
    to: tuple[To, ...] = ()
    colour: Colour = Colour.NONE
    move: str = ""

    @property
    def key(self) -> str:
        """What a rulebook calls it: the first of its terms, and its name."""
        return f"{self.terms[0]}.{self.name}"


_WORK = (Term.HANDLE, Term.ASSIST)
_DESK = (Term.ACCEPT, Term.DISPATCH)
_DECISIONS = (Term.REFUSAL, Term.EXTENSION, Term.TERMINATION, Term.REVIEW)
_OWNER = (Term.SUPPLEMENT, Term.VISIT)
_UNIT = (To.HANDLER, To.LIAISON, To.HEAD)

LADDER: tuple[Rung, ...] = (
    Rung("near", _WORK, Anchor.DUE, -3, (To.HANDLER,), Colour.BLUE),
    Rung("tomorrow", _WORK, Anchor.DUE, -1, (To.HANDLER, To.LIAISON), Colour.YELLOW),
    Rung("today", _WORK, Anchor.DUE, 0, _UNIT, Colour.ORANGE),
    Rung("overdue", _WORK, Anchor.DUE, 1, (*_UNIT, To.DISPATCHER), Colour.RED),
    Rung("today", _DESK, Anchor.DUE, 0, (To.DISPATCHER,), Colour.ORANGE),
    Rung("overdue", _DESK, Anchor.DUE, 1, (To.DISPATCHER, To.APPROVER), Colour.RED),
    Rung("today", (Term.CONTACT,), Anchor.DUE, 0, (To.HANDLER,), Colour.ORANGE),
    Rung("overdue", (Term.CONTACT,), Anchor.DUE, 1, (To.HANDLER, To.LIAISON), Colour.RED),
    Rung("today", _DECISIONS, Anchor.DUE, 0, (To.APPROVER,), Colour.ORANGE),
    Rung("overdue", _DECISIONS, Anchor.DUE, 1, (To.APPROVER, To.DISPATCHER), Colour.RED),
    Rung("today", (Term.CHECK,), Anchor.DUE, 0, (To.HEAD,), Colour.ORANGE),
    Rung("overdue", (Term.CHECK,), Anchor.DUE, 1, (To.HEAD, To.LIAISON), Colour.RED),
    Rung("reminder_1", _OWNER, Anchor.START, 1, (To.OWNER,)),
    Rung("reminder_2", _OWNER, Anchor.START, 3, (To.OWNER,)),
    Rung("undelivered", (Term.VISIT,), Anchor.DUE, 1, move="call"),
    Rung("silent", (Term.SILENCE,), Anchor.DUE, 0, move="accept"),
    Rung("silent", (Term.SUPPLEMENT,), Anchor.DUE, 0, move="lapse"),
    Rung("silent", (Term.CLOSE,), Anchor.DUE, 0, move="silence"),
)


@lru_cache(maxsize=16)
def climbed_by(book: Rulebook) -> Mapping[Term, tuple[Rung, ...]]:
    """The rungs of each term with the days and recipients the office has chosen; what it switched off falls away."""
    chosen = [_chosen(rung, book.rungs[rung.key]) if rung.key in book.rungs else rung for rung in LADDER]
    kept = [rung for rung in chosen if rung.move or rung.key not in book.rungs or book.rungs[rung.key].on]
    return MappingProxyType({term: tuple(rung for rung in kept if term in rung.terms) for term in Term})


def _chosen(rung: Rung, rule: RungRule) -> Rung:
    """What the clock does by itself is nobody's choice."""
    return rung if rung.move else replace(rung, days=rule.days, to=tuple(To(one) for one in rule.to))


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung with the moment (UTC) it is reached."""

    rung: Rung
    at: datetime


def day_of(rung: Rung, deadline: Deadline, office: Office) -> date:
    """The day of a rung."""
    calendar = office.calendar
    anchor = calendar.today(deadline.started_at) if rung.anchor is Anchor.START else deadline.due.day
    return calendar.add(anchor, rung.days) if rung.days >= 0 else calendar.back(anchor, -rung.days)


def moment_of(rung: Rung, deadline: Deadline, office: Office) -> datetime:
    """When a rung is reached: moves at the due time, officials at the digest, owners when news may reach them."""
    if rung.move and rung.days == 0:
        return deadline.due.at
    book = office.rulebook
    hour = max(book.digest_at, book.owner_from) if To.OWNER in rung.to else book.digest_at
    return office.calendar.morning(day_of(rung, deadline, office), hour)


def rungs(deadline: Deadline, office: Office) -> list[Reached]:
    """All rungs a deadline will reach, in order of time; those not later than its start fall away."""
    reached = [Reached(rung, moment_of(rung, deadline, office)) for rung in climbed_by(office.rulebook)[deadline.term]]
    return sorted((r for r in reached if r.at > deadline.started_at), key=lambda r: r.at)


def next_after(deadline: Deadline, after: datetime | None, office: Office) -> datetime | None:
    """When the deadline must be looked at next: its first rung later than `after` (None: from the start)."""
    if deadline.state is not DeadlineState.RUNNING:
        return None
    return next((r.at for r in rungs(deadline, office) if after is None or r.at > after), None)


def due_between(deadline: Deadline, after: datetime | None, now: datetime, office: Office) -> list[Reached]:
    """Rungs reached later than `after` and not later than `now`, in order."""
    return [r for r in rungs(deadline, office) if r.at <= now and (after is None or r.at > after)]


def colour(deadline: Deadline, now: datetime, office: Office) -> Colour:
    """How urgent a deadline looks now: the colour of the last rung reached; none while it is paused."""
    if deadline.state is DeadlineState.PAUSED:
        return Colour.NONE
    if now > deadline.due.at:
        return Colour.RED
    reached = [r for r in due_between(deadline, None, now, office) if r.rung.colour]
    return reached[-1].rung.colour if reached else Colour.NONE
