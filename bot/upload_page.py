"""/upload/<code>: a file too large for a platform, sent by a page of the office, is then as if sent in the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import BodyPartReader, web

from bot.app import App
from bot.filestore import FileStore, Pieces
from bot.media import media_of, safe_name
from domain.errors import Refused
from domain.messages import Promised
from handlers import large_files
from handlers.words import _, language, speaking
from storage import codes, discarded, people
from storage.faults import where_of
from storage.loading import at_first_use
from storage.transaction import Tx

if TYPE_CHECKING:
    import jinja2
else:  # needed with the first page only
    jinja2 = at_first_use("jinja2")

log = structlog.get_logger()

TEMPLATES = Path(__file__).parent / "pages"
PIECE_BYTES = 256 * 1024
#: Beside the file a form has some lines of its own.
FORM_BYTES = 64 * 1024
#: So much of a file tells its kind.
HEAD_BYTES = 64 * 1024
#: Whoever sends nothing for so long has gone.
SILENCE_SECONDS = 60.0
#: Files on their way at a time.
PARALLEL = 8
UNDER_WAY: web.AppKey[set[str]] = web.AppKey("uploads", set)


class NotTaken(Exception):
    """A file that is not taken: with which status, and what the person is told."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


@dataclass(frozen=True, slots=True)
class Received:
    """A file in the store; its record is still to be written."""

    name: str
    media: str
    size_bytes: int
    digest: str


def add(server: web.Application, app: App) -> None:
    """Add the page to the server."""
    server[UNDER_WAY] = set()

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
    facts = codes.good(tx, code, large_files.PURPOSE, now) or {}
    person = people.get(tx, int(facts.get("person") or 0))
    return person.language if person else ""


async def _shown(app: App, code: str) -> web.Response:
    if await app.db.read(codes.good, code, large_files.PURPOSE, app.clock.now()) is None:
        return _told(app, _over())
    title, words = _("Send a large file"), _words()
    return _page(app, "upload.html", title=title, most=large_files.MOST_BYTES, words=words)


async def _answered(app: App, request: web.Request) -> web.Response:
    """Take the file; whatever is said has a next step."""
    code = _code(request)
    try:
        if await app.db.read(codes.good, code, large_files.PURPOSE, app.clock.now()) is None:
            raise _over()
        with _only_one(request.app[UNDER_WAY], code):
            received = await _received(app.store, request)
            await _kept(app, code, received)
    except NotTaken as refusal:
        return _told(app, refusal)
    title, text = _("Your file is here"), _("Go back to the chat: it goes on there with your file.")
    return _page(app, "upload_told.html", title=title, text=text, words=_ways_on(app))


@contextmanager
def _only_one(under_way: set[str], code: str) -> Iterator[None]:
    """One file for each code, and not too many of them, at a time. Raises NotTaken."""
    if code in under_way:
        raise NotTaken(409, _("Your file is on its way"), _("It is being sent from another page. Please wait there."))
    if len(under_way) >= PARALLEL:
        raise NotTaken(503, _("Many files are on their way"), _("Please try again in a few minutes."))
    under_way.add(code)
    try:
        yield
    finally:
        under_way.discard(code)


async def _received(store: FileStore, request: web.Request) -> Received:
    """The file of the form, in the store. Raises NotTaken."""
    if (request.content_length or 0) > large_files.MOST_BYTES + FORM_BYTES:
        raise _too_large()
    try:
        part = await _file_part(request)
        with store.pieces() as pieces:
            return await _written(part, pieces)
    except (ConnectionError, web.RequestPayloadError, TimeoutError, ValueError) as broken:
        log.info("an upload broke off", error=where_of(broken))
        raise NotTaken(400, _("The file did not arrive whole"), _("Please go back and send it once more.")) from None
    except OSError as error:
        log.error("an upload could not be kept", error=where_of(error))
        raise _no_room() from None


async def _file_part(request: web.Request) -> BodyPartReader:
    """The part of the form that is a file. Raises NotTaken where there is none, ValueError for what is no form."""
    if request.content_type == "multipart/form-data":
        form = await request.multipart()
        while (part := await asyncio.wait_for(form.next(), SILENCE_SECONDS)) is not None:
            if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
                return part
    raise _nothing()


async def _written(part: BodyPartReader, pieces: Pieces) -> Received:
    head = b""
    while piece := await asyncio.wait_for(part.read_chunk(PIECE_BYTES), SILENCE_SECONDS):
        if pieces.size_bytes + len(piece) > large_files.MOST_BYTES:
            raise _too_large()
        head = head + piece[: HEAD_BYTES - len(head)] if len(head) < HEAD_BYTES else head
        await asyncio.to_thread(pieces.write, bytes(piece))
    if not pieces.size_bytes:
        raise _nothing()
    name = safe_name(part.filename or "")
    media = await asyncio.to_thread(media_of, head, name)
    return Received(name, media, pieces.size_bytes, await asyncio.to_thread(pieces.keep))


async def _kept(app: App, code: str, received: Received) -> None:
    """As if it was sent in the chat. Raises NotTaken where the code was used meanwhile."""
    file = Promised(received.name, received.media, received.size_bytes, received.digest)
    try:
        await app.db.write(large_files.arrived, code, file, app.clock.now())
    except Refused:
        await app.db.write(discarded.add, [received.digest], app.clock.now())
        raise _over() from None


# --- what is said -----------------------------------------------------------------------------------------------------


def _over() -> NotTaken:
    text = _("It is good for one file, and for a day. Send the file in the chat once more: you get a new link there.")
    return NotTaken(404, _("This link is over"), text)


def _too_large() -> NotTaken:
    text = _("At most {most} MB can be sent. A shorter video, or several smaller files, will do.", most=_most_mb())
    return NotTaken(413, _("This file is too large"), text)


def _nothing() -> NotTaken:
    return NotTaken(400, _("No file came"), _("Please go back, choose the file and send it once more."))


def _no_room() -> NotTaken:
    text = _("It is not your doing, and nothing in the chat is lost. Please try again in an hour.")
    return NotTaken(507, _("We cannot keep your file just now"), text)


def _most_mb() -> int:
    return large_files.MOST_BYTES // 1024 // 1024


def _words() -> dict[str, str]:
    """What the page says while the file is on its way."""
    return {
        "lead": _("It goes into your conversation with us. At most {most} MB.", most=_most_mb()),
        "choose": _("The file"),
        "send": _("Send"),
        "sending": _("On its way: {percent} %. Please leave this page open."),
        "large": _too_large().text,
        "broken": _("The connection broke. Please send it once more."),
    }


def _ways_on(app: App) -> dict[str, str]:
    """What there is to do next."""
    phone = app.db.office.phone
    asking = _("A person helps you on {phone}.", phone=phone) if phone else ""
    return {"back": _("Back to the chat"), "asking": asking}


def _told(app: App, refusal: NotTaken) -> web.Response:
    return _page(app, "upload_told.html", refusal.status, title=refusal.title, text=refusal.text, words=_ways_on(app))


def _page(app: App, template: str, status: int = 200, **values: Any) -> web.Response:
    text = _templates().get_template(template).render(office=app.db.office, tongue=_tongue(), **values)
    return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})


def _tongue() -> str:
    return language().replace("_", "-")


@cache
def _templates() -> jinja2.Environment:
    """The templates; a name they are not given is an error, never an empty place."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, auto_reload=False
    )
