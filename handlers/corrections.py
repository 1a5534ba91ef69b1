"""A message its sender edits: before confirmation it replaces the answer it gave, afterwards it is a supplement.

An edit that leaves the words as they are changes nothing and is answered by nothing; what has been dealt with is said
so once. What an official has sent out stays as it was sent; they are shown where to send it anew.
"""

from __future__ import annotations

from hashlib import sha256

from domain.case import Case
from domain.errors import UnknownCase
from domain.messages import Answer, Incoming, Message
from handlers import casework, conversation, menus
from handlers.flows.follow import card_of
from handlers.turn import Turn
from handlers.words import _
from storage import cases, events, inbox, talks, told

#: The steps of an owner that a correction is added to.
OF_OWNER = frozenset({"file", told.PART, "add", "supply"})


def corrected(turn: Turn, incoming: Incoming) -> list[Message]:
    """Find what the corrected message was, and put the correction where it belongs."""
    for row in talks.live_of(turn.tx, turn.person.id):
        key = conversation.key_of(row, incoming.edits)
        if key:
            answer = Answer(incoming.text, "", (), incoming.place, incoming.ref)
            return conversation.edit(turn, row, key, incoming.edits, answer)
    found = _became(turn, incoming.edits)
    if found is None or not incoming.text.strip():
        words = _("I have seen your correction, but that message is dealt with. Send it again if needed.")
        return [menus.menu(turn, words)] if _first_time(turn, incoming) else []
    case, move = found
    if incoming.text in _told(turn, case, move):
        return []
    if case.owner == turn.person.id and move in OF_OWNER:
        return _added(turn, case, incoming.text)
    words = _("What you wrote has gone out as it was. To correct it, send it anew with one of these:")
    return [card_of(turn, case, words)] if _first_time(turn, incoming) else []


def _became(turn: Turn, ref: str) -> tuple[Case, str] | None:
    """The case a message of this person belongs to, and as what; None where there is none they may see."""
    found = told.find(turn.tx, turn.person.id, ref)
    filed = None if found else cases.told_in(turn.tx, turn.person.id, ref)
    found = (filed, "file") if filed is not None else found
    try:
        return (casework.seen(turn, str(found[0])), found[1]) if found else None
    except UnknownCase:
        return None


def _told(turn: Turn, case: Case, move: str) -> set[str]:
    """The words this person has told in a case so far: whole messages, and lines where the facts came in several."""
    steps = [step for step in events.of_case(turn.tx, case.id) if step.content and step.actor == turn.person.id]
    later = {str(step.content.get("text", "")) for step in steps if step.content}
    parts = case.facts.split("\n") if move == told.PART else ()
    return later | {case.facts, case.facts.partition("\n")[2], *parts}


def _added(turn: Turn, case: Case, text: str) -> list[Message]:
    casework.supplement(turn, case.id, text, ())
    words = _("I have added your correction to case {number}; your first words stay too.", number=case.number)
    return [menus.menu(turn, words)]


def _first_time(turn: Turn, incoming: Incoming) -> bool:
    """Whether this is the first correction of a message that cannot be corrected any more."""
    named = sha256(f"{incoming.address}:{incoming.edits}".encode()).hexdigest()  # a chat's number names somebody
    key = f"edited:{named}"
    return inbox.take(turn.tx, incoming.channel, key, turn.now)
