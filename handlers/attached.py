"""A file is for whoever sent it, and for whoever may see the case it belongs to; an official's look is written down.

What officials send one another is not the owner's, as their words to one another are not.
"""

from __future__ import annotations

from domain.case import Case
from domain.permits import may_see
from handlers import inside, readings
from handlers.turn import Turn
from storage import cases, files
from storage.files import FileRecord


def opened(turn: Turn, code: str) -> FileRecord | None:
    """The file with this code, if the person may have it; None as for one there is not."""
    record = files.by_code(turn.tx, code)
    if record is None or record.person == turn.person.id:
        return record
    case = cases.get(turn.tx, record.case) if record.case is not None else None
    if case is None or not any(may_see(case, actor) for actor in turn.actors):
        return None
    if record not in of_case(turn, case):
        return None
    readings.opened(turn, case, "file")
    return record


def of_case(turn: Turn, case: Case) -> list[FileRecord]:
    """The files of a case that this viewer may have, in the order they came."""
    if as_owner(turn, case):
        return inside.files_for_owner(turn.tx, case, turn.person.id)
    return inside.files_for(turn.tx, case, turn.actors)


def as_owner(turn: Turn, case: Case) -> bool:
    """Whether somebody looks at a case as its owner does, and not as an official."""
    return case.owner == turn.person.id or not turn.official
