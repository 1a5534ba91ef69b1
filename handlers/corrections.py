"""A message its sender edits: before confirmation it replaces the answer it gave, afterwards it is a supplement."""

from __future__ import annotations

from domain.messages import Answer, Incoming, Message
from handlers import casework, conversation, menus
from handlers.turn import Turn
from handlers.words import _
from storage import cases, talks


def corrected(turn: Turn, incoming: Incoming) -> list[Message]:
    """Find what the corrected message was, and put the correction where it belongs."""
    answer = Answer(incoming.text, "", (), incoming.place, incoming.ref)
    for row in talks.live_of(turn.tx, turn.person.id):
        keys = [key for key, ref in row.memory.refs.items() if ref == incoming.edits]
        if keys:
            return conversation.edit(turn, row, keys[0], answer)
    told = cases.told_in(turn.tx, turn.person.id, incoming.edits)
    if told is None or not incoming.text.strip():
        return [
            menus.menu(turn, _("I have seen your correction, but that message is dealt with. Send it again if needed."))
        ]
    case = casework.supplement(turn, told, incoming.text, ())
    return [
        menus.menu(
            turn, _("I have added your correction to case {number}; your first words stay too.", number=case.number)
        )
    ]
