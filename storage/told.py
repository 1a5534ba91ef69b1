"""Which message brought which step of a case, for as long as its sender may correct it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.tables import told
from storage.transaction import Tx

#: As long as the column.
LONGEST_REF = 128
#: The step of each of several messages that a case was filed with.
PART = "file part"

_ADD = upsert(told)
_ADD = _ADD.on_conflict_do_update(
    index_elements=["person_id", "ref"],
    set_={"case_id": _ADD.excluded.case_id, "move": _ADD.excluded.move, "at": _ADD.excluded.at},
)
_FIND = select(told.c.case_id, told.c.move).where(
    told.c.person_id == bindparam("person_"), told.c.ref == bindparam("ref_")
)
_PURGE = delete(told).where(told.c.at < bindparam("before"))


def keep(tx: Tx, person: int, refs: Iterable[str], case: int, move: str, now: datetime) -> None:
    """These messages of the person became this step of the case."""
    for ref in refs:
        tx.execute(_ADD, {"person_id": person, "ref": ref[:LONGEST_REF], "case_id": case, "move": move, "at": now})


def find(tx: Tx, person: int, ref: str) -> tuple[int, str] | None:
    """(case, move) that a message of the person became; None where it became nothing, or that is long ago."""
    row = tx.first(_FIND, {"person_": person, "ref_": ref[:LONGEST_REF]}) if ref else None
    return (row.case_id, row.move) if row else None


def purge(tx: Tx, before: datetime) -> int:
    """Forget what is older than `before`: platforms let nobody correct it any more. Returns how many."""
    return tx.execute(_PURGE, {"before": before}).rowcount
