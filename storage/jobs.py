"""One row per (job, time): a periodic job runs once wherever it ticks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.tables import jobs
from storage.transaction import Tx

_CLAIM = insert(jobs).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_DONE = (
    update(jobs)
    .where(jobs.c.name == bindparam("name_"), jobs.c.at == bindparam("at_"))
    .values(done_at=bindparam("now_"), report=bindparam("report_"))
)
_LAST = select(func.max(jobs.c.at)).where(jobs.c.name == bindparam("name_"))
_REPORTS = select(jobs.c.report).where(
    jobs.c.name == bindparam("name_"), jobs.c.at > bindparam("since"), jobs.c.done_at.is_not(None)
)
_REPORT = (
    select(jobs.c.report)
    .where(jobs.c.name == bindparam("name_"), jobs.c.done_at.is_not(None))
    .order_by(jobs.c.at.desc())
    .limit(1)
)
_PURGE = delete(jobs).where(jobs.c.at < bindparam("before"))


def claim(tx: Tx, name: str, at: datetime) -> bool:
    """Whether this run of a job is ours."""
    return tx.execute(_CLAIM, {"name": name, "at": at, "report": ""}).rowcount == 1


def done(tx: Tx, name: str, at: datetime, now: datetime, report: str) -> None:
    """The run is over, with a line on what it did."""
    tx.execute(_DONE, {"name_": name, "at_": at, "now_": now, "report_": report})


def last(tx: Tx, name: str) -> datetime | None:
    """When a job ran last."""
    found = tx.scalar(_LAST, {"name_": name})
    return found if isinstance(found, datetime) else None


def report(tx: Tx, name: str) -> str:
    """What the last run of a job that is over has reported; "" where none is."""
    return str(tx.scalar(_REPORT, {"name_": name}) or "")


def purge(tx: Tx, before: datetime) -> int:
    """Forget runs older than `before`; returns how many."""
    return tx.execute(_PURGE, {"before": before}).rowcount


def reports(tx: Tx, name: str, since: datetime) -> list[str]:
    """What the finished runs of a job since then have reported."""
    return [row.report for row in tx.all(_REPORTS, {"name_": name, "since": since})]
