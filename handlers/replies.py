"""Words sent as a reply to one of our messages belong to what that message was about."""

from __future__ import annotations

import re

from domain.case import Case, Status
from domain.errors import UnknownCase
from domain.messages import Answer, Message
from handlers import casework, conversation, flows, likeness, phrases, readings, wording
from handlers.flows.follow import card_of
from handlers.flows.replying import steps_of
from handlers.questions import is_number
from handlers.turn import Turn
from handlers.words import _
from storage import cases, said

_CARD = re.compile(r"case:(\d{1,15})", re.ASCII)
_RATING = re.compile(r"f:rate:(\d{1,15})\.\w*", re.ASCII)
_BUTTON = re.compile(r"f:(?:case|rate):(\d{1,15})(?:\.\w*)?", re.ASCII)


def number_meant(turn: Turn, number: int) -> str | None:
    """The button that a number sent as a reply stands for: a line of the message it answers, not of the last one."""
    message = said.named(turn.tx, turn.address.id, turn.incoming.replies_to)
    menu = message.menu() if message else []
    return menu[number - 1] if 1 <= number <= len(menu) else None


def replied(turn: Turn, answer: Answer) -> list[Message] | None:
    """What is made of a reply to a message about one case; None where it is about none, or one they may not see."""
    message = said.named(turn.tx, turn.address.id, turn.incoming.replies_to)
    case = _case(turn, message) if message else None
    if case is None or is_number(answer.text) is not None:
        return None
    if case.owner == turn.person.id:
        return _of_owner(turn, case, answer)
    return _of_official(turn, case, answer) if turn.official else None


def _case(turn: Turn, message: Message) -> Case | None:
    wanted = case_named(message)
    try:
        return casework.seen(turn, wanted) if wanted else None
    except UnknownCase:
        return None


def case_named(message: Message) -> str:
    """The id of the one case a message is about; "" where it is about none, or about several."""
    card = _CARD.fullmatch(message.card)
    if card:
        return card[1]
    buttons = (button.value for row in message.buttons for button in row)
    named = {found[1] for value in buttons if (found := _BUTTON.fullmatch(value))}
    return named.pop() if len(named) == 1 else ""


def _of_owner(turn: Turn, case: Case, answer: Answer) -> list[Message] | None:
    """It is offered as an addition first; where we have asked whether it is solved, it is the word to that."""
    if case.status is Status.ANSWERED and answer.text.strip() and not answer.files:
        return conversation.begin(turn, "visit_words", str(case.id), flows.offered(answer))
    if not likeness.takes_more(turn, case):
        return None
    return conversation.begin(turn, "offer", str(case.id), flows.offered(answer))


def to_visit(turn: Turn, answer: Answer) -> list[Message] | None:
    """What is made of words while we ask whether a case of theirs is solved; None where they are about something else.

    The question may be the last thing that was said; later on only words that sound like an answer to it count.
    """
    if answer.files or answer.place is not None or not any(map(str.isalpha, answer.text)):
        return None
    mine = [case for case in cases.of_owner(turn.tx, turn.person.id) if case.status is Status.ANSWERED]
    asked = {found[1] for value in turn.address.menu if (found := _RATING.fullmatch(value))}
    just_asked = [case for case in mine if str(case.id) in asked]
    open_to = just_asked or mine
    if len(open_to) != 1 or not (just_asked or wording.sounds_like_a_verdict(answer.text)):
        return None
    (case,) = open_to
    if solved := wording.verdict(answer.text):
        return conversation.begin(turn, "rate", f"{case.id}.{solved}")
    return conversation.begin(turn, "visit_words", str(case.id), flows.offered(answer))


def _of_official(turn: Turn, case: Case, answer: Answer) -> list[Message]:
    """What they may do with these words is asked; nothing goes to anybody before that."""
    if steps_of(turn, case, with_files=bool(answer.files)):
        return conversation.begin(turn, "reply", str(case.id), {"text": flows.offered(answer)["facts"]})
    readings.opened(turn, case, "card")
    short = phrases.short(answer.text, 40) or _("{count} file(s)", count=len(answer.files))
    note = _("Nothing was done with “{text}”: this is what you can do in this case now.", text=short)
    return [card_of(turn, case, note)]
