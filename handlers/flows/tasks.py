"""An official's tasks: the list by urgency, and what a unit does with a case."""

from __future__ import annotations

from domain.case import Status
from domain.errors import Refused
from domain.messages import Message
from domain.rights import RIGHTS, Right
from handlers import cards, casework, menus, worklist
from handlers.flows.follow import after, own_id
from handlers.flows.search import found_for
from handlers.proposals import OUTCOMES
from handlers.questions import Account, Choice, Confirm, Option, Text, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _

WORKERS = RIGHTS[Right.WORK]


@flow(
    "tasks",
    command="tasks",
    words=N_("my tasks|to do"),
    roles=RIGHTS[Right.TASKS],
    describes=N_("your tasks by urgency"),
)
async def tasks(talk: Talk) -> Message:
    """All that waits for the person, the most urgent first, as in the digest; words behind the command search."""
    if talk.arg and cards.onward(talk.arg) is None:
        return found_for(talk.turn, talk.arg)
    turn = talk.turn
    found = [
        *worklist.of_person(turn.tx, turn.holdings, turn.now),
        *worklist.of_projects(turn.tx, turn.holdings, turn.now),
    ]
    once = worklist.each_once(found)
    title = _("{count} open for you", count=len(once))
    if not once:
        return menus.menu(turn, _("Nothing open for you. Well done."))
    return cards.task_list(turn.tx, once, turn.now, title, arg=talk.arg)


@flow(
    "late", command="late", words=N_("what is late|overdue"), roles=RIGHTS[Right.LATE], describes=N_("what is overdue")
)
async def late(talk: Talk) -> Message:
    """Cases whose deadline has passed."""
    found = worklist.late(talk.tx, talk.turn.holdings, talk.now)
    if not found:
        return menus.menu(talk.turn, _("Nothing is overdue."))
    return cards.task_list(talk.tx, found, talk.now, _("{count} overdue", count=len(found)), "late", talk.arg)


@flow("sign", roles=WORKERS)
async def sign(talk: Talk) -> Message:
    """The unit takes the case."""
    case_id = talk.do("signed", casework.move, own_id(talk), "sign")
    lead = casework.seen(talk.turn, str(case_id)).lead
    if lead is not None and any(actor.unit == lead.unit for actor in talk.turn.actors):
        return after(talk.turn, case_id, _("Signed. The owner knows; please contact them in time."))
    return after(talk.turn, case_id, _("Signed. Please finish your unit's part in time."))


def allowed(turn: Turn, wanted: str, move: str) -> int:
    """The id of a case in which the person may make this move now. Raises what the table says otherwise."""
    case = casework.seen(turn, wanted)
    casework.allowed(turn, case, move)
    return case.id


@flow("progress", roles=WORKERS)
async def progress(talk: Talk) -> Message:
    """The unit tells the owner how it stands."""
    case_id = talk.read("case", allowed, talk.arg, "progress")
    account = await talk.ask("text", Told(prompt=_("What has been done? The owner reads it."), most=3000))
    talk.do("told", casework.move, case_id, "progress", text=account.text, files=account.files)
    return after(talk.turn, case_id, _("The owner has been told."))


@flow("assist_done", roles=WORKERS)
async def assist_done(talk: Talk) -> Message:
    """An assisting unit has done its part."""
    case_id = talk.read("case", allowed, talk.arg, "assist_done")
    account = await talk.ask("text", Told(prompt=_("What has your unit done? The lead unit reads it."), most=3000))
    talk.do("done", casework.move, case_id, "assist_done", text=account.text, files=account.files)
    return after(talk.turn, case_id, _("The lead unit has been told."))


@flow("ask", roles=RIGHTS[Right.ASK])
async def ask(talk: Talk) -> Message:
    """Ask the owner for what is missing; the clock waits."""
    case_id = talk.read("case", allowed, talk.arg, "ask")
    text = await talk.ask("text", Text(prompt=_("What is missing? The owner reads it."), most=1000))
    talk.do("asked", casework.move, case_id, "ask", text=text)
    return after(talk.turn, case_id, _("The owner has been asked; the clock waits for them."))


@flow("answer", roles=WORKERS)
async def answer(talk: Talk) -> Message:
    """A unit answers: the owner, or first the head where the office asks for the head's check."""
    case_id, move = talk.read("answering", answering, talk.arg)
    account = await talk.ask("text", _answer_words())
    return await answer_with(talk, case_id, move, account)


async def answer_with(talk: Talk, case_id: int, move: str, account: Account) -> Message:
    """The rest of an answer, once its words are there."""
    outcome = await ask_outcome(talk)
    facts = ((_("Answer"), account.text), (_("Photos and files"), str(len(account.files) or "")))
    to_head = move == "propose_answer"
    await talk.confirm(
        Confirm(
            prompt=_("Shall the head see it like this?") if to_head else _("Shall it go to the owner like this?"),
            title=_("Please check"),
            facts=tuple((label, value) for label, value in facts if value),
            yes=_("Send it to the head") if to_head else _("Send the answer"),
        )
    )
    talk.do("answered", casework.move, case_id, move, text=account.text, files=account.files, outcome=outcome)
    return after(talk.turn, case_id, _said(talk.turn, case_id, to_head=to_head))


def answering(turn: Turn, wanted: str) -> tuple[int, str]:
    """(case, move): how the person may answer now. Raises what the table says where there is no way."""
    case = casework.seen(turn, wanted)
    moves = ("answer", "propose_answer") if turn.office.rulebook.head_checks else ("answer",)
    for move in moves[:-1]:
        try:
            casework.allowed(turn, case, move)
        except Refused:
            continue
        return case.id, move
    casework.allowed(turn, case, moves[-1])
    return case.id, moves[-1]


def _said(turn: Turn, case_id: int, *, to_head: bool) -> str:
    if to_head:
        return _("Your head has it now, and releases it or sends it back. Until then the owner hears nothing of it.")
    if casework.seen(turn, str(case_id)).status is not Status.ANSWERED:
        return _("Your unit has answered. The owner has been told; the other units still answer for themselves.")
    return _("Answered. The owner is asked whether it is solved.")


def _answer_words() -> Told:
    prompt = _("Please write the answer: what was found, what was done. Photos and documents may come along.")
    return Told(prompt=prompt, most=5000, label=_("Answer"))


async def ask_outcome(talk: Talk) -> str:
    """Whether it is solved, or explained why it cannot be done."""
    lines = tuple(Option(value, _(words)) for value, words in OUTCOMES.items())
    return await talk.ask("outcome", Choice(prompt=_("How does it end?"), lines=lines, label=_("Outcome")))
