"""Two people found to be one: whatever is the first's is the second's from then on. What happened stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, or_, select, update

from storage import talks as kept_talks
from storage.tables import (
    addresses,
    approvals,
    assignments,
    cases,
    codes,
    consents,
    deputies,
    exports,
    files,
    groups,
    outbox,
    people,
    readings,
    reminders,
    roles,
    sessions,
    talks,
    told,
    unionids,
)
from storage.transaction import Tx

_BEFORE: Any = bindparam("before_")
_AFTER: Any = bindparam("after_")
_NOW: Any = bindparam("now_")


def _theirs(table: Table, name: str, *where: ColumnElement[bool]) -> Any:
    """Rows whose column `name` is the first person become the second's."""
    return update(table).where(table.c[name] == _BEFORE, *where).values({name: _AFTER})


#: Their doors come first: whoever writes at one at this moment has to finish, and is joined whole.
_DOORS = _theirs(addresses, "person_id")
_open, _same, _told, _again = talks.alias("open"), roles.alias("same"), reminders.alias("told"), told.alias("again")
_ONE_OPEN = (
    update(talks)
    .where(talks.c.person_id == _BEFORE, talks.c.state == kept_talks.OPEN)
    .where(exists().where(_open.c.person_id == _AFTER, _open.c.state == kept_talks.OPEN))
    .values(state=kept_talks.ASIDE)
)
_SAID = (
    update(outbox)
    .where(outbox.c.address_id.in_(bindparam("doors", expanding=True)), outbox.c.person_id == _BEFORE)
    .values(person_id=_AFTER)
)
_DOUBLE_ROLES = (
    update(roles)
    .where(roles.c.person_id == _BEFORE, roles.c.until.is_(None))
    .where(
        exists().where(
            _same.c.person_id == _AFTER,
            _same.c.until.is_(None),
            _same.c.role == roles.c.role,
            func.coalesce(_same.c.unit_id, 0) == func.coalesce(roles.c.unit_id, 0),
            func.coalesce(_same.c.project_id, 0) == func.coalesce(roles.c.project_id, 0),
        )
    )
    .values(until=_NOW)
)
_OWN_DEPUTY = (
    update(deputies)
    .where(deputies.c.person_id == _AFTER, deputies.c.deputy_id == _AFTER, deputies.c.until > _NOW)
    .values(until=_NOW)
)
_CODES = (
    update(codes)
    .where(or_(codes.c.person_id == _BEFORE, codes.c.facts == bindparam("named")), codes.c.used_at.is_(None))
    .values(used_at=_NOW)
)
#: What anybody may have.
_OF_ANYBODY: tuple[Any, ...] = (
    _theirs(cases, "filed_by", cases.c.owner_id == _BEFORE),
    _theirs(cases, "owner_id"),
    _ONE_OPEN,
    _theirs(talks, "person_id"),
    _theirs(told, "person_id", ~exists().where(_again.c.person_id == _AFTER, _again.c.ref == told.c.ref)),
    _theirs(files, "person_id"),
    _theirs(consents, "person_id"),
    _theirs(sessions, "person_id"),
    _theirs(exports, "person_id"),
    _theirs(unionids, "person_id"),
)
#: What comes with office: tasks in hand, what waits for a decision that nobody may make on their own proposal.
_OF_OFFICIALS: tuple[Any, ...] = (
    _DOUBLE_ROLES,
    _theirs(roles, "person_id", roles.c.until.is_(None)),
    _theirs(deputies, "person_id", deputies.c.until > _NOW),
    _theirs(deputies, "deputy_id", deputies.c.until > _NOW),
    _OWN_DEPUTY,
    _theirs(cases, "asker_id"),
    _theirs(cases, "filed_by"),
    _theirs(assignments, "handler_id"),
    _theirs(approvals, "proposer_id"),
    _theirs(approvals, "approver_id"),
    _theirs(readings, "person_id"),
    _theirs(groups, "by_id"),
    _theirs(
        reminders,
        "person_id",
        ~exists().where(
            and_(
                _told.c.deadline_id == reminders.c.deadline_id,
                _told.c.rung == reminders.c.rung,
                _told.c.person_id == _AFTER,
            )
        ),
    ),
)
_RECUSED = select(cases.c.id, cases.c.recused).where(cases.c.recused.like(bindparam("pattern")))
_RECUSE = update(cases).where(cases.c.id == bindparam("id_")).values(recused=bindparam("recused_"))
_PROFILE = select(people).where(people.c.id == bindparam("id_"))
_FILL = (
    update(people)
    .where(people.c.id == _AFTER)
    .values(
        name=bindparam("name_"),
        phone=bindparam("phone_"),
        enterprise=bindparam("enterprise_"),
        consented=bindparam("consented_"),
        consented_at=bindparam("consented_at_"),
    )
)
#: A name may have to stay with what was done in office; how to reach somebody is the one person's now.
_EMPTY = update(people).where(people.c.id == _BEFORE).values(phone="", enterprise="")


def join(tx: Tx, before: int, after: int, doors: Sequence[int], now: datetime, *, official: bool) -> None:
    """Everything of the person `before` is the person's `after`.

    doors: the ids of the first's addresses; official: the first holds or held office. A code that names the first is
    good no more.
    """
    both = {"before_": before, "after_": after, "now_": now}
    for statement in (_DOORS, *_OF_ANYBODY, *(_OF_OFFICIALS if official else ())):
        tx.execute(statement, both)
    if doors:
        tx.execute(_SAID, {**both, "doors": list(doors)})
    tx.execute(_CODES, {**both, "named": msgspec.json.encode({"person": before}).decode()})
    if official:
        _recuse(tx, before, after)
    _fill(tx, before, after)


def _recuse(tx: Tx, before: int, after: int) -> None:
    """What is about the one is kept from the other."""
    for row in tx.all(_RECUSED, {"pattern": f"%{before}%"}):
        known = msgspec.json.decode(row.recused, type=list[int])
        if before in known:
            kept = dict.fromkeys(after if person == before else person for person in known)
            tx.execute(_RECUSE, {"id_": row.id, "recused_": msgspec.json.encode(list(kept)).decode()})


def _fill(tx: Tx, before: int, after: int) -> None:
    """What only the first had told; and the later of what they agreed to."""
    first, second = (tx.first(_PROFILE, {"id_": person}) for person in (before, after))
    agreed = max(first, second, key=lambda row: row.consented)
    told = {f"{name}_": getattr(second, name) or getattr(first, name) for name in ("name", "phone", "enterprise")}
    agreement = {"consented_": agreed.consented, "consented_at_": agreed.consented_at}
    tx.execute(_FILL, {"after_": after, **told, **agreement})
    tx.execute(_EMPTY, {"before_": before})
