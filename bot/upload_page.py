"""/upload/<code>: a file too large for a platform, sent by a page of the office, is then as if sent in the chat."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot import receiving
from bot.app import App
from bot.drawing import page
from bot.receiving import UNDER_WAY, NotTaken
from domain.errors import Refused
from domain.messages import Promised
from handlers import large_files, too_large
from handlers.words import _, speaking
from storage import codes, discarded, people
from storage.transaction import Tx


def add(server: web.Application, app: App) -> None:
    """Add the page to the server."""
    receiving.begin(server)

    async def show(request: web.Request) -> web.StreamResponse:
        with speaking(await _language(app, _code(request))):
            return await _shown(app, _code(request))

    async def take(request: web.Request) -> web.StreamResponse:
        with speaking(await _language(app, _code(request))):
            return await _answered(app, request)

    server.router.add_get("/upload/{code:[A-Za-z0-9-]+}", show)
    server.router.add_post("/upload/{code:[A-Za-z0-9-]+}", take)


def _code(request: web.Request) -> str:
    return request.match_info["code"][:40]


async def _language(app: App, code: str) -> str:
    """The language of whom the code was given to, else the office's."""
    return await app.db.read(_spoken, code, app.clock.now()) or app.db.office.language


def _spoken(tx: Tx, code: str, now: Any) -> str:
    facts = codes.good(tx, code, too_large.PURPOSE, now) or {}
    person = people.get(tx, int(facts.get("person") or 0))
    return person.language if person else ""


async def _shown(app: App, code: str) -> web.Response:
    if await app.db.read(codes.good, code, too_large.PURPOSE, app.clock.now()) is None:
        return _told(app, _over())
    title, words = _("Send a large file"), _words()
    return page(app, "upload.html", title=title, most=too_large.MOST_BYTES, words=words)


async def _answered(app: App, request: web.Request) -> web.Response:
    """Take the file; whatever is said has a next step."""
    code = _code(request)
    try:
        if await app.db.read(codes.good, code, too_large.PURPOSE, app.clock.now()) is None:
            raise _over()
        with receiving.only_one(request.app[UNDER_WAY], code):
            await _kept(app, code, await receiving.file(app.store, request, too_large.MOST_BYTES))
    except NotTaken as refusal:
        return _told(app, refusal)
    title, text = _("Your file is here"), _("Go back to the chat: it goes on there with your file.")
    return page(app, "upload_told.html", title=title, text=text, words=_ways_on(app))


async def _kept(app: App, code: str, file: Promised) -> None:
    """As if it was sent in the chat. Raises NotTaken where the code was used meanwhile."""
    try:
        await app.db.write(large_files.arrived, code, file, app.clock.now())
    except Refused:
        await app.db.write(discarded.add, [file.digest], app.clock.now())
        raise _over() from None


# --- what is said -----------------------------------------------------------------------------------------------------


def _over() -> NotTaken:
    text = _("It is good for one file, and for a day. Send the file in the chat once more: you get a new link there.")
    return NotTaken(404, _("This link is over"), text)


def _words() -> dict[str, str]:
    """What the page says while the file is on its way."""
    most = receiving.mb(too_large.MOST_BYTES)
    return {
        "lead": _("It goes into your conversation with us. At most {most} MB.", most=most),
        "choose": _("The file"),
        "send": _("Send"),
        "sending": _("On its way: {percent} %. Please leave this page open."),
        "large": receiving.too_large(too_large.MOST_BYTES).text,
        "broken": _("The connection broke. Please send it once more."),
    }


def _ways_on(app: App) -> dict[str, str]:
    """What there is to do next."""
    phone = app.db.office.phone
    asking = _("A person helps you on {phone}.", phone=phone) if phone else ""
    return {"back": _("Back to the chat"), "asking": asking}


def _told(app: App, refusal: NotTaken) -> web.Response:
    return page(app, "upload_told.html", refusal.status, title=refusal.title, text=refusal.text, words=_ways_on(app))
