"""The codes by which cards on a platform are changed: each works once, and not for long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.tables import card_codes
from storage.transaction import Tx

#: WeCom takes a code for 72 hours (D94888); the last minutes are left to its clock.
WORKS = timedelta(hours=72) - timedelta(minutes=5)

_KEEP = insert(card_codes).on_conflict_do_nothing(index_elements=["task", "code"])
_LEFT = (
    select(card_codes.c.code)
    .where(
        card_codes.c.task == bindparam("task_"),
        card_codes.c.used_at.is_(None),
        card_codes.c.at > bindparam("since_"),
    )
    .order_by(card_codes.c.at.desc(), card_codes.c.code)
    .limit(1)
)
_NEWEST = _LEFT.with_for_update()
_USE = (
    update(card_codes)
    .where(
        card_codes.c.task == bindparam("task_"), card_codes.c.code == bindparam("code_"), card_codes.c.used_at.is_(None)
    )
    .values(used_at=bindparam("now_"))
)
_PURGE = delete(card_codes).where(card_codes.c.at < bindparam("before"))


def keep(tx: Tx, task: str, code: str, now: datetime) -> None:
    """The platform has given a code for a card; the same one again changes nothing."""
    tx.execute(_KEEP, {"task": task, "code": code, "at": now})


def any_left(tx: Tx, task: str, now: datetime) -> bool:
    """Whether a card has a code that still works."""
    return tx.first(_LEFT, {"task_": task, "since_": now - WORKS}) is not None


def use(tx: Tx, task: str, now: datetime) -> str:
    """The newest code of a card that still works, which nobody gets again; "" where there is none."""
    found = tx.scalar(_NEWEST, {"task_": task, "since_": now - WORKS})
    if found is None or tx.execute(_USE, {"task_": task, "code_": found, "now_": now}).rowcount == 0:
        return ""
    return str(found)


def purge(tx: Tx, now: datetime) -> int:
    """Forget the codes that work no more; returns how many."""
    return tx.execute(_PURGE, {"before": now - WORKS}).rowcount
