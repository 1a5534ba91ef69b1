"""Letters: numbered documents with the exact text that went out. They are marked as superseded, never deleted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from storage.cases import next_of
from storage.tables import papers
from storage.transaction import Tx

_ADD = insert(papers).returning(papers.c.id)
_OF_CASE = select(papers).where(papers.c.case_id == bindparam("case_")).order_by(papers.c.id)
_BY_CODE = select(papers).where(papers.c.code == bindparam("code_"))
_SUPERSEDE = (
    update(papers)
    .where(
        papers.c.case_id == bindparam("case_"), papers.c.sort == bindparam("sort_"), papers.c.superseded_at.is_(None)
    )
    .values(superseded_at=bindparam("now_"))
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One letter. sort: refusal, termination, supervision …; code: what its page is found by."""

    case: int
    sort: str
    title: str
    body: str
    made_at: datetime
    unit: int | None = None
    number: str = ""
    code: str = ""
    superseded_at: datetime | None = None


def number_of(tx: Tx, now: datetime) -> str:
    """The next number of the year, such as 2026-0007."""
    year = tx.office.calendar.today(now).year
    return f"{year}-{next_of(tx, f'paper:{year}'):04d}"


def add(tx: Tx, paper: Paper) -> Paper:
    """Keep a letter; returns it with its code."""
    code = secrets.token_urlsafe(18)
    row = {
        "code": code,
        "number": paper.number,
        "sort": paper.sort,
        "case_id": paper.case,
        "unit_id": paper.unit,
        "title": paper.title,
        "body": paper.body,
        "made_at": paper.made_at,
    }
    tx.execute(_ADD, row)
    return Paper(paper.case, paper.sort, paper.title, paper.body, paper.made_at, paper.unit, paper.number, code)


def of_case(tx: Tx, case: int) -> list[Paper]:
    """The letters of a case, the oldest first."""
    return [_paper(row) for row in tx.all(_OF_CASE, {"case_": case})]


def by_code(tx: Tx, code: str) -> Paper | None:
    """The letter with this code."""
    row = tx.first(_BY_CODE, {"code_": code})
    return _paper(row) if row else None


def supersede(tx: Tx, case: int, sort: str, now: datetime) -> None:
    """What was sent in this sort is out of date from now on; it stays on file."""
    tx.execute(_SUPERSEDE, {"case_": case, "sort_": sort, "now_": now})


def _paper(row: Row[Any]) -> Paper:
    return Paper(
        row.case_id,
        row.sort,
        row.title,
        row.body,
        row.made_at,
        row.unit_id,
        row.number,
        row.code,
        row.superseded_at,
    )
