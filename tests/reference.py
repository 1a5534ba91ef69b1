"""Writes docs/reference from the tables the program runs on: `python -m tests.reference`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import time
from pathlib import Path
from typing import Any

from domain.case import Role, Status
from domain.deadlines import Extend, Hand, PauseAll, Recount, ResumeAll, Start, Step, Stop, StopAll, Term, Void
from domain.ladder import LADDER, Anchor, Rung
from domain.lifecycle import MOVES, Move, Target
from domain.limits import Limit, Unit
from domain.moves import Decision
from domain.permits import READERS, Permit
from domain.rights import EVERYBODY, MEANINGS, RIGHTS, Right
from domain.rulebook import DEFAULT, Ground, Rulebook
from handlers import phrases
from handlers.flows.story import MOVE_WORDS
from handlers.menus import ROLE_WORDS
from handlers.notices import NOTICES
from handlers.reminders import RUNG_WORDS
from handlers.words import _, speaking

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
HEAD = "<!-- Written by `python -m tests.reference` from {source}; change it there. -->\n\n# {title}\n\n{text}\n\n"

Rows = Iterable[tuple[str, ...]]


def table(head: tuple[str, ...], rows: Rows) -> str:
    lines = [head, tuple("---" for _column in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def chinese(key: str) -> str:
    with speaking("zh_CN"):
        return _(key)


def sentence(thing: Any) -> str:
    """The first line of a docstring, without its full stop."""
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split()).rstrip(".")


def named(term: Term) -> str:
    return f"{term} {chinese(phrases.TERMS[term])}"


# --- moves ------------------------------------------------------------------------------------------------------


def origins(move: Move) -> str:
    return ", ".join(str(status) for status in Status if status in move.origins) or "–"


def target(move: Move) -> str:
    words = {
        Target.SAME: "as it was",
        Target.BACK: "where it was asked",
        Target.LED: "where the former lead stood",
    }
    return words[move.target] if isinstance(move.target, Target) else str(move.target)


def step_words(step: Step) -> str:
    match step:
        case Start(term, keep):
            return f"starts {term}" + (", or goes on with it" if keep else "")
        case Stop(terms, own):
            return f"ends {', '.join(terms)}" + (" of the own unit" if own else "")
        case Void(terms, own):
            return f"drops {', '.join(terms)}" + (" of the own unit" if own else "")
        case Hand():
            return "hands what runs to the unit that has it now"
        case Extend():
            return "extends the unit's limit to the day granted"
        case Recount():
            return "counts the new kind's limit from the filing"
        case StopAll():
            return "ends everything"
        case PauseAll():
            return "pauses what runs"
        case ResumeAll():
            return "resumes what was paused"


def conditions(move: Move) -> str:
    return "; ".join(sentence(one) for one in (*((move.when,) if move.when else ()), *move.guards) if one.__doc__)


def decision(move: Move) -> tuple[str, ...]:
    """What the row proposes or decides."""
    if move.decides is None:
        return ()
    verb, matter = move.decides
    if verb is Decision.PROPOSE:
        return (f"proposes a {matter}, and starts its clock",)
    return (f"{DECIDES[verb]} what was proposed: {matter}",)


DECIDES = {Decision.GRANT: "grants", Decision.DENY: "denies"}


def move_row(move: Move) -> tuple[str, ...]:
    told = dict.fromkeys(sentence(notice.to) for notice in NOTICES[move.name])
    if Start(Term.VISIT) in move.clock:
        told["The owner, with the question whether it is solved"] = None
    return (
        f"{move.name} {chinese(MOVE_WORDS[move.name])}",
        origins(move),
        target(move),
        "; ".join(sentence(permit) for permit in move.by),
        ", ".join(move.needs),
        conditions(move),
        "; ".join((*decision(move), *map(step_words, move.clock))),
        "; ".join(told),
    )


def moves() -> str:
    head = ("move", "from", "to", "by", "needs", "only if", "clock", "tells")
    text = (
        "A case changes in these ways and no other. What stands in no row is nobody's. Where one move has several "
        "rows, the first that fits is taken."
    )
    titled = HEAD.format(source="`domain/lifecycle.py` and `handlers/notices.py`", title="Moves", text=text)
    return titled + table(head, map(move_row, MOVES))


# --- the ladder -------------------------------------------------------------------------------------------------


def day(rung: Rung) -> str:
    if rung.move and not rung.days:
        return "when its time has run out"
    anchor = "it began" if rung.anchor is Anchor.START else "the last day"
    if not rung.days:
        return f"on {anchor}"
    before = rung.days < 0
    number = f"{abs(rung.days)} working day(s)"
    return f"{number} {'before' if before else 'after'} {anchor}"


def rung_row(rung: Rung) -> tuple[str, ...]:
    words = RUNG_WORDS.get(rung.name)
    return (
        f"{rung.name} {chinese(words) if words else ''}".strip(),
        ", ".join(named(term) for term in rung.terms),
        day(rung),
        ", ".join(rung.to),
        str(rung.colour),
        rung.move,
    )


def ladder() -> str:
    head = ("rung", "of the deadlines", "when", "to", "colour", "the clock does")
    text = (
        "A deadline is spoken of on these days, at the hour of the digest; owners are not written to before their "
        "hour. Each rung is reached once for each deadline; those that would lie before its beginning fall away."
    )
    return HEAD.format(source="`domain/ladder.py`", title="The ladder", text=text) + table(head, map(rung_row, LADDER))


# --- limits -----------------------------------------------------------------------------------------------------

UNITS = {Unit.WORKDAYS: "working day(s)", Unit.MONTHS: "month(s)", Unit.HOURS: "office hour(s)"}


#: What has a table of its own, or is empty at first.
APART = frozenset({"version", "kinds", "rungs", "texts", "name", "phone", "closures", "categories"})


def value(found: Any) -> str:
    if isinstance(found, Ground):
        return found.code
    if isinstance(found, Limit):
        return f"{found.amount} {UNITS[found.unit]}"
    if isinstance(found, time):
        return f"{found:%H:%M}"
    return ", ".join(map(value, found)) if isinstance(found, tuple) else str(found)


def kind_rows(book: Rulebook) -> Rows:
    for kind, rule in book.kinds.items():
        for weight, limit in rule.handle.items():
            weighed = f"{weight} {chinese(phrases.WEIGHTS[weight])}" if weight else "any other"
            at_once = "yes" if rule.answer_at_once else ""
            yield f"{kind} {chinese(phrases.KINDS[kind])}", weighed, value(rule.accept), value(limit), at_once


def limits() -> str:
    text = (
        "What an office begins with. A limit of working days starts on the next working day and ends at closing time."
    )
    head = ("kind", "weight", "decided on within", "answered within", "may be answered at once")
    numbers = [(one.name, value(getattr(DEFAULT, one.name))) for one in fields(DEFAULT) if one.name not in APART]
    titled = HEAD.format(source="`domain/rulebook.py`", title="Limits and numbers", text=text)
    return f"{titled}{table(head, kind_rows(DEFAULT))}\n{table(('number', 'default'), numbers)}"


# --- rights -----------------------------------------------------------------------------------------------------


def right_row(right: Right) -> tuple[str, ...]:
    held = [role for role in Role if role in RIGHTS[right]]
    named = ", ".join(f"{role} {chinese(ROLE_WORDS[role])}" for role in held)
    return str(right), MEANINGS[right], "everybody" if RIGHTS[right] == EVERYBODY else named


def reader_row(permit: Permit) -> tuple[str, ...]:
    return (sentence(permit),)


def rights() -> str:
    text = (
        "Everything that is no move of a case asks here; a role that stands in no row has no right. Which moves a role "
        "may make is said by the table of moves. Roles are read anew at every message and every page, and a deputy has "
        "those of the absent one while it lasts, a custodian's aside."
    )
    titled = HEAD.format(source="`domain/rights.py` and `domain/permits.py`", title="Rights", text=text)
    readers = "\n## Who may read a case\n\nEach of these; whom the case is about may not, unless it is their own.\n\n"
    whole = table(("right", "what it is", "who has it"), map(right_row, Right))
    return f"{titled}{whole}{readers}{table(('who',), map(reader_row, READERS))}"


PAGES = {"moves.md": moves, "ladder.md": ladder, "limits.md": limits, "rights.md": rights}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
