"""Following one's cases: the list, one case with its story, why a date is what it is; adding, urging, withdrawing."""

from __future__ import annotations

from domain import lifecycle
from domain.case import OPEN, Case, Status
from domain.errors import UnknownCase
from domain.messages import Button, Message, rows
from handlers import cards, casework, menus, phrases, readings, subscribing
from handlers.flows.story import explained, told
from handlers.questions import Account, Confirm, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, deadlines, events

PAGE = 6
#: An owner's list goes back this far; older cases are found by their number.
MOST = 300


@flow(
    "my",
    command="my",
    words=N_("my cases|progress of my case|withdraw my case|urge my case"),
    describes=N_("your cases and how they stand"),
)
async def my_cases(talk: Talk) -> Message:
    """The owner's cases, newest first, with a status line each."""
    return _listed(talk.turn, int(talk.arg) if talk.arg.isascii() and talk.arg.isdecimal() and len(talk.arg) < 6 else 0)


def _listed(turn: Turn, wanted: int) -> Message:
    mine = cases.of_owner(turn.tx, turn.person.id, MOST)
    if not mine:
        return menus.menu(turn, _("You have no case with us yet."))
    start = wanted if wanted < len(mine) else 0
    shown = mine[start : start + PAGE]
    live = deadlines.of_cases(turn.tx, [case.id for case in shown])
    lines = [f"{n}. {cards.line(case, live[case.id], turn.tx, turn.now)}" for n, case in enumerate(shown, 1)]
    buttons = [Button(case.number, f"f:case:{case.id}") for case in shown]
    if start + PAGE < len(mine):
        buttons.append(Button(_("Older ones"), f"f:my:{start + PAGE}"))
    return Message("\n".join(lines), _("Your cases"), buttons=rows(buttons, 2))


def standing(turn: Turn) -> Message:
    """How the owner's cases stand: the one that is open, or all of them."""
    running = [case for case in cases.of_owner(turn.tx, turn.person.id) if case.status in OPEN]
    return card_of(turn, running[0]) if len(running) == 1 else _listed(turn, 0)


@flow("case", command="case")
async def one_case(talk: Talk) -> Message:
    """One case: for its owner, or for an official who may see it."""
    return card_of(talk.turn, opened(talk, "card"))


def opened(talk: Talk, how: str) -> Case:
    """The case a command or button named, its reading written down. Raises UnknownCase."""
    case = casework.seen(talk.turn, talk.arg)
    talk.read("opened", readings.opened, case, how)
    return case


def card_of(turn: Turn, case: Case, text: str = "") -> Message:
    """The card of a case that fits the viewer."""
    if case.owner == turn.person.id:
        return subscribing.with_offer(turn, cards.owner_card(turn.tx, case, turn.person.owner, turn.now, text))
    return cards.official_card(turn.tx, case, turn.actors, turn.now, text)


def after(turn: Turn, case_id: int, text: str) -> Message:
    """The card of a case as it is after a move, with a word of what was done.

    Where the move took the case out of the person's sight, only the word, and the menu.
    """
    try:
        case = casework.seen(turn, str(case_id))
    except UnknownCase:
        return menus.menu(turn, text)
    return card_of(turn, case, text)


@flow("story", command="story")
async def story(talk: Talk) -> Message:
    """Everything that happened in a case, step by step."""
    return told(talk.turn, opened(talk, "story"))


@flow("why", command="why")
async def why(talk: Talk) -> Message:
    """The deadline of a case, day by day."""
    return explained(talk.turn, opened(talk, "why"))


@flow("add")
async def add(talk: Talk) -> Message:
    """The owner adds something, or sends what was asked for."""
    case_id = talk.read("case", own_case, talk.arg, "add", "supply")
    prompt = talk.read("wanted", _wanted, case_id) or _("What would you like to add?")
    account = await talk.ask("text", Told(prompt=prompt, wordless=True))
    return added(talk, case_id, account)


def added(talk: Talk, case_id: int, account: Account) -> Message:
    """Add what was told to a case of the person, and show the case."""
    sent = _("{count} file(s)", count=len(account.files)) if account.files else ""
    text = "\n".join(part for part in (account.text or sent, account.place) if part)
    talk.do("added", _add, case_id, text, account.files)
    return after(talk.turn, case_id, _("Added. Whoever works on your case sees it."))


def own_case(turn: Turn, wanted: str, *moves: str) -> int:
    """The id of a case of this person in which one of these moves is open. Raises what the table says otherwise."""
    case = casework.seen(turn, wanted)
    for move in moves[:-1]:
        if lifecycle.may(case, move, turn.person.owner, turn.now, turn.office):
            return case.id
    lifecycle.find(case, moves[-1], turn.person.owner, turn.now, turn.office)
    return case.id


def _wanted(turn: Turn, case_id: int) -> str:
    case = cases.get(turn.tx, case_id)
    step = events.latest(turn.tx, case_id, "ask") if case and case.status is Status.WAITING else None
    if step is None or not step.content:
        return ""
    return _("This is still needed:\n{text}", text=step.content.get("text", ""))


def _add(turn: Turn, case_id: int, text: str, kept: tuple[int, ...]) -> int:
    return casework.supplement(turn, case_id, text, kept).id


@flow("urge")
async def urge(talk: Talk) -> Message:
    """The owner urges, once a working day; so does a leader who answers for the unit."""
    case_id = talk.do("urged", casework.move, own_id(talk), "urge")
    if casework.seen(talk.turn, str(case_id)).owner == talk.person.id:
        return after(talk.turn, case_id, _("They have been told that you are waiting."))
    return after(talk.turn, case_id, _("Whoever works on it has been told that you urge it."))


def own_id(talk: Talk) -> int:
    """The id of the case a button named."""
    return casework.seen(talk.turn, talk.arg).id


@flow("withdraw")
async def withdraw(talk: Talk) -> Message:
    """The owner withdraws a case, after being asked once more."""
    case = casework.seen(talk.turn, talk.arg)
    lifecycle.find(case, "withdraw", talk.person.owner, talk.now, talk.office)
    prompt = _("Withdraw case {about}? Nobody works on it any more then.", about=phrases.about(case))
    await talk.confirm(Confirm(prompt=prompt, yes=_("Withdraw it")))
    case_id = talk.do("withdrawn", casework.move, case.id, "withdraw")
    return after(talk.turn, case_id, _("Withdrawn. You can file it again at any time."))
