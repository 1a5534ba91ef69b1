"""/mydata/<code>: a person's own data as one file, for a day, and only in the browser that asked for it."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from bot.app import App
from bot.archives import file_name
from bot.channels.web import NAME
from bot.clock import DemoClock
from bot.cookies import COOKIE, verified
from handlers.words import _, speaking
from storage import exports
from storage.exports import Ready


async def fetch(request: web.Request) -> web.StreamResponse:
    """The copy; an unknown, old or foreign link is all the same."""
    app = next(value for value in request.app.values() if isinstance(value, App))
    found = await app.db.read(exports.behind, request.match_info["code"][:64], app.clock.now())
    with speaking(app.file.language):
        if found is None or not _theirs(request, app, found) or not app.store.path(found.digest).exists():
            raise web.HTTPNotFound(text=_("This link leads nowhere any more. Ask for a new copy in the chat."))
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name())}",
            "Cache-Control": "no-store",
        }
    return web.FileResponse(app.store.path(found.digest), headers=headers)


def _theirs(request: web.Request, app: App, found: Ready) -> bool:
    """A copy asked for at the chat page is given to that page's cookie only; other doors have none to show."""
    if found.channel != NAME or isinstance(app.clock, DemoClock):
        return True
    return verified(request.cookies.get(COOKIE, ""), app.keys.cookie) == found.address
