"""Signing in by a link from one's own chat, and signing out.

Opening the link shows one button, so that previews and scanners do not spend it; pressing it spends the code and
begins a session. Whatever is wrong with a link, the answer is the same page: nothing is learned from trying.
"""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.app import App
from bot.board.drawing import plain_page
from bot.board.guard import too_often, unkept
from bot.board.sessions import LONGEST, Desk, Known, Page, begin, forget, form, whose
from bot.slowing import TokenBuckets
from domain.people import is_official
from domain.rights import Right
from handlers.flows.board import PURPOSE, told_of_sign_in
from storage import codes, people, sessions
from storage.transaction import Tx

#: Wrong codes from one address: a typing error or two of some colleagues. A right one always opens, so that nobody who
#: tries others keeps a whole building out, or everybody behind one proxy. Guessing would take millions of years.
BURST, PER_MINUTE = 20, 20.0


def add(server: web.Application, app: App) -> None:
    """Add the two pages that are open to whoever is not signed in yet."""
    pace = TokenBuckets(BURST, PER_MINUTE)

    async def link(request: web.Request) -> web.StreamResponse:
        return unkept(plain_page(app, "sign_in.html"))

    async def enter(request: web.Request) -> web.StreamResponse:
        code, now = request.match_info["code"], app.clock.now()
        good = await app.db.read(codes.good, code, PURPOSE, now) is not None
        if not good and (seconds := pace.wait_seconds(request.remote or "")):
            return too_often(app, seconds)
        known = await whose(app, request, now)
        secret = await app.db.write(_spend, code, known, now) if good else None
        if secret is None:
            return unkept(plain_page(app, "link_over.html", 403))
        return _entered(app, secret)

    server.router.add_get("/board/in/{code:[^/]{1,40}}", link)
    server.router.add_post("/board/in/{code:[^/]{1,40}}", enter)


def _entered(app: App, secret: str) -> web.StreamResponse:
    response = web.Response(status=303, headers={"Location": "/board"})
    begin(app, response, secret)
    return unkept(response)


def _spend(tx: Tx, code: str, known: Known | None, now: datetime) -> str | None:
    """Use the code up and begin a session; returns its secret, or None where the link is good for nothing here.

    Who is signed in as somebody else does not become another person by a link they were sent.
    """
    found = codes.use(tx, code, (PURPOSE,), now)
    person = people.get(tx, found[1]["person"]) if found else None
    if person is None or (known is not None and known.person.id != person.id):
        return None
    if not is_official(people.holdings(tx, person.id, now)):
        return None
    if known is not None:
        sessions.end(tx, known.session.digest)
    told_of_sign_in(tx, person, now)
    return sessions.begin(tx, person.id, now, LONGEST)


async def sign_out(desk: Desk) -> web.StreamResponse:
    """POST /board/out: end this session, or with `everywhere` all sessions of the person."""
    sent = await form(desk)
    if sent["everywhere"]:
        await desk.app.db.write(sessions.end_all, desk.person.id)
    else:
        await desk.app.db.write(sessions.end, desk.known.session.digest)
    response = plain_page(desk.app, "signed_out.html")
    forget(response)
    return response


ROUTES = (Page("POST", "/board/out", sign_out, Right.BOARD),)
