"""Whom the platforms of WeChat call by one name: an owner is known again at a service account or a mini program."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.tables import unionids
from storage.transaction import Tx

#: As long as the column; a longer name is none of WeChat's.
LONGEST = 64

_KEEP = insert(unionids).on_conflict_do_nothing(index_elements=["unionid"])
_PERSON = select(unionids.c.person_id).where(unionids.c.unionid == bindparam("unionid_"))


def keep(tx: Tx, unionid: str, person: int, now: datetime) -> None:
    """WeChat calls this person so; who was known by that name first stays the one."""
    if 0 < len(unionid) <= LONGEST:
        tx.execute(_KEEP, {"unionid": unionid, "person_id": person, "at": now})


def person_of(tx: Tx, unionid: str) -> int | None:
    """Who is called so, None where nobody is known by that name."""
    found = tx.scalar(_PERSON, {"unionid_": unionid})
    return int(found) if found is not None else None
