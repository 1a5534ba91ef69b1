"""/policy/<code>: one announcement, whole and with its files, for everybody who has the link."""

from __future__ import annotations

import html
from datetime import date

from aiohttp import web

from bot import attached, plain_page
from bot.app import App
from domain.office import Office
from handlers import phrases
from handlers.words import _, speaking
from storage import announcements, files
from storage.announcements import Announcement
from storage.files import FileRecord
from storage.transaction import Tx

#: An announcement does not change; but an office that erases something wants it gone soon.
CACHED = {"Cache-Control": "public, max-age=600"}
LONGEST_CODE = 40


def add(server: web.Application, app: App) -> None:
    """Add the page and its files to the server."""

    async def page(request: web.Request) -> web.StreamResponse:
        one = await app.db.read(announcements.by_code, _code(request))
        with speaking(app.db.office.language):
            if one is None:
                cut = _("The link may have been cut off on its way. Please open it once more where you have it from.")
                body = plain_page.nothing(cut, app.db.office)
                return plain_page.drawn(app.db.office, _("This announcement is not here"), body, status=404)
            return plain_page.drawn(app.db.office, one.message.title, _drawn(one, app.db.office), headers=CACHED)

    async def file(request: web.Request) -> web.StreamResponse:
        record = await app.db.read(_file, _code(request), request.match_info["place"])
        return attached.sent(app, request, record)

    server.router.add_get("/policy/{code:[A-Za-z0-9]+}", page)
    server.router.add_get("/policy/{code:[A-Za-z0-9]+}/{place:[0-9]{1,3}}", file)


def _code(request: web.Request) -> str:
    return request.match_info["code"][:LONGEST_CODE].casefold()


def _file(tx: Tx, code: str, place: str) -> FileRecord | None:
    """The file at a place among those of an announcement, the first is 1."""
    one = announcements.by_code(tx, code)
    if one is None or not 1 <= int(place) <= len(one.message.files):
        return None
    found = files.many(tx, [one.message.files[int(place) - 1].file])
    return found[0] if found else None


def _drawn(one: Announcement, office: Office) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in one.message.text.splitlines() if line.strip())
    linked = "".join(
        f'<li><a href="/policy/{one.code}/{place}">{html.escape(file.name)}</a></li>'
        for place, file in enumerate(one.message.files, 1)
    )
    shown = f"<h2>{html.escape(_('Files'))}</h2><ul>{linked}</ul>" if linked else ""
    day = phrases.day_words(office.calendar.today(one.at), date.min)  # with its year: a page is read in later years too
    return f"<p>{html.escape(day)}</p></header><article>{lines}{shown}{plain_page.ways_on(office)}</article>"
