"""What is past its time: ended cases by kind, people who fell silent, messages, readings. Statements that only find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select

from storage.tables import addresses, cases, ledger, outbox, papers, people, readings, roles
from storage.transaction import Tx

_CALLED = select(papers.c.id).where(
    papers.c.case_id == cases.c.id, papers.c.sort.in_(bindparam("sorts", expanding=True))
)
_ENTERED = select(ledger.c.id).where(ledger.c.case_id == cases.c.id)
_ENDED = (
    select(cases.c.id)
    .where(
        cases.c.kind == bindparam("kind"),
        cases.c.status.in_(bindparam("statuses", expanding=True)),
        cases.c.erased_at.is_(None),
        cases.c.status_at < bindparam("before"),
        or_(cases.c.status_at < bindparam("bound_before"), ~or_(_CALLED.exists(), _ENTERED.exists())),
    )
    .order_by(cases.c.status_at)
    .limit(bindparam("most"))
)
_OF_OWNER = select(cases.c.id).where(cases.c.owner_id == bindparam("owner_"), cases.c.erased_at.is_(None))
_OF_OWNER = _OF_OWNER.order_by(cases.c.id)
_PAPERS = select(papers.c.case_id).where(
    papers.c.case_id.in_(bindparam("ids", expanding=True)), papers.c.sort.in_(bindparam("sorts", expanding=True))
)
_LEDGER = select(ledger.c.case_id).where(ledger.c.case_id.in_(bindparam("ids", expanding=True)))
_HAS_CASES = select(cases.c.id).where(cases.c.owner_id == people.c.id, cases.c.erased_at.is_(None))
_HAS_ROLES = select(roles.c.id).where(roles.c.person_id == people.c.id)
_WROTE = select(addresses.c.id).where(addresses.c.person_id == people.c.id, addresses.c.used_at >= bindparam("before"))
_SILENT = (
    select(people.c.id)
    .where(
        people.c.created_at < bindparam("before"),
        or_(people.c.name != "", people.c.phone != "", people.c.enterprise != "", people.c.erased_at.is_(None)),
        ~_HAS_CASES.exists(),
        ~_HAS_ROLES.exists(),
        ~_WROTE.exists(),
    )
    .order_by(people.c.id)
    .limit(bindparam("most"))
)
_ROLES = select(func.count()).where(roles.c.person_id == bindparam("person_"))
_NAMESAKES = select(func.count()).where(people.c.name == bindparam("name_"), people.c.id != bindparam("person_"))
_DROP_MESSAGES = delete(outbox).where(outbox.c.created_at < bindparam("before"), outbox.c.state != "queued")
_DROP_READINGS = delete(readings).where(readings.c.at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Past:
    """Cases of one kind that came to one of these ends before a moment; those called to account have their own."""

    kind: str
    statuses: tuple[str, ...]
    before: datetime
    bound_before: datetime


def ended(tx: Tx, past: Past, sorts: Iterable[str], most: int) -> list[int]:
    """Such cases that still have their words, the oldest first; sorts: the papers that call to account."""
    asked = {
        "kind": past.kind,
        "statuses": list(past.statuses),
        "before": past.before,
        "bound_before": past.bound_before,
        "sorts": list(sorts),
        "most": most,
    }
    return [row.id for row in tx.all(_ENDED, asked)]


def of_owner(tx: Tx, owner: int) -> list[int]:
    """Every case of an owner that still has its words."""
    return [row.id for row in tx.all(_OF_OWNER, {"owner_": owner})]


def called_to_account(tx: Tx, ids: Iterable[int], sorts: Iterable[str]) -> set[int]:
    """Those of the cases with a paper of one of these sorts, or an entry in the ledger."""
    wanted = list(ids)
    if not wanted:
        return set()
    found = {row.case_id for row in tx.all(_PAPERS, {"ids": wanted, "sorts": list(sorts)})}
    return found | {row.case_id for row in tx.all(_LEDGER, {"ids": wanted})}


def silent(tx: Tx, before: datetime, most: int) -> list[int]:
    """People without a case, without any office, who did not write since then."""
    return [row.id for row in tx.all(_SILENT, {"before": before, "most": most})]


def ever_in_office(tx: Tx, person: int) -> bool:
    """Whether the person holds or held a role."""
    return bool(tx.scalar(_ROLES, {"person_": person}))


def has_namesakes(tx: Tx, person: int, name: str) -> bool:
    """Whether somebody else has this name too."""
    return bool(tx.scalar(_NAMESAKES, {"person_": person, "name_": name}))


def drop_messages(tx: Tx, before: datetime) -> int:
    """Drop what was said before then; returns how much."""
    return tx.execute(_DROP_MESSAGES, {"before": before}).rowcount


def drop_readings(tx: Tx, before: datetime) -> int:
    """Drop older entries of who read a case; returns how many."""
    return tx.execute(_DROP_READINGS, {"before": before}).rowcount
