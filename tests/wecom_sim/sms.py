"""The office's SMS gateway: POST /sms with {"id", "to", "text"} and a signature over the body; once by its id."""

from __future__ import annotations

import hashlib
import hmac
import re

from tests.wecom_sim.state import World
from tests.wecom_sim.things import Json, Shown

SIGNED = "X-Qinqing-Signature"
PHONE = re.compile(r"\+861\d{10}")
#: A long message is sent in so many parts of 67 characters.
MOST_CHARACTERS = 500


def take(world: World, raw: bytes, signature: str, body: Json) -> tuple[int, Json]:
    """Status and answer to one message: 200 taken, or taken before; 401 not signed; 400 not to be sent like this."""
    world.calls["sms"] += 1
    good = hmac.new(world.sms_secret.encode(), raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(good.encode(), signature.removeprefix("sha256=").encode()):
        world.complain("sms: not signed")
        return 401, {"error": "signature"}
    known, to, text = (body.get(one) for one in ("id", "to", "text"))
    if not isinstance(known, str) or not known or not isinstance(text, str) or not 0 < len(text) <= MOST_CHARACTERS:
        world.complain("sms: id or text")
        return 400, {"error": "id or text"}
    if not isinstance(to, str) or not PHONE.fullmatch(to):
        return 400, {"error": "number"}
    if known in world.sms_taken:
        world.repeats += 1
        return 200, {"id": known, "repeated": True}
    world.sms_taken.add(known)
    shown = Shown(known, "sms", "sms", {"text": text}, world.now())
    world.reach(to, "sms", shown, world.phones[to], text)
    return 200, {"id": known}
