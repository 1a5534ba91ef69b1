"""What arrives, without the characters no database keeps, NUL and halves of a pair, and without endless accents.

Bringing a text to its normal form sorts the accents on each letter, in a time that grows with the square of their
number: 20,000 on one letter would hold the only writer for half a second, each time the text is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from unicodedata import category, combining

from domain.messages import Incoming, Promised

UNKEPT = re.compile("[\x00\ud800-\udfff]")
#: No language piles more signs on a letter (Unicode, UAX 15, Stream-Safe Text Format), which then are parted by a sign
#: that nobody sees.
MOST_PILED, PARTING = 30, "\u034f"
_PILED = re.compile(rb"[^\x00]{%d}(?=[^\x00])" % MOST_PILED)
#: Letters by themselves, whose normal form begins with an accent all the same (UAX 15).
_ACCENTS = {0x0F73: 0x0F71, 0x0F75: 0x0F71, 0x0F81: 0x0F71, 0xFF9E: 0x3099, 0xFF9F: 0x309A}
#: In a shorter text no pile is worth a look.
SHORT = 200
#: Signs that nobody sees, or that turn others round; but not what joins letters and pictures to one.
_UNSEEN, _JOINERS = frozenset({"Cc", "Cf", "Cs"}), "\u200c\u200d"


def cleaned(incoming: Incoming) -> Incoming:
    """The arrival with such characters gone wherever they stood; the rest to the letter."""
    good = incoming.name.isprintable() and not _piles(incoming.text)
    if good and not UNKEPT.search("".join(_written(incoming))):
        return incoming
    place = incoming.place
    return replace(
        incoming,
        key=kept(incoming.key),
        text=kept(incoming.text),
        press=kept(incoming.press),
        name=one_line(kept(incoming.name)),
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
    """A text without such characters and piles."""
    whole = text.replace("\x00", "").encode("utf-8", "replace").decode()
    ends = _piles(whole)
    if not ends:
        return whole
    return PARTING.join(whole[start:end] for start, end in zip([0, *ends], [*ends, None], strict=True))


def one_line(text: str) -> str:
    """A name in one line, without signs that nobody sees: it stands in lines of ours, and adds none."""
    line = " ".join(text.split())
    return "".join(sign for sign in line if sign in _JOINERS or category(sign) not in _UNSEEN).strip()


def _piles(text: str) -> list[int]:
    """Where piles of accents are to be parted."""
    if len(text) <= SHORT:
        return []
    return [found.end() for found in _PILED.finditer(bytes(map(combining, text.translate(_ACCENTS))))]
