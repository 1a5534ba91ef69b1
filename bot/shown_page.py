"""/shown/<code>: a file of a message, for whoever has the message's link."""

from __future__ import annotations

from aiohttp import web

from bot import shown
from bot.app import App
from bot.attached import sent
from storage import files
from storage.files import FileRecord
from storage.transaction import Tx

LONGEST_CODE = 64


async def page(request: web.Request) -> web.StreamResponse:
    """The file of a code; a code that is not ours or too old has none."""
    app = next(value for value in request.app.values() if isinstance(value, App))
    file = shown.file_of(request.match_info["code"][:LONGEST_CODE], app.keys.cookie, app.clock.now())
    return sent(app, request, await app.db.read(_record, file) if file is not None else None)


def _record(tx: Tx, file: int) -> FileRecord | None:
    return next(iter(files.many(tx, [file])), None)
