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
_OF_TASK = card_codes.c.task == bindparam("task_")
_WORKS = card_codes.c.at > bindparam("since_")
_TRIED = select(card_codes.c.code).where(_OF_TASK, _WORKS, card_codes.c.used_by == bindparam("key_")).limit(1)
_LEFT = (
    select(card_codes.c.code)
    .where(_OF_TASK, _WORKS, card_codes.c.used_at.is_(None))
    .order_by(card_codes.c.at.desc(), card_codes.c.code)
    .limit(1)
)
_NEWEST = _LEFT.with_for_update()
_THIS = (_OF_TASK, card_codes.c.code == bindparam("code_"))
_USE = (
    update(card_codes)
    .where(*_THIS, card_codes.c.used_at.is_(None))
    .values(used_at=bindparam("now_"), used_by=bindparam("key_"))
)
_SPENT = update(card_codes).where(*_THIS).values(used_by="")
_PURGE = delete(card_codes).where(card_codes.c.at < bindparam("before"))


def keep(tx: Tx, task: str, code: str, now: datetime) -> None:
    """The platform has given a code for a card; the same one again changes nothing."""
    tx.execute(_KEEP, {"task": task, "code": code, "at": now})


def usable(tx: Tx, task: str, key: str, now: datetime) -> tuple[str, bool]:
    """What `use` would give, without taking it."""
    asked = {"task_": task, "key_": key, "since_": now - WORKS}
    tried = tx.scalar(_TRIED, asked)
    return (str(tried), True) if tried is not None else (str(tx.scalar(_LEFT, asked) or ""), False)


def use(tx: Tx, task: str, key: str, now: datetime) -> tuple[str, bool]:
    """A code of a card that still works, for the message `key`, and nobody else gets it again; "" where there is none.

    The newest; at a later try of the same message the one it had, which the second says: it may have done its work.
    """
    asked = {"task_": task, "key_": key, "since_": now - WORKS, "now_": now}
    tried = tx.scalar(_TRIED, asked)
    if tried is not None:
        return str(tried), True
    found = tx.scalar(_NEWEST, asked)
    if found is None or tx.execute(_USE, {"task_": task, "code_": found, "key_": key, "now_": now}).rowcount == 0:
        return "", False
    return str(found), False


def spent(tx: Tx, task: str, code: str) -> None:
    """The platform says that a code works no more: no message tries it again."""
    tx.execute(_SPENT, {"task_": task, "code_": code})


def purge(tx: Tx, now: datetime) -> int:
    """Forget the codes that work no more; returns how many."""
    return tx.execute(_PURGE, {"before": now - WORKS}).rowcount
