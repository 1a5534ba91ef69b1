"""An official's words about a case, sent as a reply to its card: to whom they go is asked, with the words in place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from domain.case import Case
from domain.errors import Refused
from domain.messages import Message
from domain.rights import RIGHTS, Right
from handlers import casework, menus, phrases
from handlers.flows import tasks
from handlers.flows.follow import after
from handlers.questions import Account, Choice, Option, Told, joined
from handlers.registry import FLOWS, flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _

#: What words can become: (conversation, moves, whether files come along, label), in the order they are offered.
STEPS: tuple[tuple[str, tuple[str, ...], bool, str], ...] = (
    ("progress", ("progress",), True, N_("Report it as progress (the owner reads it)")),
    ("answer", ("answer", "propose_answer"), True, N_("Answer the owner with it")),
    ("assist_done", ("assist_done",), True, N_("Our part is done (the lead unit reads it)")),
    ("ask", ("ask",), False, N_("Ask the owner for it (the clock waits)")),
)
NOTHING = "none"
#: What is said when it was done.
DONE: Mapping[str, str] = MappingProxyType(
    {
        "progress": N_("The owner has been told."),
        "assist_done": N_("The lead unit has been told."),
        "ask": N_("The owner has been asked; the clock waits for them."),
    }
)
MOST = 3000


def steps_of(turn: Turn, case: Case, *, with_files: bool) -> list[str]:
    """The conversations of STEPS that the person may hold about a case now."""
    return [
        name
        for name, moves, takes_files, _label in STEPS
        if (takes_files or not with_files)
        and menus.may_begin(turn, FLOWS[name])
        and any(_may(turn, case, move) for move in moves)
    ]


def _may(turn: Turn, case: Case, move: str) -> bool:
    try:
        casework.allowed(turn, case, move)
    except Refused:
        return False
    return move != "propose_answer" or turn.office.rulebook.head_checks


@flow("reply", roles=RIGHTS[Right.WORK] | RIGHTS[Right.ASK])
async def reply(talk: Talk) -> Message:
    """Words about a case: what they are to be is chosen, then it is done."""
    case_id = talk.read("case", _seen, talk.arg)
    account = await talk.ask("text", Told(prompt=_("What would you like to say about this case?"), most=MOST))
    if not account.text.strip():
        told = await talk.ask("words", Told(prompt=_("Please say in a few words what it is about."), most=MOST))
        account = Account(told.text, joined(account.files, told.files))
    chosen = await talk.ask("what", _what(talk, case_id, account))
    if chosen == NOTHING:
        return after(talk.turn, case_id, _("All right, nothing was sent."))
    if chosen == "answer":
        return await tasks.answer_with(talk, *talk.read("answering", tasks.answering, talk.arg), account)
    given = {"text": account.text, "files": account.files} if account.files else {"text": account.text}
    talk.do("done", casework.move, case_id, chosen, **given)
    return after(talk.turn, case_id, _(DONE[chosen]))


def _seen(turn: Turn, wanted: str) -> int:
    return casework.seen(turn, wanted).id


def _what(talk: Talk, case_id: int, account: Account) -> Choice:
    case = casework.seen(talk.turn, str(case_id))
    open_now = steps_of(talk.turn, case, with_files=bool(account.files))
    lines = [Option(name, _(label)) for name, _moves, _files, label in STEPS if name in open_now]
    words = phrases.short(account.text, 200) or _("{count} file(s)", count=len(account.files))
    prompt = _("About {about} you wrote:\n“{text}”\nWhat shall I do with it?", about=phrases.about(case), text=words)
    return Choice(prompt=prompt, lines=(*lines, Option(NOTHING, _("Nothing, show me the case"))))
