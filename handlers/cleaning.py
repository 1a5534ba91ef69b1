"""What arrives, without the characters no database keeps: NUL, and halves of a character pair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from domain.messages import Incoming, Promised

UNKEPT = re.compile("[\x00\ud800-\udfff]")


def cleaned(incoming: Incoming) -> Incoming:
    """The arrival with such characters gone wherever they stood; the rest to the letter."""
    if not UNKEPT.search("".join(_written(incoming))):
        return incoming
    place = incoming.place
    return replace(
        incoming,
        key=kept(incoming.key),
        text=kept(incoming.text),
        press=kept(incoming.press),
        name=kept(incoming.name),
        ref=kept(incoming.ref),
        edits=kept(incoming.edits),
        album=kept(incoming.album),
        replies_to=kept(incoming.replies_to),
        files=tuple(_cleaned_file(one) for one in incoming.files),
        place=replace(place, label=kept(place.label)) if place else None,
    )


def _cleaned_file(file: Promised) -> Promised:
    return replace(file, name=kept(file.name), media=kept(file.media), reference=kept(file.reference))


def _written(incoming: Incoming) -> Iterator[str]:
    yield from (incoming.key, incoming.text, incoming.press, incoming.name, incoming.ref, incoming.edits)
    yield from (incoming.album, incoming.replies_to)
    for one in incoming.files:
        yield from (one.name, one.media, one.reference)
    if incoming.place:
        yield incoming.place.label


def kept(text: str) -> str:
    """A text without such characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
