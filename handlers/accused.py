"""Whom a complaint is about: the unit it names, and the people of that unit it names. They never see it."""

from __future__ import annotations

from datetime import datetime

from domain.case import UNIT_ROLES, Case, Kind
from storage import events, people, units
from storage.transaction import Tx

#: A name shorter than this is a word like any other.
SHORTEST_NAME = 2
#: The moves with words of the owner's, and what those are called.
BY_OWNER = ("supply", "add", "object", "visit", "redo")
SAID = ("text", "words")


def unit_in(tx: Tx, text: str) -> int | None:
    """The unit whose name stands in the text, the longest name first."""
    named = [(len(name), unit) for unit, name in units.names(tx).items() if name and name in text]
    return max(named)[1] if named else None


def people_in(tx: Tx, kind: Kind, unit: int | None, text: str, now: datetime) -> tuple[int, ...]:
    """The people of the unit a complaint is about whose names stand in it."""
    if kind is not Kind.COMPLAINT or unit is None:
        return ()
    staff = [one for role in sorted(UNIT_ROLES) for one in people.holders(tx, role, now, unit)]
    return tuple(sorted({one.person for one in staff if len(one.name) >= SHORTEST_NAME and one.name in text}))


def told_in(tx: Tx, case: Case) -> str:
    """All that the owner has said of a case."""
    contents = [step.content or {} for step in events.of_case(tx, case.id) if step.move in BY_OWNER]
    return "\n".join([case.facts, *(str(content.get(name) or "") for content in contents for name in SAID)])
