"""The ids of a menu's lines: a button's value in the few signs customer service takes, and back (D94677).

An id is 1 to 128 signs of a-z, A-Z, 0-9 and _. Its first sign says how it is written: e, each other byte as _ and two
hex digits, so that it can be read; b, in base 32, where that would be too long. A value of 64 bytes always fits.
"""

from __future__ import annotations

import base64
import binascii
import re

LONGEST_ID = 128
_PLAIN = re.compile(rb"[a-zA-Z0-9]")
_ESCAPED = re.compile(r"e(?:[a-zA-Z0-9]|_[0-9a-f]{2})+")
_BASE32 = re.compile(r"b[A-Z2-7]+")


def id_of(value: str) -> str:
    """The id of a button's value."""
    data = value.encode()
    escaped = "e" + "".join(chr(one) if _PLAIN.match(bytes([one])) else f"_{one:02x}" for one in data)
    if len(escaped) <= LONGEST_ID:
        return escaped
    return "b" + base64.b32encode(data).decode().rstrip("=")


def value_of(menu_id: str) -> str:
    """The value an id was made of; "" for one that is none of ours."""
    if len(menu_id) > LONGEST_ID:
        return ""
    try:
        value = _opened(menu_id).decode()
    except (binascii.Error, ValueError):
        return ""
    return value if value and id_of(value) == menu_id else ""


def _opened(menu_id: str) -> bytes:
    if _ESCAPED.fullmatch(menu_id):
        return re.sub(rb"_([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), menu_id[1:].encode())
    if _BASE32.fullmatch(menu_id):
        return base64.b32decode(menu_id[1:] + "=" * (-len(menu_id[1:]) % 8))
    return b""
