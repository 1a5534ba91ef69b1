"""What a message to the app holds: words, files, a place; as the words that cross rooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from bot.channels.wecom.shapes import Link, Media, Spot, Words
from domain.messages import Place, Promised

LONGEST_LABEL = 200
#: The office tells people that what is longer is too long; so long a text is cut off all the same.
LONGEST_WORDS = 50_000
#: How the reference of a file begins whose media_id follows.
MEDIA = "media:"

#: The kinds of file: the name and the media type they come as.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "image": ("photo.jpg", "image/jpeg"),
        "voice": ("voice.amr", "audio/amr"),
        "video": ("video.mp4", "video/mp4"),
    }
)
#: A voice of another kind than most.
SPEEX = ("voice.speex", "audio/speex")


def content(sort: str, element: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of Incoming that a message of a sort fills; {} for a sort that says nothing to us.

    Raises msgspec.ValidationError.
    """
    read = READ.get(sort)
    return read(sort, element) if read else {}


def _words(_sort: str, element: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": msgspec.convert(element, Words).content[:LONGEST_WORDS]}


def _file(sort: str, element: Mapping[str, Any]) -> dict[str, Any]:
    told = msgspec.convert(element, Media)
    name, media = SPEEX if told.format.lower() == "speex" else KINDS[sort]
    return {"files": (Promised(name, media, reference=MEDIA + told.media_id),)}


def _place(_sort: str, element: Mapping[str, Any]) -> dict[str, Any]:
    spot = msgspec.convert(element, Spot, strict=False)
    return {"place": Place(spot.lat, spot.lon, spot.label[:LONGEST_LABEL])}


def _link(_sort: str, element: Mapping[str, Any]) -> dict[str, Any]:
    link = msgspec.convert(element, Link)
    words = "\n".join(filter(None, (link.title, link.description, link.url)))
    return {"text": words[:LONGEST_WORDS]}


READ: Mapping[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = MappingProxyType(
    {"text": _words, **dict.fromkeys(KINDS, _file), "location": _place, "link": _link}
)
