"""People and accidents by HTTP, for a platform that runs as a process of its own: `POST /__sim/do`, `GET /__sim/…`."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wecom_sim import words
from tests.wecom_sim.things import Json, Shown

if TYPE_CHECKING:
    from tests.wecom_sim.server import WecomSim

#: Who can be asked to do something, by the word before the colon: member:zhangsan, owner:wm1, faults:
ACTORS: dict[str, Callable[[WecomSim, str], Any]] = {
    "member": lambda sim, name: sim.member(name),
    "owner": lambda sim, name: sim.owner(name),
    "personnel": lambda sim, _: sim.personnel,
    "faults": lambda sim, _: sim.faults,
    "callbacks": lambda sim, _: sim.callbacks,
    "wechat": lambda sim, name: sim.on_wechat(name),
    "sim": lambda sim, _: sim,
}
SHOWN: dict[str, Callable[[WecomSim, str], list[Shown]]] = {
    "member": lambda sim, name: sim.member(name).shown,
    "owner": lambda sim, name: sim.owner(name).shown,
    "robot": lambda sim, name: sim.robot(name).shown,
    "group": lambda sim, name: sim.group(name).shown,
    "phone": lambda sim, name: sim.phone(name),
    "wechat": lambda sim, name: sim.on_wechat(name).shown,
}


def routes(sim: WecomSim) -> list[web.RouteDef]:
    """What people at the other end use."""

    async def do(request: web.Request) -> web.Response:
        """{"who": "owner:wm1", "act": "say", "args": [...], "named": {...}}; bytes are {"base64": …}."""
        asked = await request.json()
        kind, _, name = str(asked["who"]).partition(":")
        act = getattr(ACTORS[kind](sim, name), str(asked["act"]))
        if not callable(act):
            return web.json_response(_plain(act))
        args = [_value(one) for one in asked.get("args", ())]
        result = act(*args, **{key: _value(one) for key, one in asked.get("named", {}).items()})
        return web.json_response(_plain(await result if inspect.isawaitable(result) else result))

    async def shown(request: web.Request) -> web.Response:
        """`?who=owner:wm1`: all that stands there, with what can be read and pressed."""
        kind, _, name = request.query["who"].partition(":")
        return web.json_response([_plain(one) for one in SHOWN[kind](sim, name)])

    async def state(request: web.Request) -> web.Response:
        """`?after=n`: everything delivered since, complaints, and how often each API was called."""
        after = int(request.query.get("after", 0))
        told = {"delivered": [asdict(one) for one in sim.delivered[after:]], "complaints": sim.complaints}
        return web.json_response({**told, "cuts": sim.cuts, "calls": sim.calls})

    return [web.post("/__sim/do", do), web.get("/__sim/shown", shown), web.get("/__sim/state", state)]


def _value(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) and set(value) == {"base64"} else value


def _plain(value: Any) -> Any:
    """A result as JSON; a message with what can be read and pressed in it."""
    if isinstance(value, Shown):
        more: Json = {"words": words.words(value), "buttons": words.buttons(value), "menu": words.menu(value)}
        return asdict(value) | more
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if hasattr(value, "answers"):
        return {"answers": value.answers, "event": value.event}
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else None
