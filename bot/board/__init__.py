"""The officials' pages on /board: signed in by a link from the chat, each page only for who has its right."""

from __future__ import annotations

from aiohttp import web

from bot.app import App
from bot.board import acting, cases, files, guard, home, one_case, people, rulebook, signin, troubles
from bot.board.pacing import SEARCHES, searching
from bot.board.sessions import Page
from domain.rights import Right

#: Every page, in the order of the menu. A module adds its own by its ROUTES.
PAGES: tuple[Page, ...] = (
    *home.ROUTES,
    *cases.ROUTES,
    *one_case.ROUTES,
    *acting.ROUTES,
    *files.ROUTES,
    *troubles.ROUTES,
    *people.ROUTES,
    *rulebook.ROUTES,
    *signin.ROUTES,
)


def add(server: web.Application, app: App) -> None:
    """Add the pages to the server. Raises BadDeclaration for a page without a right."""
    guard.check(PAGES)
    server[SEARCHES] = searching()
    signin.add(server, app)
    for one in PAGES:
        server.router.add_route(one.method, one.path, guard.guarded(app, one, PAGES))
    nowhere = Page("*", "/board/{rest:.*}", guard.nothing_here, Right.BOARD)
    server.router.add_route(nowhere.method, nowhere.path, guard.guarded(app, nowhere, PAGES))
