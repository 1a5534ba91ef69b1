"""Cases by filters, newest first, a page at a time: each page begins below the last id of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from domain.case import LIVE, Kind, Naming, Status
from domain.scopes import Scope
from storage.deadlines import PRESSING
from storage.matching import containing
from storage.tables import assignments, cases, deadlines
from storage.transaction import Tx

#: Cases of one page.
PAGE = 30

_PARTS = select(assignments.c.case_id).where(assignments.c.state.in_([str(state) for state in LIVE]))
_OPEN_PARTS = select(assignments.c.case_id).where(assignments.c.state.in_(["assigned", "signed"]))
_OVERDUE = select(deadlines.c.case_id).where(
    deadlines.c.state == "running", deadlines.c.term.in_(PRESSING), deadlines.c.due_at < bindparam("overdue")
)
# By itself, so that the index over the names alone is read: without the cases' texts it is a tenth of the work.
_named = cases.alias("named")
_OF_ENTERPRISE = select(_named.c.id).where(_named.c.enterprise.like(bindparam("enterprise"), escape="\\"))


def _in(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, expanding=True))


#: What each filter asks of a case. Those that are not asked for do not stand in the statement.
CONDITIONS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "before": cases.c.id < bindparam("before"),
        "statuses": _in(cases.c.status, "statuses"),
        "kind": cases.c.kind == bindparam("kind"),
        "unit": cases.c.id.in_(_PARTS.where(assignments.c.unit_id == bindparam("unit"))),
        "overdue": cases.c.id.in_(_OVERDUE),
        "enterprise": and_(cases.c.id.in_(_OF_ENTERPRISE), _in(cases.c.naming, "namings")),
        "since": cases.c.filed_at >= bindparam("since"),
        "until": cases.c.filed_at < bindparam("until"),
        "mine": or_(
            cases.c.id.in_(_OPEN_PARTS.where(_in(assignments.c.unit_id, "my_units"))),
            _in(cases.c.status, "my_statuses"),
        ),
        "scope": or_(
            cases.c.id.in_(_PARTS.where(_in(assignments.c.unit_id, "units"))),
            _in(cases.c.project_id, "projects"),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; what is left out does not narrow. until: not included; overdue: as of then.

    namings: whose enterprise the viewer may know; my_units, my_statuses: where the viewer's own work lies.
    """

    statuses: tuple[Status, ...] = ()
    kind: Kind | None = None
    unit: int | None = None
    overdue: datetime | None = None
    enterprise: str = ""
    namings: tuple[Naming, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False
    my_units: tuple[int, ...] = ()
    my_statuses: tuple[Status, ...] = ()


def ids(tx: Tx, wanted: Filters, scope: Scope, before: int | None = None) -> list[int]:
    """The newest cases that fit, below `before`: up to a page and one more, by which one knows that there are more."""
    given = _given(wanted, scope, before)
    names = frozenset(name for name in CONDITIONS if name in given)
    return [row.id for row in tx.all(_statement(names), given)]


@cache
def _statement(names: frozenset[str]) -> Select[tuple[int]]:
    """Built once for each set of filters: there are few."""
    conditions = [condition for name, condition in CONDITIONS.items() if name in names]
    return select(cases.c.id).where(*conditions).order_by(cases.c.id.desc()).limit(PAGE + 1)


def _given(wanted: Filters, scope: Scope, before: int | None) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "before": before,
        "statuses": [str(status) for status in wanted.statuses],
        "kind": wanted.kind and str(wanted.kind),
        "unit": wanted.unit,
        "overdue": wanted.overdue,
        "since": wanted.since,
        "until": wanted.until,
    }
    given: dict[str, Any] = {name: value for name, value in plain.items() if value not in (None, [])}
    if wanted.enterprise:
        given |= {"enterprise": containing(wanted.enterprise), "namings": [str(one) for one in wanted.namings]}
    if wanted.mine:
        statuses = [str(status) for status in wanted.my_statuses]
        given |= {"mine": True, "my_units": list(wanted.my_units), "my_statuses": statuses}
    if not scope.everything:
        given |= {"scope": True, "units": sorted(scope.units), "projects": sorted(scope.projects)}
    return given
