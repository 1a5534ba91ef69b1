"""Checks that every API makes of the fields it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.wecom_sim.state import World
from tests.wecom_sim.things import Json, Refused

WRONG = 40035
EMPTY = 44004
LONG = 45002


def size(text: str) -> int:
    """Bytes of a text."""
    return len(text.encode())


def text(fields: Json, key: str, most: int = 0, *, empty: int = EMPTY, long: int = LONG) -> str:
    """A text that must be there, of so many bytes at most; 0: any. Raises Refused."""
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(empty, f"missing {key}")
    if most and size(value) > most:
        raise Refused(long, f"{key} size {size(value)} exceeds {most}")
    return value


def maybe(fields: Json, key: str, most: int = 0, *, long: int = LONG) -> str:
    """The same where it may be missing: "" then."""
    value = fields.get(key)
    return "" if value in (None, "") else text({key: value}, key, most, long=long)


def matching(fields: Json, key: str, pattern: str, most: int, wrong: int = WRONG) -> str:
    """A text of certain characters. Raises Refused."""
    value = text(fields, key, most, empty=wrong, long=wrong)
    if not re.fullmatch(pattern, value):
        raise Refused(wrong, f"invalid {key}")
    return value


def number(fields: Json, key: str, among: Iterable[int], default: int = 0, wrong: int = WRONG) -> int:
    """A whole number among some; a text of digits is none. Raises Refused."""
    value = fields.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value not in among:
        raise Refused(wrong, f"invalid {key}")
    return value


def thing(fields: Json, key: str, wrong: int = EMPTY) -> Json:
    """An object that must be there. Raises Refused."""
    value = fields.get(key)
    if not isinstance(value, dict):
        raise Refused(wrong, f"missing {key}")
    return value


def listed(fields: Json, key: str, least: int, most: int, wrong: int = WRONG) -> list[Any]:
    """A list of so many. Raises Refused."""
    value = fields.get(key, [] if least == 0 else None)
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Refused(wrong, f"invalid {key}")
    return value


def known(world: World, where: str, fields: Json, names: Iterable[str]) -> None:
    """Complain of fields the API does not have; the real one passes them over."""
    for name in fields.keys() - set(names):
        world.complain(f"{where}: no field {name}")
