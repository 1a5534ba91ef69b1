"""The menus of customer service (sheet 2.3): fifty lines, ten of them to press, ids of letters, digits and _."""

from __future__ import annotations

import re

from tests.wecom_sim.checks import size
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Json, Refused

MOST_LINES, MOST_PRESSED = 50, 10
PRESSED = ("click", "view", "miniprogram")
#: Fields of a line: bytes at most.
LINES: dict[str, dict[str, int]] = {
    "click": {"id": 128, "content": 128},
    "view": {"url": 2048, "content": 1024},
    "miniprogram": {"appid": 128, "pagepath": 1024, "content": 1024},
    "text": {"content": 256},
}
CLICK_ID = re.compile(r"[a-zA-Z0-9_]{1,128}")


def menu(_world: World, body: Json) -> None:
    """Raises Refused: 95008 for too many, 95009 for a line that is wrong."""
    for part in ("head_content", "tail_content"):
        if size(str(body.get(part) or "")) > 1024:
            raise Refused(95009, f"{part} exceeds 1024 bytes")
    lines = body.get("list", [])
    if not isinstance(lines, list) or not (lines or body.get("head_content")):
        raise Refused(95009, "empty menu")
    if len(lines) > MOST_LINES or sum(line.get("type") in PRESSED for line in lines) > MOST_PRESSED:
        raise Refused(95008, "too many in the menu")
    for line in lines:
        _line(line)


def _line(line: Json) -> None:
    kind = line.get("type")
    fields = line.get(kind) if kind in LINES else None
    if not isinstance(fields, dict):
        raise Refused(95009, "invalid line")
    for name, most in LINES[str(kind)].items():
        value = fields.get(name)
        needed = (kind, name) != ("click", "id")
        if value is None and not needed:
            continue
        if not isinstance(value, str) or not 0 < size(value) <= most:
            raise Refused(95009, f"invalid {kind}.{name}")
    if kind == "click" and "id" in fields and not CLICK_ID.fullmatch(fields["id"]):
        raise Refused(95009, "invalid click.id")
