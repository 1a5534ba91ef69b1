"""Files as the app sends them: uploaded once, named by their media_id for as long as WeCom keeps them (D90253)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from bot.channels.contract import TryLater
from bot.channels.wecom.calling import Caller
from bot.channels.wecom.meanings import Refusal, Sort
from bot.lending import Lending
from bot.verdicts import OURS_BUSY
from handlers.words import N_
from storage.db import Unavailable
from storage.faults import where_of
from storage.file_refs import Shown

log = structlog.get_logger()

MB = 1024 * 1024
#: WeCom keeps an upload for three days; what is told by it must arrive before they are over.
KEPT = timedelta(days=2.5)
SMALLEST_BYTES = 6
FILE = "file"
LARGEST_BYTES: Mapping[str, int] = MappingProxyType(
    {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, FILE: 20 * MB}
)
#: What a file is shown as, by its kind; anything else is a file.
SHOWN_AS: Mapping[str, str] = MappingProxyType(
    {"image/jpeg": "image", "image/png": "image", "audio/amr": "voice", "video/mp4": "video"}
)
NOT_YET = N_("a file is still on its way to the office")
NOT_SHOWN = N_(
    "The file “{name}” cannot be shown here. Please look at it in the web chat, or ask for it to be sent again."
)
NO_MORE = N_("A file that belongs here is no longer kept.")


async def known(lending: Lending, file: int) -> Shown | None:
    """A file to be sent, None for one that is not kept any more. Raises TryLater for one that is still to come."""
    try:
        found = await lending.known(file)
    except Unavailable:
        raise TryLater(OURS_BUSY) from None
    if found is not None and found.expected:
        raise TryLater(NOT_YET)
    return found


def sorts(file: Shown) -> Iterator[str]:
    """What a file may be sent as, the best first."""
    if not file.digest or file.size_bytes < SMALLEST_BYTES:
        return
    for sort in dict.fromkeys((SHOWN_AS.get(file.media, FILE), FILE)):
        if file.size_bytes <= LARGEST_BYTES[sort]:
            yield sort


def named(file: Shown, now: datetime) -> tuple[str, str] | None:
    """What a file was sent as of late and its media_id, None where there is none that still lasts."""
    sort, _colon, media_id = file.ref.partition(":")
    lasts = file.since is not None and now - KEPT < file.since <= now
    return (sort, media_id) if lasts and sort in LARGEST_BYTES and media_id else None


async def uploaded(caller: Caller, lending: Lending, file: Shown, now: datetime) -> tuple[str, str] | None:
    """What a file can be sent as and its new media_id, None where WeCom takes it as nothing.

    Raises Refusal for what is no fault of the file's, and TryLater.
    """
    for sort in sorts(file):
        data = await _data(lending, file)
        if data is None:
            return None
        try:
            media_id = await caller.upload(sort, file.name, data)
        except Refusal as refusal:
            if refusal.meaning.sort is not Sort.CONTENT:
                raise
            continue
        await lending.keep(file.id, f"{sort}:{media_id}", now)
        return sort, media_id
    return None


async def _data(lending: Lending, file: Shown) -> bytes | None:
    """The bytes, None where they are gone. Raises TryLater where they cannot be read now."""
    try:
        return await lending.data(file.digest)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.error("a file cannot be read", file=file.id, error=where_of(error))
        raise TryLater(NOT_YET) from None
