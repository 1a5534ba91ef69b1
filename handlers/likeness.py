"""Filings that look alike: the same person's once more, or those of many about one matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain import lifecycle
from domain.case import OPEN, Actor, Case, Status
from domain.likeness import ALIKE, apart, gist, numbers_of, share
from domain.permits import may_see
from handlers.turn import Turn
from storage import cases
from storage.likeness import candidates
from storage.sounds import BOOK
from storage.transaction import Tx

#: So many of a person's newest cases are compared with what they file.
OWN_COMPARED = 10
#: Cases shown on a card as looking like its own.
MOST_SHOWN = 2
#: Where another case may join: it is being worked on, or will be as soon as it is accepted.
LEADING = OPEN - {Status.WAITING, Status.ANSWERED}
#: A case of the same enterprise is likely of the same matter from a smaller share on.
ALIKE_OF_ENTERPRISE = 0.25


def own(turn: Turn, facts: str) -> Case | None:
    """The open case of this person that looks most like what they are about to file; None where none does."""
    mine = cases.told_by(turn.tx, turn.person.id, OWN_COMPARED)
    if not mine:
        return None
    told = gist(facts, BOOK)
    like = [(case, text) for case, text in mine if not apart(told.numbers, numbers_of(text))]
    near = sorted(((share(told, gist(text, BOOK)), case) for case, text in like), reverse=True)
    found = (cases.get(turn.tx, case) for part, case in near if part >= ALIKE)
    return next((case for case in found if case is not None and takes_more(turn, case)), None)


def takes_more(turn: Turn, case: Case) -> bool:
    """Whether the person may add to this case of theirs now."""
    return any(lifecycle.may(case, move, turn.person.owner, turn.now, turn.office) for move in ("supply", "add"))


def alike(tx: Tx, case: Case, most: int = 3) -> list[tuple[Case, float]]:
    """Open cases of others that look like this one, each with its share (0 to 1), the likest first.

    Looked for among those that share some marks with it, and those of the same enterprise: never among all.
    """
    told = gist(case.facts, BOOK)
    shares = {one.id: (share(told, gist(one.facts, BOOK)), one.same_enterprise) for one in candidates(tx, case)}
    near = {number: part for number, (part, same) in shares.items() if part >= (ALIKE_OF_ENTERPRISE if same else ALIKE)}
    found = cases.many(tx, near)
    ranked = sorted(found.values(), key=lambda one: (-near[one.id], one.id))
    return [(one, near[one.id]) for one in ranked if one.owner is None or one.owner != case.owner][:most]


def joinable(tx: Tx, case: Case, viewers: Sequence[Actor], now: datetime) -> list[Case]:
    """Open cases that look like this one and could lead it, for those of the viewers who may join them."""
    joining = [viewer for viewer in viewers if lifecycle.may(case, "merge", viewer, now, tx.office)]
    if not joining:
        return []
    found = [one for one, _share in alike(tx, case) if one.status in LEADING and one.merged_into is None]
    return [one for one in found if not one.objected and any(may_see(one, viewer) for viewer in joining)][:MOST_SHOWN]
