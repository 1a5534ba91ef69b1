"""What only the demo has: the list of sample people, the time machine, and its ways to the platforms it is on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web

from bot import demo_invitations
from bot.app import App
from bot.clock import DemoClock
from bot.demo_people import SAMPLES
from bot.time_machine import TimeMachine
from domain.case import Role
from handlers import menus
from handlers.words import _, speaking

#: The farthest jump at once.
FARTHEST = timedelta(days=400)


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """POST /demo/clock: one of them."""

    forward: str = ""
    forward_workdays: int = 0
    to: str = ""


def add(server: web.Application, app: App) -> None:
    """Add the demo's routes."""
    assert isinstance(app.clock, DemoClock)
    machine = TimeMachine(app, app.clock)

    async def people(request: web.Request) -> web.StreamResponse:
        with speaking(app.file.language):
            return web.json_response([_person(sample) for sample in SAMPLES])

    async def clock(request: web.Request) -> web.StreamResponse:
        return web.json_response({"now": app.clock.now().isoformat()})

    async def move(request: web.Request) -> web.StreamResponse:
        target = await _target(machine, app, await request.read())
        await machine.go_to(target)
        return web.json_response({"now": app.clock.now().isoformat()})

    server.router.add_get("/demo/people", people)
    server.router.add_get("/demo/clock", clock)
    server.router.add_post("/demo/clock", move)
    demo_invitations.add(server, app)


def _person(sample: Any) -> dict[str, Any]:
    roles = [menus.role_words(role) for role in sample.roles]
    return {
        "person": sample.person,
        "name": sample.name,
        "roles": roles or [_("group") if sample.group else menus.role_words(Role.OWNER)],
    }


async def _target(machine: TimeMachine, app: App, body: bytes) -> datetime:
    try:
        wanted = msgspec.json.decode(body, type=Wanted)
        now = app.clock.now()
        if wanted.to == "next":
            return await machine.next_moment()
        if wanted.to:
            target = datetime.fromisoformat(wanted.to)
            target = target if target.tzinfo else target.replace(tzinfo=UTC)
        elif wanted.forward_workdays:
            target = machine.workdays_on(min(wanted.forward_workdays, 250))
        else:
            target = now + duration(wanted.forward)
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise web.HTTPBadRequest(text=f"clock: {error}") from None
    if target - now > FARTHEST:
        raise web.HTTPBadRequest(text="clock: at most 400 days at once")
    return target


_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds. Raises ValueError."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(f"“{text[:20]}” is no duration such as P1D or PT2H")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
