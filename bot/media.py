"""What a file is, by its bytes and not by what its sender calls it."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

import puremagic

UNKNOWN = "application/octet-stream"
LONGEST_NAME = 120
#: Of a name so much is looked at, from its end.
LONGEST_PATH = 1000
#: Known by their beginning, and to nobody's table: the voices of WeCom.
_BEGINNINGS = ((b"#!AMR", "audio/amr"),)
_TEXT = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml")


def media_of(data: bytes, name: str) -> str:
    """The media type of some bytes; what a browser would run is called plain bytes."""
    found = _by_content(data) or mimetypes.guess_type(name)[0] or UNKNOWN
    return UNKNOWN if found in _TEXT else found


def _by_content(data: bytes) -> str:
    if begun := next((media for begins, media in _BEGINNINGS if data.startswith(begins)), ""):
        return begun
    try:
        matches = puremagic.magic_string(data[:65536])
    except (puremagic.PureError, ValueError):
        return ""
    return next((match.mime_type for match in matches if match.mime_type), "")


def safe_name(name: str) -> str:
    """A file's name as it is kept and shown: one line, no path, no characters that hide or reverse others."""
    last = re.split(r"[/\\]", name[-LONGEST_PATH:])[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(plain) <= LONGEST_NAME:
        return plain or "file"
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: LONGEST_NAME - 12]}{dot}{suffix[:10]}" if dot else plain[:LONGEST_NAME]
