"""One message a turn, where a person gets only a few until they write again: what waited first, then the answer.

The budget, and why it is spent so: docs/decisions/0017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.doors import DOORS, Door, parts, pieces_of
from domain.messages import Message
from domain.together import MORE, plain, together, with_more
from handlers import late, menus
from handlers.turn import Turn
from handlers.words import _
from storage import outbox, windows
from storage import together as kept
from storage.together import Waiting

#: Of the five messages of a window: three at most for the answer to a turn, two stay for what happens later.
MOST_PARTS = 3
#: A greeting lets one message through, and only a message of theirs lets the next.
GREETED = 1


def applies(turn: Turn) -> bool:
    """Whether the door the person writes at is one of those."""
    door = DOORS.get(turn.address.channel)
    return door is not None and door.one_a_turn


def say(turn: Turn, answers: Sequence[Message]) -> None:
    """Put in line what waited for the person and the answers, as few messages as they fit into.

    What is more than a turn's share is held, and the last message has a button that brings it.
    """
    late.renew(turn.tx, turn.address.id, turn.now, held=True)
    waited = kept.waiting(turn.tx, turn.address.id)
    if not answers and not waited:
        if not asks_for_more(turn):
            return
        answers = [menus.menu(turn, _("There is nothing more to read. Here is what I can do for you:"))]
    door, most = DOORS[turn.address.channel], _most(turn)
    told = _fitting(waited, answers, door, most)
    if told is None:
        _say_cut(turn, waited, answers, door, most)
        return
    _put(turn, [*(one.message for one in waited[:told]), *answers], waited[:told], waited[told:], door)


def _put(turn: Turn, messages: Sequence[Message], told: Sequence[Waiting], left: Sequence[Waiting], door: Door) -> None:
    """Say messages that are few enough together; what is left is held."""
    kept.joined(turn.tx, (one.row for one in told))
    kept.hold(turn.tx, (one.row for one in left))
    whole = together(messages)
    if left:
        whole = with_more(whole, _("Go on"))
    _say(turn, parts(whole, door), kept.names([one.about for one in told]))


def _fitting(waited: Sequence[Waiting], answers: Sequence[Message], door: Door, most: int) -> int | None:
    """How many of what waited, the oldest first, can be told with the answers; None where not even the answers can."""
    for told in range(_at_most(waited, door, most), -1, -1):
        messages = [*(one.message for one in waited[:told]), *answers]
        if not messages:
            break
        whole = together(messages)
        if told < len(waited):
            whole = with_more(whole, _("Go on"))
        if len(parts(whole, door)) <= most:
            return told
    return None


def _at_most(waited: Sequence[Waiting], door: Door, most: int) -> int:
    """How many of what waited may have room at all."""
    room, told = most * door.most_units, 0
    for one in waited:
        room -= door.size(plain(one.message))
        if room < 0:
            break
        told += 1
    return told


def _say_cut(turn: Turn, waited: Sequence[Waiting], answers: Sequence[Message], door: Door, most: int) -> None:
    """Say the beginning of what is too long for a turn, and hold the rest of it."""
    kept.joined(turn.tx, (one.row for one in waited))
    pieces = parts(together([*(one.message for one in waited), *answers]), door)
    first, *rest = pieces_of(pieces[most - 1].text, door.most_with_buttons or door.most_units, door.size)
    last = replace(pieces[most - 1], text=first, buttons=(), files=(), facts=())
    _say(turn, [*pieces[: most - 1], with_more(last, _("Go on"))], "")
    held = [*(Message(text) for text in rest), *pieces[most:]]
    about = kept.names([one.about for one in waited])
    for piece in held:
        kept.keep(turn.tx, turn.address, turn.person.id, piece, turn.now, about if piece is held[-1] else "")


def _say(turn: Turn, messages: Sequence[Message], about: str) -> None:
    for message in messages:
        named = about if message is messages[-1] else ""
        outbox.say(turn.tx, turn.address, turn.person.id, message, turn.now, about=named, fresh=True)


def _most(turn: Turn) -> int:
    """How many messages this turn may have."""
    window = windows.of(turn.tx, turn.address.id)
    greeted = window is not None and not window.is_open(turn.now) and window.greets(turn.now)
    return GREETED if greeted else MOST_PARTS


def asks_for_more(turn: Turn) -> bool:
    """Whether a button was tapped that brings what was held."""
    return turn.incoming.press == MORE and applies(turn)
