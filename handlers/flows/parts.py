"""The units' parts of a case: sent back, given to other hands, one more unit, more time; and the rarer moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.case import Case, Kind, Role
from domain.deadlines import WORK_TERMS
from domain.errors import Refused
from domain.messages import Message
from domain.more_time import latest_extension
from domain.rights import RIGHTS, Right
from domain.scene import Scene
from handlers import cards, casework, likely, phrases
from handlers.days import Day
from handlers.flows.follow import after
from handlers.flows.tasks import allowed
from handlers.questions import Choice, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _
from storage import deadlines, people, units

WORKERS = RIGHTS[Right.WORK]
DISPATCHERS = RIGHTS[Right.DECIDE]
#: Who may be given a unit's part.
STAFF = (Role.HANDLER, Role.LIAISON, Role.HEAD)
ANYBODY = "0"
UNKNOWN = "0"
MOST_WORDS = 1000

Lines = list[tuple[int, str]]


class NobodyElse(Refused):
    """Nobody else of your unit is here yet. The administrator can invite a colleague; the task stays with you."""


class NoOtherUnit(Refused):
    """There is no other unit this could go to."""


@flow("more", roles=RIGHTS[Right.OCCASIONS])
async def more(talk: Talk) -> Message:
    """The rarer moves of a case."""
    return cards.more_card(talk.tx, casework.seen(talk.turn, talk.arg), talk.turn.actors, talk.now)


@flow("return", roles=WORKERS)
async def return_it(talk: Talk) -> Message:
    """A unit sends a case back to the dispatcher."""
    case_id = talk.read("case", allowed, talk.arg, "return")
    lines = (Option(UNKNOWN, _("I do not know")), *_options(talk.read("units", _other_units, case_id)))
    prompt = _("Which unit do you think is right?")
    better = await talk.ask("better", Choice(prompt=prompt, lines=lines, across=2, label=_("Unit")))
    text = await talk.ask("text", _why(_("Why is it not yours? The dispatcher reads it.")))
    talk.do("returned", casework.move, case_id, "return", text=text, better=int(better))
    return after(talk.turn, case_id, _("Sent back. The dispatcher has been told; nothing more for you to do."))


def _why(prompt: str) -> Text:
    return Text(prompt=prompt, most=MOST_WORDS, label=_("Reasons"))


def _options(found: Lines) -> tuple[Option, ...]:
    return tuple(Option(str(key), name) for key, name in found)


def _other_units(turn: Turn, case_id: int) -> Lines:
    """Units without a part in the case, the likeliest first."""
    case = casework.seen(turn, str(case_id))
    return [(unit, name) for unit, name in likely.in_order(turn.tx, case) if case.of_unit(unit) is None]


# --- other hands ------------------------------------------------------------------------------------------------


@flow("reassign", roles=WORKERS | DISPATCHERS)
async def reassign(talk: Talk) -> Message:
    """A unit gives its part to a colleague; the dispatcher gives one to another unit."""
    found = talk.read("mine", _reassigned, talk.arg)
    facts = await (_to_colleague if found["unit"] else _to_unit)(talk, found["case"], found["unit"])
    text = await talk.ask("text", _why(_("Why? A word for whoever gets it: how does it stand, what comes next?")))
    talk.do("reassigned", casework.move, found["case"], "reassign", text=text, **facts)
    return after(talk.turn, found["case"], _("Done. They have been told; the date stays."))


def _reassigned(turn: Turn, wanted: str) -> dict[str, int]:
    """The case, and the person's unit; 0 for a dispatcher, who gives it to another unit."""
    case = casework.seen(turn, wanted)
    actor = casework.allowed(turn, case, "reassign")
    return {"case": case.id, "unit": 0 if actor.role is Role.DISPATCHER else actor.unit or 0}


async def _to_colleague(talk: Talk, case_id: int, unit: int) -> dict[str, Any]:
    lines = (*_options(talk.read("colleagues", _colleagues, case_id, unit)), Option(ANYBODY, _("Whoever is free")))
    whom = await talk.ask("handler", Choice(prompt=_("To whom?"), lines=lines, across=2, label=_("To")))
    return {"handler": int(whom)}


def _colleagues(turn: Turn, case_id: int, unit: int) -> Lines:
    """Who works in the unit and does not handle the part now; nobody the case is about. Raises NobodyElse."""
    case = casework.seen(turn, str(case_id))
    part = case.of_unit(unit)
    held = [one for role in STAFF for one in people.holders(turn.tx, role, turn.now, unit)]
    barred = {part.handler if part else None, *case.recused}
    found = {one.person: one.name or _("no name") for one in held if one.person not in barred}
    if not set(found) - {turn.person.id} and len({one.person for one in held}) < 2:
        raise NobodyElse()
    return list(found.items())


async def _to_unit(talk: Talk, case_id: int, _unit: int) -> dict[str, Any]:
    parts = talk.read("parts", _open_parts, case_id)
    part = parts[0][0]
    if len(parts) > 1:
        question = Choice(prompt=_("Whose part?"), lines=_options(parts), across=2, label=_("Whose part"))
        chosen = await talk.ask("from", question)
        part = int(chosen)
    lines = _options(talk.read(f"units{part}", _successors, case_id, part))
    unit = await talk.ask("unit", Choice(prompt=_("Which unit gets it?"), lines=lines, across=2, label=_("Unit")))
    return {"unit": int(unit), "from_unit": part}


def _open_parts(turn: Turn, case_id: int) -> Lines:
    """The units whose part may go to another, because it is still to be done: the lead first."""
    case, names = casework.seen(turn, str(case_id)), units.names(turn.tx)
    found = dict.fromkeys(part.unit for part in sorted(case.open_parts, key=lambda part: not part.lead))
    return [(unit, names.get(unit, "")) for unit in found]


def _successors(turn: Turn, case_id: int, part: int) -> Lines:
    """Units that may take a part over: they have none yet, and are not the accused one alone. Raises NoOtherUnit."""
    case = casework.seen(turn, str(case_id))
    left = {one.unit for one in case.open_parts} - {part}
    found = [one for one in _other_units(turn, case_id) if left or not _accused(case, one[0])]
    if not found:
        raise NoOtherUnit()
    return found


def _accused(case: Case, unit: int) -> bool:
    return case.kind is Kind.COMPLAINT and case.named_unit == unit


@flow("involve", roles=DISPATCHERS)
async def involve(talk: Talk) -> Message:
    """One more unit is asked to assist."""
    case_id = talk.read("case", allowed, talk.arg, "involve")
    lines = _options(talk.read("units", _helpers, case_id))
    unit = await talk.ask("unit", Choice(prompt=_("Which unit assists?"), lines=lines, across=2, label=_("Unit")))
    talk.do("involved", casework.move, case_id, "involve", unit=int(unit))
    return after(talk.turn, case_id, _("The unit has been asked to assist."))


def _helpers(turn: Turn, case_id: int) -> Lines:
    found = _other_units(turn, case_id)
    if not found:
        raise NoOtherUnit()
    return found


# --- more time --------------------------------------------------------------------------------------------------


@flow("ask_time", roles=WORKERS)
async def ask_time(talk: Talk) -> Message:
    """A unit asks for more time, until a day."""
    found = talk.read("limits", _limits, talk.arg)
    first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    prompt = _("Until which day? {last} at the latest.", last=phrases.day_words(last))
    question = Day(prompt=prompt, today=talk.office.calendar.today(talk.now), first=first, last=last, label=_("Until"))
    day = await talk.ask("date", question)
    text = await talk.ask("text", _why(_("Why is more time needed? The approver reads it, and then the owner.")))
    talk.do("asked", casework.move, found["case"], "ask_time", date=day.isoformat(), text=text)
    said = _("Asked. The approver decides; until then your date stays as it is.")
    return after(talk.turn, found["case"], said)


def _limits(turn: Turn, wanted: str) -> dict[str, Any]:
    """The case, and between which days the new date may lie."""
    case = casework.seen(turn, wanted)
    actor = casework.allowed(turn, case, "ask_time")
    live = tuple(deadlines.of_case(turn.tx, case.id))
    running = Scene(case, actor, turn.now, turn.office, live).running(WORK_TERMS, actor.unit)
    assert running is not None  # asked_in_time has looked
    first = turn.office.calendar.next_working_day(running.due.day)
    return {"case": case.id, "first": first.isoformat(), "last": latest_extension(running, turn.office).isoformat()}
