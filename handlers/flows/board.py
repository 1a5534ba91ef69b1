"""The way from the chat to the officials' pages: a link that is good once, and signing out everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.messages import Button, Message
from domain.people import Person
from domain.rights import RIGHTS, Right
from handlers import menus, phrases
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _, speaking
from storage import codes, outbox, recipients, sessions
from storage.outbox import Priority
from storage.transaction import Tx

#: Long enough to carry the link from the phone to the computer, short enough that a forwarded one is dead (own).
LINK_VALID = timedelta(minutes=10)
#: What the codes of the links are for.
PURPOSE = "board"
OUT = "out"


@flow(
    "board",
    command="board",
    words=N_("pages for work|work pages"),
    roles=RIGHTS[Right.BOARD],
    describes=N_("pages for work at the desk"),
)
async def board(talk: Talk) -> Message:
    """A link to the pages, good once; with “out”, sign out on every device."""
    if talk.arg == OUT:
        talk.do("out", _out)
        return menus.menu(talk.turn, _("You are signed out on every device."))
    if not talk.office.url:
        text = _(
            "The pages have no address yet. Whoever runs the server sets the public address; the chat does it all."
        )
        return menus.menu(talk.turn, text)
    there = talk.do("link", link)
    text = _(
        "Open this on your computer to work on pages:\n{link}\nIt is for you alone, good once, for {minutes} minutes.",
        link=there,
        minutes=LINK_VALID.seconds // 60,
    )
    return Message(text, _("Pages for work"), buttons=((_out_button(),),))


def _out_button() -> Button:
    return Button(_("Sign out everywhere"), f"f:board:{OUT}")


def link(turn: Turn) -> str:
    """A link to the pages for this person, good once; earlier ones are good no more."""
    person = turn.person.id
    codes.revoke(turn.tx, PURPOSE, person, turn.now)
    code = codes.make(turn.tx, PURPOSE, {"person": person}, LINK_VALID, turn.now, person)
    return f"{turn.office.url}/board/in/{code}"


def _out(turn: Turn) -> int:
    codes.revoke(turn.tx, PURPOSE, turn.person.id, turn.now)
    return sessions.end_all(turn.tx, turn.person.id)


def told_of_sign_in(tx: Tx, person: Person, now: datetime) -> None:
    """The person hears in their chat that somebody signed in with their link, and can undo it at once."""
    reached = recipients.one(tx, person.id)
    if reached is None:
        return
    with speaking(person.language):
        when = phrases.moment_words(now, tx.office, now)
        text = _("You signed in on the pages ({when}). If that was not you, tap below at once.", when=when)
        message = Message(text, buttons=((_out_button(),),))
        outbox.say(tx, reached.address, person.id, message, now, priority=Priority.TASK)
