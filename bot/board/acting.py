"""POST /board/case/<number>/<move>: a move made on the page goes the same road as one made in the chat.

Whoever may not see the case gets the page of a number that does not exist; who sees it but may not move is told so;
a move that is over, or a form that lacks something, comes back with how the case stands and with what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.board import fields, rows
from bot.board.forms import TAKE, form_of
from bot.board.one_case import drawn_case
from bot.board.sessions import Desk, Form, Page, form
from domain.errors import NotYours, Refused, UnknownCase
from domain.rights import Right
from handlers import casework
from handlers.flows import groups
from handlers.turn import Turn
from storage import inbox


async def act(desk: Desk) -> web.StreamResponse:
    """Make the move, and show the case as it stands then."""
    number, name = desk.request.match_info["number"], desk.request.match_info["move"]
    sent = await form(desk)
    if form_of(name) is None:
        raise UnknownCase(number=number)
    try:
        await desk.write(make, number, name, sent)
    except NotYours:
        raise
    except Refused as refusal:
        return await drawn_case(desk, number, refusal=refusal, name=name, sent=sent)
    raise web.HTTPSeeOther(f"/board/case/{quote(number)}?done={quote(name)}")


def make(turn: Turn, number: str, name: str, sent: Form) -> None:
    """Make a move with what a form sent. A form that is sent twice counts once.

    Raises UnknownCase for a case this person may not see and for a move there is none of; NotYours, AlreadySo and
    what else the table of moves says; and what fields.facts raises.
    """
    case, _viewers = rows.seen(turn, number)
    found = form_of(name)
    if found is None:
        raise UnknownCase(number=number)
    if not _first(turn, case.id, sent["once"]):
        return
    move, wanted = found
    casework.allowed(turn, case, move)
    _run(turn, case.id, name, fields.facts(turn, case, wanted.fields, sent))


def _run(turn: Turn, case: int, name: str, facts: dict[str, Any]) -> None:
    if (chosen := facts.pop("proposal", None)) is not None:
        facts["unit"] = chosen.unit
    if name in RUNS:
        RUNS[name](turn, case, **facts)
    else:
        casework.move(turn, case, name, **facts)


def _take(turn: Turn, case: int, **facts: Any) -> None:
    casework.move(turn, case, "accept", quietly=True)
    casework.move(turn, case, "dispatch", **facts)


#: Forms that make more than their own move.
RUNS: Mapping[str, Callable[..., Any]] = MappingProxyType({TAKE: _take, "merge": groups.join})


def _first(turn: Turn, case: int, once: str) -> bool:
    """Whether this very form was not sent before; one without a mark counts each time."""
    return not once or inbox.take(turn.tx, "board", f"{turn.person.id}:{case}:{once[:40]}", turn.now)


ROUTES = (Page("POST", "/board/case/{number}/{move}", act, Right.BOARD_CASES),)
