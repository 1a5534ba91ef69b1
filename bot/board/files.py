"""/board/file/<code>: a file of a case, for an official who may see it."""

from __future__ import annotations

from aiohttp import web

from bot.attached import sent
from bot.board.sessions import Desk, Page
from domain.rights import Right
from handlers import attached


async def show(desk: Desk) -> web.StreamResponse:
    """The file; one of a case they may not see is not there, as one that never was."""
    record = await desk.write(attached.opened, desk.request.match_info["code"][:64])
    return sent(desk.app, desk.request, record)


ROUTES = (Page("GET", "/board/file/{code:[A-Za-z0-9_-]+}", show, Right.BOARD_CASES),)
