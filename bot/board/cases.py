"""/board/cases: the list with its filters, and the search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.board import rows
from bot.board.drawing import page
from bot.board.guard import too_often
from bot.board.pacing import SEARCHES
from bot.board.rows import Row
from bot.board.sessions import Desk, Page
from domain.case import ENDED, OPEN, UNIT_ROLES, Kind, Naming, Role, Status
from domain.rights import Right
from domain.scopes import Scope, scope_of
from handlers import phrases
from handlers.cleaning import kept
from handlers.flows.search import cases_for
from handlers.turn import Turn
from handlers.words import N_, _
from handlers.worklist import DESK_STATUSES
from storage import cases, listing, units
from storage.listing import PAGE, Filters

#: Longest text looked for.
LONGEST = 60

#: The choices of the field “status”: a group, or one status.
GROUPS: Mapping[str, tuple[str, tuple[Status, ...]]] = MappingProxyType(
    {
        "open": (N_("everything open"), tuple(sorted(OPEN))),
        "ended": (N_("everything ended"), tuple(sorted(ENDED))),
        **{str(status): (phrases.STATUSES[status], (status,)) for status in Status},
    }
)
#: Whose own work is what: by role, the statuses in which a case waits for them.
OWN_STATUSES: Mapping[Role, tuple[Status, ...]] = MappingProxyType({Role.DISPATCHER: DESK_STATUSES})


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list. before: where the next page begins, None on the last.

    Of a search: near: nothing has the words, and these are like it; more: not all that fit.
    """

    rows: list[Row]
    before: int | None = None
    near: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer, as (value, label)."""

    statuses: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    units: list[tuple[str, str]]


async def show(desk: Desk) -> web.StreamResponse:
    """The list, narrowed by the query; with `q` what a search finds instead."""
    query = {name: kept(value)[:LONGEST] for name, value in desk.request.query.items()}
    words = query.get("q", "").strip()
    if words and (seconds := desk.request.app[SEARCHES].wait_seconds(desk.known.session.digest)):
        return too_often(desk.app, seconds)
    if words and (number := await desk.read(_numbered, words)):
        raise web.HTTPSeeOther(f"/board/case/{quote(number)}")
    found = await (desk.read(_sought, words) if words else desk.read(_listed, query))
    onward = urlencode({**query, "before": found.before}) if found.before else ""
    return page(
        desk,
        "cases.html",
        query=defaultdict(str, query),
        narrowed=any(query.get(name) for name in (*READERS, "mine")),
        found=found,
        onward=onward,
        choices=await desk.read(_choices),
    )


def _numbered(turn: Turn, words: str) -> str:
    """The number of the case that has exactly this one, if it may be seen."""
    case = cases.by_number(turn.tx, words)
    return case.number if case is not None and rows.seen_by(turn.actors, case) else ""


def _sought(turn: Turn, words: str) -> Listing:
    found = cases_for(turn, words, PAGE)
    return Listing(rows.of_cases(turn, found.cases), near=found.near, more=found.more)


def _scope(turn: Turn) -> Scope:
    return scope_of(holding.actor for holding in turn.holdings)


def _listed(turn: Turn, query: dict[str, str]) -> Listing:
    wanted, before = filters(turn, query), _number(query.get("before", ""))
    found = listing.ids(turn.tx, wanted, _scope(turn), before)
    shown = found[:PAGE]
    by_id = cases.many(turn.tx, shown)
    return Listing(rows.of_cases(turn, [by_id[one] for one in shown]), shown[-1] if len(found) > PAGE else None)


def filters(turn: Turn, query: Mapping[str, str]) -> Filters:
    """What the query asks for; what cannot be read does not narrow."""
    given: dict[str, Any] = {name: read(turn, query[name]) for name, read in READERS.items() if query.get(name)}
    mine = bool(query.get("mine"))
    return Filters(**given, namings=_known_namings(turn), mine=mine, my_units=_own_units(turn), my_statuses=_own(turn))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _kind(turn: Turn, text: str) -> Kind | None:
    return Kind(text) if text in set(Kind) else None


def _morning(turn: Turn, text: str, days: int = 0) -> datetime | None:
    """Midnight, on the office's clock, of a day such as 2026-03-03, or so many days later."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return turn.office.calendar.morning(day, time(0)) if 1970 < day.year < 9000 else None


#: How each field of the filters is read; a field that is empty is not read.
READERS: Mapping[str, Callable[[Turn, str], object]] = MappingProxyType(
    {
        "statuses": lambda turn, text: GROUPS[text][1] if text in GROUPS else (),
        "kind": _kind,
        "unit": lambda turn, text: _number(text),
        "overdue": lambda turn, text: turn.now,
        "enterprise": lambda turn, text: text.strip(),
        "since": _morning,
        "until": lambda turn, text: _morning(turn, text, 1),
    }
)


def _known_namings(turn: Turn) -> tuple[Naming, ...]:
    """Whose enterprise may be asked for: by a hit nobody learns what they may not know."""
    of_unit = all(holding.role in UNIT_ROLES for holding in turn.holdings)
    return (Naming.NAMED,) if of_unit else (Naming.NAMED, Naming.KEPT)


def _own_units(turn: Turn) -> tuple[int, ...]:
    mine = {h.unit for h in turn.holdings if h.role in UNIT_ROLES and h.unit is not None}
    return tuple(sorted(mine))


def _own(turn: Turn) -> tuple[Status, ...]:
    return tuple(status for holding in turn.holdings for status in OWN_STATUSES.get(holding.role, ()))


def _choices(turn: Turn) -> Choices:
    return Choices(
        [(value, _(label)) for value, (label, _statuses) in GROUPS.items()],
        [(str(kind), _(label)) for kind, label in phrases.KINDS.items()],
        [(str(unit), name) for unit, name in units.names(turn.tx).items()],
    )


ROUTES = (Page("GET", "/board/cases", show, Right.BOARD_CASES, label=N_("Cases")),)
