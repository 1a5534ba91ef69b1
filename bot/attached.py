"""/file/<code>: a file, for the browser of somebody who may have it."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from bot.app import App
from bot.channels.web import NAME
from bot.clock import DemoClock
from bot.cookies import COOKIE, verified
from bot.filestore import may_show
from handlers import attached
from handlers.turn import at_desk
from handlers.words import _, speaking
from storage import files, people
from storage.files import FileRecord
from storage.transaction import Tx


async def of_chat(request: web.Request) -> web.StreamResponse:
    """A file for whoever the page's cookie says; one they may not have is not there. The demo shows all of them."""
    app = next(value for value in request.app.values() if isinstance(value, App))
    code = request.match_info["code"][:64]
    if isinstance(app.clock, DemoClock):
        return sent(app, request, await app.db.read(files.by_code, code))
    address = verified(request.cookies.get(COOKIE, ""), app.keys.cookie)
    return sent(app, request, await app.db.write(_theirs, address, code, app) if address else None)


def _theirs(tx: Tx, address: str, code: str, app: App) -> FileRecord | None:
    found = people.find(tx, NAME, address)
    if found is None or found[1] is None:
        return None
    return attached.opened(at_desk(tx, found[1], app.clock.now()), code)


def sent(app: App, request: web.Request, record: FileRecord | None) -> web.StreamResponse:
    """The bytes. Pictures, sound and video are shown in place, everything else is downloaded."""
    with speaking(app.db.office.language):
        if record is None:
            raise web.HTTPNotFound(text=_("There is no such file."))
        if not record.digest or not app.store.path(record.digest).exists():
            later = _("The file is still on its way. Please try again in a moment.")
            raise web.HTTPServiceUnavailable(text=later, headers={"Retry-After": "5"})
    inline = may_show(record.media) and "download" not in request.query
    headers = {
        "Content-Type": record.media or "application/octet-stream",
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(record.name)}",
        "Cache-Control": "private, max-age=86400",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.FileResponse(app.store.path(record.digest), headers=headers)
