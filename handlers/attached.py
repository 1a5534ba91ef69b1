"""A file is for whoever sent it, and for whoever may see the case it belongs to; an official's look is written down."""

from __future__ import annotations

from domain.permits import may_see
from handlers import readings
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
    readings.opened(turn, case, "file")
    return record
