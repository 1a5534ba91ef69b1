"""Who stands in for whom, from when until when. It ends by itself; what was is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, update

from domain.people import Deputyship
from storage.people import ROLES_CHANGED
from storage.tables import deputies, people
from storage.transaction import Tx

_person, _deputy = people.alias("person"), people.alias("deputy")
_LISTED = (
    select(
        deputies.c.id,
        deputies.c.person_id,
        deputies.c.deputy_id,
        deputies.c.since,
        deputies.c.until,
        _person.c.name,
        _deputy.c.name.label("deputy_name"),
    )
    .join(_person, _person.c.id == deputies.c.person_id)
    .join(_deputy, _deputy.c.id == deputies.c.deputy_id)
    .where(deputies.c.until > bindparam("now"))
    .order_by(deputies.c.since, deputies.c.id)
)
_ABOUT = _LISTED.where(or_(deputies.c.person_id == bindparam("person_"), deputies.c.deputy_id == bindparam("person_")))
_ADD = insert(deputies)
_END = (
    update(deputies)
    .where(
        or_(deputies.c.person_id == bindparam("person_"), deputies.c.deputy_id == bindparam("person_")),
        deputies.c.until > bindparam("now_"),
    )
    .values(until=bindparam("now_"))
)
_END_ONE = (
    update(deputies)
    .where(deputies.c.id == bindparam("id_"), deputies.c.until > bindparam("now_"))
    .values(until=bindparam("now_"))
)


def add(tx: Tx, person: int, deputy: int, since: datetime, until: datetime, now: datetime) -> None:
    """From `since` until `until` the deputy stands in for the person."""
    row = {"person_id": person, "deputy_id": deputy, "since": since, "until": until, "made_at": now}
    tx.execute(_ADD, row)
    tx.signal(ROLES_CHANGED)


def about(tx: Tx, person: int, now: datetime) -> list[Deputyship]:
    """Where the person is stood in for, or stands in, now or later; the first to begin comes first."""
    return [_deputyship(row) for row in tx.all(_ABOUT, {"person_": person, "now": now})]


def every(tx: Tx, now: datetime) -> list[Deputyship]:
    """All that run now or begin later."""
    return [_deputyship(row) for row in tx.all(_LISTED, {"now": now})]


def end(tx: Tx, deputyship: int, now: datetime) -> bool:
    """End one now; False if it was over already."""
    tx.signal(ROLES_CHANGED)
    return tx.execute(_END_ONE, {"id_": deputyship, "now_": now}).rowcount > 0


def end_all(tx: Tx, person: int, now: datetime) -> int:
    """End all that a person gave or took, now; returns how many."""
    return tx.execute(_END, {"person_": person, "now_": now}).rowcount


def _deputyship(row: Row[Any]) -> Deputyship:
    return Deputyship(row.id, row.person_id, row.deputy_id, row.since, row.until, row.name, row.deputy_name)
