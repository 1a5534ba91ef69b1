"""The return visit: is it solved, how satisfied, a word; by a tap of the owner or by phone; and having it redone."""

from __future__ import annotations

from domain import lifecycle
from domain.case import Case, Role
from domain.messages import Message
from handlers import cards, casework, menus, phrases
from handlers.flows.follow import after
from handlers.questions import Choice, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _

VISITORS = frozenset({Role.DISPATCHER, Role.INSPECTOR})


@flow("rate")
async def rate(talk: Talk) -> Message:
    """The owner says whether it is solved, and how it was."""
    wanted, _sep, tapped = talk.arg.partition(".")
    case_id = talk.read("case", _to_visit, wanted)
    solved = tapped or await talk.ask("solved", _solved(_("Is it really solved?")))
    if solved == "no":
        return await _not_solved(talk, case_id)
    return await _solved_it(talk, case_id)


def _to_visit(turn: Turn, wanted: str) -> int:
    case = casework.seen(turn, wanted)
    casework.actor_for(turn, case, "visit")
    return case.id


def _solved(prompt: str) -> Choice:
    lines = (Option("yes", _("Solved")), Option("no", _("Not solved")))
    return Choice(prompt=prompt, lines=lines, across=2, label=_("Solved?"))


def _level() -> Choice:
    lines = tuple(Option(str(level), _(words)) for level, words in phrases.LEVELS.items())
    return Choice(prompt=_("How satisfied are you with how it was handled?"), lines=lines, label=_("Rating"))


def _word(prompt: str) -> Text:
    return Text(prompt=prompt, optional=True, most=1000, label=_("A word"))


async def _solved_it(talk: Talk, case_id: int) -> Message:
    rated = await talk.ask("level", _level())
    level = int(rated)
    words = await talk.ask("words", _word(_("Would you like to add a word? You can skip this.")))
    if level <= talk.office.rulebook.low_levels and await _redo_wanted(talk):
        return await _redone(talk, case_id, words)
    talk.do("visited", casework.move, case_id, "visit", solved=True, level=level, words=words)
    days = talk.office.rulebook.redo_calendar_days
    said = _("Thank you. The case is closed. If it comes back, have it redone within {days} days.", days=days)
    return after(talk.turn, case_id, said)


async def _redo_wanted(talk: Talk) -> bool:
    lines = (Option("redo", _("Have it redone")), Option("close", _("Leave it at that")))
    question = Choice(prompt=_("We are sorry to hear that. Shall the unit do it again?"), lines=lines)
    return await talk.ask("again", question) == "redo"


async def _not_solved(talk: Talk, case_id: int) -> Message:
    why = await talk.ask("why", Text(prompt=_("What is still missing?"), most=2000, label=_("What is missing")))
    if await _redo_wanted(talk):
        return await _redone(talk, case_id, why)
    rated = await talk.ask("level", _level())
    level = int(rated)
    talk.do("visited", casework.move, case_id, "visit", solved=False, level=level, words=why)
    days = talk.office.rulebook.redo_calendar_days
    said = _("Noted as not solved. The case is closed; you can have it redone within {days} days.", days=days)
    return after(talk.turn, case_id, said)


async def _redone(talk: Talk, case_id: int, words: str) -> Message:
    why = words or await talk.ask("missing", Text(prompt=_("What should be done better?"), most=2000))
    talk.do("redone", casework.move, case_id, "redo", text=why)
    return after(talk.turn, case_id, _("The unit does it again, and its head is told. You get the new answer here."))


@flow("redo")
async def redo(talk: Talk) -> Message:
    """The owner has a case redone."""
    case = casework.seen(talk.turn, talk.arg)
    case_id = talk.read("case", _to_redo, talk.arg)
    prompt = _("What is not solved in {about}?", about=phrases.about(case))
    why = await talk.ask("why", Text(prompt=prompt, most=2000))
    return await _redone(talk, case_id, why)


def _to_redo(turn: Turn, wanted: str) -> int:
    case = casework.seen(turn, wanted)
    lifecycle.open_to(case, "redo", casework.actor_for(turn, case, "redo"), turn.now, turn.office)
    return case.id


@flow("call", roles=VISITORS)
async def call(talk: Talk) -> Message:
    """An official visits back by phone; what the owner says is logged with who phoned."""
    case_id = talk.read("case", _to_visit, talk.arg)
    case = casework.seen(talk.turn, str(case_id))
    outcome = await talk.ask("reached", _reached(talk.turn, case))
    if outcome == "later":
        return menus.menu(talk.turn, _("All right, it stays on the list of calls."))
    if outcome == "undecided":
        note = _("Reached by phone; the owner has not decided yet.")
        talk.do("called", casework.move, case_id, "call", text=note)
        return after(talk.turn, case_id, _("Noted. If nothing more is heard, the case closes by itself in time."))
    solved = await talk.ask("solved", _solved(_("What does the owner say: is it solved?")))
    if solved == "no":
        return await _not_solved(talk, case_id)
    return await _solved_it(talk, case_id)


def _reached(turn: Turn, case: Case) -> Choice:
    viewer = casework.actor_for(turn, case, "visit")
    name, phone = cards.owner_words(turn.tx, case, viewer)
    prompt = _(
        "Please call {name}: {phone}\nThe case: {about}",
        name=name,
        phone=phone or _("no phone given"),
        about=phrases.about(case),
    )
    lines = (
        Option("yes", _("Reached, and they say how it is")),
        Option("undecided", _("Reached, not decided yet")),
        Option("later", _("Not reached")),
    )
    return Choice(prompt=prompt, lines=lines)
