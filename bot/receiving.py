"""Files that come by a form of the office's own, piece by piece into the store; and why one is not taken, in words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import BodyPartReader, web

from bot.filestore import FileStore, Pieces
from bot.media import media_of, safe_name
from domain.messages import Promised
from handlers.words import _
from storage.faults import where_of

log = structlog.get_logger()

PIECE_BYTES = 256 * 1024
#: Beside its files a form has some lines of its own.
FORM_BYTES = 64 * 1024
#: So much of a file tells its kind.
HEAD_BYTES = 64 * 1024
#: Whoever sends nothing for so long has gone.
SILENCE_SECONDS = 60.0
#: After that, a file comes no slower than this on the whole: a place is kept for nobody who sends a byte a minute.
LEAST_BYTES_A_SECOND = 2048
#: Forms on their way at a time.
PARALLEL = 8
MOST_PARTS = 40
UNDER_WAY: web.AppKey[set[str]] = web.AppKey("uploads", set)


class NotTaken(Exception):
    """Something that is not taken: with which status, and what the person is told."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


@dataclass(slots=True)
class Form:
    """What a form has brought: its fields, and its files, which are in the store; their records are to be written."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Promised] = field(default_factory=list)


def begin(server: web.Application) -> None:
    """Nothing is on its way yet."""
    if UNDER_WAY not in server:
        server[UNDER_WAY] = set()


@contextmanager
def only_one(under_way: set[str], whose: str) -> Iterator[None]:
    """One form of each person, and not too many of them, at a time. Raises NotTaken."""
    if whose in under_way:
        raise NotTaken(409, _("Your file is on its way"), _("It is being sent from another page. Please wait there."))
    if len(under_way) >= PARALLEL:
        raise NotTaken(503, _("Many files are on their way"), _("Please try again in a few minutes."))
    under_way.add(whose)
    try:
        yield
    finally:
        under_way.discard(whose)


async def file(store: FileStore, request: web.Request, most_bytes: int) -> Promised:
    """The one file of a form, in the store. Raises NotTaken."""
    with _said_in_words(request, most_bytes):
        async for part in _parts(request):
            if part.name == "file" and part.filename:
                return await _stored(part, store, most_bytes)
        raise nothing()


async def fill(form: Form, store: FileStore, request: web.Request, most_bytes: int, most_files: int) -> None:
    """Read a whole form, each file of at most so many bytes. Raises NotTaken; what came before is in the form then."""
    with _said_in_words(request, most_bytes * most_files):
        async for part in _parts(request):
            if part.filename:
                if len(form.files) >= most_files:
                    raise too_many(most_files)
                form.files.append(await _stored(part, store, most_bytes))
            elif part.filename is None and part.name:
                form.fields[part.name] = await _text(part)


@contextmanager
def _said_in_words(request: web.Request, most_bytes: int) -> Iterator[None]:
    if (request.content_length or 0) > most_bytes + FORM_BYTES:
        raise too_large(most_bytes)
    try:
        yield
    except (ConnectionError, web.RequestPayloadError, TimeoutError, ValueError) as broken:
        log.info("an upload broke off", error=where_of(broken))
        raise NotTaken(400, _("The file did not arrive whole"), _("Please go back and send it once more.")) from None
    except OSError as error:
        log.error("an upload could not be kept", error=where_of(error))
        raise _no_room() from None


async def _parts(request: web.Request) -> AsyncIterator[BodyPartReader]:
    """The parts of the form. Raises NotTaken for what is no form, ValueError for one that is broken."""
    if request.content_type != "multipart/form-data":
        raise nothing()
    form = await request.multipart()
    for _part in range(MOST_PARTS):
        part = await asyncio.wait_for(form.next(), SILENCE_SECONDS)
        if part is None:
            return
        if isinstance(part, BodyPartReader):
            yield part
    raise ValueError("more parts than a form of ours has")


async def _text(part: BodyPartReader) -> str:
    """A field's words. Raises ValueError where they are more than a form may have."""
    read = bytearray()
    while piece := await asyncio.wait_for(part.read_chunk(FORM_BYTES), SILENCE_SECONDS):
        read += piece
        if len(read) > FORM_BYTES:
            raise ValueError("a field that is too long")
    return read.decode("utf-8", "replace")


async def _stored(part: BodyPartReader, store: FileStore, most_bytes: int) -> Promised:
    with store.pieces() as pieces:
        return await _written(part, pieces, most_bytes)


async def _written(part: BodyPartReader, pieces: Pieces, most_bytes: int) -> Promised:
    head, began = b"", time.monotonic()
    while piece := await asyncio.wait_for(part.read_chunk(PIECE_BYTES), SILENCE_SECONDS):
        if pieces.size_bytes + len(piece) > most_bytes:
            raise too_large(most_bytes)
        if pieces.size_bytes < (time.monotonic() - began - SILENCE_SECONDS) * LEAST_BYTES_A_SECOND:
            raise TimeoutError
        head = head + piece[: HEAD_BYTES - len(head)] if len(head) < HEAD_BYTES else head
        await asyncio.to_thread(pieces.write, bytes(piece))
    if not pieces.size_bytes:
        raise nothing()
    name = safe_name(part.filename or "")
    media = await asyncio.to_thread(media_of, head, name)
    return Promised(name, media, pieces.size_bytes, await asyncio.to_thread(pieces.keep))


# --- what is said -----------------------------------------------------------------------------------------------------


def too_large(most_bytes: int) -> NotTaken:
    """A file, or a form, of more bytes than are taken."""
    text = _("At most {most} MB can be sent. A shorter video, or several smaller files, will do.", most=mb(most_bytes))
    return NotTaken(413, _("This file is too large"), text)


def too_many(most_files: int) -> NotTaken:
    """More files than are taken at once."""
    text = _("At most {most} files can be sent at once. Please send the others after them.", most=most_files)
    return NotTaken(413, _("These are too many files"), text)


def nothing() -> NotTaken:
    """A form without a file."""
    return NotTaken(400, _("No file came"), _("Please go back, choose the file and send it once more."))


def _no_room() -> NotTaken:
    text = _("It is not your doing, and nothing in the chat is lost. Please try again in an hour.")
    return NotTaken(507, _("We cannot keep your file just now"), text)


def mb(size_bytes: int) -> int:
    """Whole megabytes."""
    return size_bytes // 1024 // 1024
