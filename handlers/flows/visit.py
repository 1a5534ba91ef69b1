"""The return visit: is it solved, how satisfied, a word; by a tap of the owner or by phone; and having it redone."""

from __future__ import annotations

from domain import permits
from domain.case import Case, Status
from domain.errors import NotYours
from domain.guards import last_redo
from domain.messages import Message
from domain.permits import may_see
from domain.rights import RIGHTS, Right
from handlers import cards, casework, menus, phrases, readings, visit_question
from handlers.flows.filing import placed
from handlers.flows.follow import after
from handlers.questions import Account, Choice, Option, Text, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _
from storage import visits

#: Characters of an answer that whoever phones is shown; the card has the rest.
MOST_OF_ANSWER = 300
MOST_MISSING = 2000
#: What a button may carry behind the case: whether it is solved.
SAID = frozenset({"yes", "no"})


@flow("rate")
async def rate(talk: Talk) -> Message:
    """The owner says whether it is solved, and how it was."""
    wanted, _sep, tapped = talk.arg.partition(".")
    case_id = talk.read("case", _to_visit, wanted)
    solved = tapped if tapped in SAID else await talk.ask("solved", _solved(_("Is it really solved?")))
    return await _visited(talk, case_id, solved)


@flow("visit_words")
async def visit_words(talk: Talk) -> Message:
    """Words of the owner's own while we ask whether it is solved: the answer to that, or about something else."""
    account = await talk.ask("facts", Told(prompt=_("Is it really solved?"), worded=True))
    case_id = talk.read("asked", _to_visit, talk.arg)
    meant = await talk.ask("meant", _meant(talk.read("number", _number, case_id), account.text))
    if meant == "other":
        return await placed(talk, account)
    return await _visited(talk, case_id, meant, account.text)


def _number(turn: Turn, case_id: int) -> str:
    return casework.seen(turn, str(case_id)).number


def _meant(number: str, text: str) -> Choice:
    lines = (
        Option("yes", _("Solved")),
        Option("no", _("Not solved")),
        Option("other", _("It is about something else")),
    )
    told = phrases.in_a_line(text, 60)
    prompt = _("You wrote: “{text}”\nIs that about your case {number}? Is it solved?", text=told, number=number)
    return Choice(prompt=prompt, lines=lines, across=2, gathers="facts")


async def _visited(talk: Talk, case_id: int, solved: str, said: str = "") -> Message:
    """The rest of a visit. said: what the owner has said of it already, which is not asked again."""
    if solved == "no":
        return await _not_solved(talk, case_id, said)
    return await _solved_it(talk, case_id, said)


def _to_visit(turn: Turn, wanted: str) -> int:
    case = casework.seen(turn, wanted)
    casework.allowed(turn, case, "visit")
    return case.id


def _solved(prompt: str) -> Choice:
    lines = (Option("yes", _("Solved")), Option("no", _("Not solved")))
    return Choice(prompt=prompt, lines=lines, across=2, label=_("Solved?"))


def _level() -> Choice:
    lines = tuple(Option(str(level), _(words), phrases.LEVEL_WORDS[level]) for level, words in phrases.LEVELS.items())
    return Choice(prompt=_("How satisfied are you with how it was handled?"), lines=lines, label=_("Rating"))


def _word(prompt: str) -> Text:
    return Text(prompt=prompt, optional=True, most=1000, label=_("A word"))


async def _solved_it(talk: Talk, case_id: int, said: str = "") -> Message:
    coming = talk.read("next", _next_round, case_id)
    rated = await talk.ask("level", _level())
    level = int(rated)
    more = _word(_("Would you like to add a word? You can skip this."))
    words = await talk.ask("words", more, default=said[: more.most] or None)
    if level <= talk.office.rulebook.low_levels and await _redo_wanted(talk, coming):
        return await _redone(talk, case_id, Account(words), coming)
    talk.do("visited", casework.move, case_id, "visit", solved=True, level=level, words=words)
    until = _("If it comes back, you can have it redone until {day}.", day=_until(talk))
    lines = (_("Thank you. The case is closed."), until if coming else "")
    return after(talk.turn, case_id, "\n".join(line for line in lines if line))


def _until(talk: Talk) -> str:
    """The last day on which the case may be redone: the days count from the answer."""
    case = casework.seen(talk.turn, talk.arg.partition(".")[0])
    calendar = talk.office.calendar
    last = calendar.today(last_redo(case, talk.office) or talk.now)
    return phrases.day_words(last, calendar.today(talk.now))


#: Who has the next round: a unit again, the head of the office in the final review, or nobody after that.
UNIT, REVIEW, NOBODY = "unit", "review", ""


def _next_round(turn: Turn, case_id: int) -> str:
    case = casework.seen(turn, str(case_id))
    final = turn.office.rulebook.final_round
    if case.round >= final:
        return NOBODY
    return REVIEW if case.round + 1 >= final else UNIT


async def _redo_wanted(talk: Talk, coming: str) -> bool:
    if coming == NOBODY:
        return False
    lines = (Option("redo", _("Have it redone")), Option("close", _("Leave it at that")))
    again = _("We are sorry to hear that. Shall the unit do it again?")
    review = _("We are sorry to hear that. Shall the head of the office look at everything, and decide in writing?")
    question = Choice(prompt=review if coming == REVIEW else again, lines=lines)
    return await talk.ask("again", question) == "redo"


async def _not_solved(talk: Talk, case_id: int, said: str = "") -> Message:
    coming = talk.read("next", _next_round, case_id)
    missing = _missing(_("What is still missing?"))
    why = await talk.ask("why", missing, default=Account(said[: missing.most]) if said else None)
    if await _redo_wanted(talk, coming):
        return await _redone(talk, case_id, why, coming)
    rated = await talk.ask("level", _level())
    level = int(rated)
    talk.do("visited", casework.move, case_id, "visit", solved=False, level=level, words=why.words, files=why.files)
    again = _("Noted as not solved. The case is closed; you can have it redone until {day}.", day=_until(talk))
    last = _("Noted as not solved. The case is closed: the final review was the office's last word on it.")
    return after(talk.turn, case_id, again if coming else last)


def _missing(prompt: str) -> Told:
    """Photos show best what is not as it should be."""
    return Told(prompt=prompt, most=MOST_MISSING, label=_("What is missing"))


async def _redone(talk: Talk, case_id: int, said: Account, coming: str) -> Message:
    why = said if said.text else await talk.ask("missing", _missing(_("What should be done better?")))
    talk.do("redone", casework.move, case_id, "redo", text=why.words, files=why.files)
    again = _("The unit does it again, and its head is told. You get the new answer here.")
    review = _("The head of the office looks at everything now, and gives you a written conclusion here.")
    return after(talk.turn, case_id, review if coming == REVIEW else again)


@flow("redo")
async def redo(talk: Talk) -> Message:
    """The owner has a case redone."""
    case = casework.seen(talk.turn, talk.arg)
    case_id = talk.read("case", _to_redo, talk.arg)
    prompt = _("What is not solved in {about}?", about=phrases.about(case))
    why = await talk.ask("why", _missing(prompt))
    return await _redone(talk, case_id, why, talk.read("next", _next_round, case_id))


def _to_redo(turn: Turn, wanted: str) -> int:
    case = casework.seen(turn, wanted)
    casework.allowed(turn, case, "redo")
    return case.id


@flow("call", roles=RIGHTS[Right.PHONE])
async def call(talk: Talk) -> Message:
    """An official visits back by phone; what the owner says is logged with who phoned."""
    if talk.read("number", _number_owed, talk.arg):
        return await _tell_number(talk)
    case_id = talk.read("case", _to_visit, talk.arg)
    case = casework.seen(talk.turn, str(case_id))
    lines = (
        Option("yes", _("Reached, and they say how it is")),
        Option("undecided", _("Reached, not decided yet")),
        Option("later", _("Not reached")),
    )
    outcome = await talk.ask("reached", _reached(talk.turn, case, lines, _to_be_asked(talk.turn, case)))
    if outcome == "later":
        return menus.menu(talk.turn, _("All right, it stays on the list of calls."))
    if outcome == "undecided":
        note = _("Reached by phone; the owner has not decided yet.")
        talk.do("called", casework.move, case_id, "call", text=note)
        return after(talk.turn, case_id, _("Noted. If nothing more is heard, the case closes by itself in time."))
    return await _visited(talk, case_id, await talk.ask("solved", _solved(_("What does the owner say: is it solved?"))))


def _number_owed(turn: Turn, wanted: str) -> bool:
    """Whether the owner is still to be phoned with the number of a case filed for them."""
    case = casework.seen(turn, wanted)
    return case.status is not Status.ANSWERED and visits.owes_number(turn.tx, case.id)


async def _tell_number(talk: Talk) -> Message:
    case = casework.seen(talk.turn, talk.arg)
    lines = (Option("yes", _("Reached, and told the number")), Option("later", _("Not reached")))
    if await talk.ask("told", _reached(talk.turn, case, lines)) == "later":
        return menus.menu(talk.turn, _("All right, it stays on the list of calls."))
    talk.do("noted", _number_told, case.id)
    return after(talk.turn, case.id, _("Noted. The owner has the number now."))


def _number_told(turn: Turn, case_id: int) -> int:
    visits.call_done(turn.tx, case_id, turn.person.id, turn.now)
    return case_id


def _to_be_asked(turn: Turn, case: Case) -> str:
    """What whoever phones has to know and to ask."""
    answer, _files = visit_question.last_answer(turn.tx, case)
    return _(
        "The answer was: {text}\nPlease ask: is it solved, how satisfied are they, what would they like to add?",
        text=phrases.short_paragraph(answer, MOST_OF_ANSWER),
    )


def _reached(turn: Turn, case: Case, lines: tuple[Option, ...], asked: str = "") -> Choice:
    """To phone the owner, in the role that may; how it went is one of the lines. Raises NotYours."""
    viewer = next((actor for actor in turn.actors if may_see(case, actor) and permits.visitor(case, actor)), None)
    if viewer is None:
        raise NotYours()
    readings.read(turn.tx, case, viewer, turn.now, "call")
    name, phone = cards.owner_words(turn.tx, case, viewer)
    prompt = _(
        "Please call {name}: {phone}\nThe case: {about}",
        name=name,
        phone=phone or _("no phone given"),
        about=phrases.about(case),
    )
    return Choice(prompt="\n".join(part for part in (prompt, asked) if part), lines=lines)
