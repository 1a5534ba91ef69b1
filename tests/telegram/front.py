"""What people at the other end of the platform use, over HTTP: they write, upload, and read what the bot did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.telegram.emulator import Emulator

TOKEN = "7:a-token-of-the-tests"
USERNAME = "front_desk_test_bot"
LONGEST_WAIT_SECONDS = 20.0

Answer = Callable[["Emulator", web.Request], Awaitable[web.Response]]


def routes(emulator: Emulator) -> list[web.RouteDef]:
    """The addresses, beside those of the Bot API."""
    return [
        web.post("/__chat/update", partial(_say, emulator)),
        web.post("/__chat/file", partial(_upload, emulator)),
        web.get("/__chat/file/{reference}", partial(_download, emulator)),
        web.post("/__chat/fault", partial(_plan, emulator)),
        web.get("/__chat/calls", partial(_listen, emulator)),
        web.get("/__chat/waiting", partial(_waiting, emulator)),
    ]


async def _say(emulator: Emulator, request: web.Request) -> web.Response:
    """Bring an update: {"kind", "body"}; a message without an id gets one. The button pressed may then be answered."""
    said = await request.json()
    kind, body, message = said["kind"], said["body"], 0
    if isinstance(body, dict) and kind.endswith("message") and "message_id" not in body:
        body["message_id"] = message = emulator.new_message_id()
    if isinstance(body, dict) and kind == "callback_query":
        emulator.presses.add(str(body.get("id")))
    number = await emulator.arriving.enqueue(said.get("token", TOKEN), {kind: body})
    return web.json_response({"update_id": number, "message_id": message})


async def _upload(emulator: Emulator, request: web.Request) -> web.Response:
    reference = f"theirs-{emulator.new_message_id()}"
    emulator.assets[reference] = {"filename": request.query.get("name", ""), "data": await request.read()}
    return web.json_response({"file_id": reference})


async def _download(emulator: Emulator, request: web.Request) -> web.Response:
    return web.Response(body=emulator.assets[request.match_info["reference"]].get("data", b""))


async def _listen(emulator: Emulator, request: web.Request) -> web.Response:
    """Every call since number `after`; with `wait` seconds, once there is one."""
    after, wait = int(request.query.get("after", 0)), float(request.query.get("wait", 0))
    if wait and len(emulator.calls) <= after:
        await emulator.until_called(after, min(wait, LONGEST_WAIT_SECONDS))
    return web.json_response([asdict(call) for call in emulator.calls[after:]])


async def _plan(emulator: Emulator, request: web.Request) -> web.Response:
    emulator.faults.plan(**await request.json())
    return web.json_response(True)


async def _waiting(emulator: Emulator, request: web.Request) -> web.Response:
    return web.json_response(emulator.arriving.waiting(request.query.get("token", TOKEN)))
