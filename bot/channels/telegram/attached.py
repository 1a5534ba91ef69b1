"""Files as Telegram takes them: by the name it knows them by, else as bytes, once.

https://core.telegram.org/bots/api#sending-files
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from telegram import InputFile, InputMediaPhoto

from handlers.words import N_
from storage.file_refs import Shown

MB = 1024 * 1024
LARGEST_PHOTO_BYTES, LARGEST_BYTES = 10 * MB, 50 * MB
NOT_YET = N_("a file is still on its way to the office")
NOT_SHOWN = N_(
    "The file “{name}” cannot be shown here. Please look at it in the web chat, or ask for it to be sent again."
)
NO_MORE = N_("A file that belongs here is no longer kept.")
PHOTO, DOCUMENT = "photo", "document"
#: What a file is shown as, by its kind; anything else is a document.
SHOWN_AS = {
    "image/jpeg": PHOTO,
    "image/png": PHOTO,
    "image/webp": PHOTO,
    "video/mp4": "video",
    "audio/ogg": "voice",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
}
METHODS = {
    PHOTO: "sendPhoto",
    DOCUMENT: "sendDocument",
    "video": "sendVideo",
    "voice": "sendVoice",
    "audio": "sendAudio",
}


class Named(msgspec.Struct):
    """A file as Telegram names it."""

    file_id: str


class Sent(msgspec.Struct):
    """A message as it was taken, as far as we look at it."""

    message_id: int
    photo: list[Named] = []
    document: Named | None = None
    video: Named | None = None
    voice: Named | None = None
    audio: Named | None = None

    @property
    def ref(self) -> str:
        """What it was shown as, and the file's name there; "" where neither is told."""
        if self.photo:
            return f"{PHOTO}:{self.photo[-1].file_id}"
        for kind in METHODS:
            named: Named | None = getattr(self, kind) if kind != PHOTO else None
            if named is not None:
                return f"{kind}:{named.file_id}"
        return ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of sending a file. kind: a key of METHODS; name: Telegram's of it, "" to send the bytes."""

    kind: str
    name: str = ""


def ways(file: Shown) -> Iterator[Way]:
    """The ways of sending a file, the cheapest first. A name is good for one kind only, and it may be another."""
    kind = kind_of(file)
    kinds = (kind,) if kind == DOCUMENT else (kind, DOCUMENT)
    if file.ref:
        known, _colon, name = file.ref.partition(":")
        if known in METHODS:
            yield Way(known, name)
    if file.came_as:
        yield from (Way(one, file.came_as) for one in kinds)
    if file.digest and file.size_bytes <= LARGEST_BYTES:
        yield from (Way(one) for one in kinds)


def kind_of(file: Shown) -> str:
    """What a file is shown as."""
    kind = SHOWN_AS.get(file.media, DOCUMENT)
    return DOCUMENT if kind == PHOTO and file.size_bytes > LARGEST_PHOTO_BYTES else kind


def one(way: Way, file: Shown, data: bytes | None) -> dict[str, Any]:
    """The field of a call that holds a file; data: its bytes, None where it has a name."""
    return {way.kind: way.name if data is None else InputFile(data, filename=file.name)}


def picture(way: Way, file: Shown, data: bytes | None) -> InputMediaPhoto:
    """A picture of a set; data: its bytes, None where it has a name."""
    return InputMediaPhoto(way.name if data is None else InputFile(data, filename=file.name, attach=True))


def taken(result: Any) -> Sent | None:
    """A message as it was taken, None where the answer does not say it."""
    try:
        return msgspec.convert(result, Sent, strict=False)
    except msgspec.ValidationError:
        return None
