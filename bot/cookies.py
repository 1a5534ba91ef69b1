"""The signed cookie by which the web chat knows an owner: a random address with its HMAC."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

COOKIE = "qinqing_door"
YEAR_SECONDS = 365 * 24 * 3600

_SHAPE = re.compile(r"([A-Za-z0-9_-]{32})\.([0-9a-f]{64})")


def fresh_address() -> str:
    """A new address nobody can guess."""
    return secrets.token_urlsafe(24)


def signed(address: str, secret: bytes) -> str:
    """The cookie's value for an address."""
    return f"{address}.{_mark(address, secret)}"


def verified(value: str, secret: bytes) -> str:
    """The address in a cookie's value; "" unless it was signed with this secret."""
    found = _SHAPE.fullmatch(value)
    if found is None or not hmac.compare_digest(found[2], _mark(found[1], secret)):
        return ""
    return found[1]


def _mark(address: str, secret: bytes) -> str:
    return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()
