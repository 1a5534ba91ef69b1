"""Letters that a move writes: numbered, kept word for word, and read at an address of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from domain.case import UNDONE, Case, Matter
from domain.deadlines import WORK_TERMS
from domain.lifecycle import Change
from domain.limits import Limit
from handlers import grounds, phrases
from handlers.words import N_, _, speaking
from storage import deadlines, papers, people, units
from storage.papers import Paper
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Letter:
    """One sort of letter: its name, and what it says between the address and the signature."""

    sort: str
    title: str
    says: Callable[[Tx, Change], str]


def _refusal(tx: Tx, change: Change) -> str:
    return _(
        "What you filed on {day} under {number} is not accepted.\nGround: {ground}\nReasons: {text}\n"
        "If you do not agree, you can object once, until {until}: tap “Object” in the chat, or tell us by phone. "
        "The head of the office then decides.",
        day=_day(tx.office.calendar.today(change.before.filed_at)),
        number=change.before.number,
        ground=grounds.words(tx.office.rulebook, Matter.REFUSAL, str(change.facts.get("ground", ""))),
        text=change.facts.get("text", ""),
        until=_day(objection_ends(tx, change.now)),
    )


def _day(day: date) -> str:
    """A day with its year: a letter is read in later years too."""
    return phrases.day_words(day, date.min)


def objection_ends(tx: Tx, refused_at: datetime) -> date:
    """The last day on which a refusal can be objected to."""
    return tx.office.calendar.due(refused_at, Limit(tx.office.rulebook.object_days)).day


def _upheld(tx: Tx, change: Change) -> str:
    return _(
        "You objected to the decision on {number}. The head of the office has looked at it again, and it stays.\n"
        "Reasons: {text}\nYou can still go to court or ask for administrative reconsideration where the law allows it.",
        number=change.before.number,
        text=change.facts.get("text", ""),
    )


def _termination(tx: Tx, change: Change) -> str:
    return _(
        "Your case {number} is ended.\nGround: {ground}\nReasons: {text}\n"
        "If things change, you can file it again at any time.",
        number=change.before.number,
        ground=grounds.words(tx.office.rulebook, Matter.TERMINATION, str(change.facts.get("ground", ""))),
        text=change.facts.get("text", ""),
    )


def _supervision(tx: Tx, change: Change) -> str:
    names = units.names(tx)
    dates = {
        one.unit: phrases.due_words(one, tx.office, change.now)
        for one in deadlines.of_case(tx, change.after.id)
        if one.term in WORK_TERMS
    }
    parts = [part for part in change.after.assignments if part.state in UNDONE]
    lines = [
        _("{unit}: answer by {when}", unit=names.get(part.unit, ""), when=dates.get(part.unit, "—")) for part in parts
    ]
    return _(
        "About case {number} the following is to be done:\n{text}\nEach unit answers for itself:\n{units}",
        number=change.after.number,
        text=change.facts.get("text", ""),
        units="\n".join(lines),
    )


#: Which move writes which letter.
LETTERS: Mapping[str, Letter] = MappingProxyType(
    {
        "refuse": Letter("refusal", N_("Notice of non-acceptance"), _refusal),
        "uphold": Letter("upheld", N_("Decision on an objection"), _upheld),
        "terminate": Letter("termination", N_("Notice of ending"), _termination),
        "supervise": Letter("supervision", N_("Supervision letter"), _supervision),
    }
)


def write(tx: Tx, change: Change) -> None:
    """Keep the letter of a move, in the language of whom it goes to."""
    letter = LETTERS[change.move.name]
    owner = people.get(tx, change.after.owner) if change.after.owner else None
    to_owner = letter.sort != "supervision"
    with speaking(owner.language if owner and to_owner else tx.office.language):
        number = papers.number_of(tx, change.now)
        title = _(letter.title)
        body = "\n".join((_addressee(change.after, to_owner), letter.says(tx, change), _signature(tx, change.now)))
        papers.add(tx, Paper(change.after.id, letter.sort, title, body, change.now, number=number))


def _addressee(case: Case, to_owner: bool) -> str:
    return _("To whoever filed {number}:", number=case.number) if to_owner else _("To the units concerned:")


def _signature(tx: Tx, now: datetime) -> str:
    return f"{tx.office.name}\n{_day(tx.office.calendar.today(now))}"


def link(tx: Tx, case: int) -> str:
    """Where the latest letter of a case is read; empty where the office has no address on the web."""
    found = papers.of_case(tx, case)
    return f"{tx.office.url}/letter/{found[-1].code}" if found and tx.office.url else ""


def latest_number(tx: Tx, case: int) -> str:
    """The number of the latest letter of a case."""
    found = papers.of_case(tx, case)
    return found[-1].number if found else ""
