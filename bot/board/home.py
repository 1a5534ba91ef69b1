"""/board: where somebody begins, with what waits for them."""

from __future__ import annotations

from aiohttp import web

from bot.board.drawing import page
from bot.board.sessions import Desk, Page
from domain.rights import Right
from handlers.words import N_


async def home(desk: Desk) -> web.StreamResponse:
    """What waits for this person, by their roles."""
    return page(desk, "home.html")


ROUTES = (Page("GET", "/board", home, Right.BOARD, label=N_("Desk")),)
