"""What the demo's page shows of the platforms it is on: where the chat opens there, and codes to become an official."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from bot.app import App
from domain.case import UNIT_ROLES, Role
from handlers import invitations, menus
from handlers.invitations import INVITED_ROLES, Invitation
from handlers.words import speaking
from storage import units
from storage.transaction import Tx

ROLES = (*INVITED_ROLES, Role.INSPECTOR)


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """POST /demo/invite: which role the code is for."""

    role: Role


def add(server: web.Application, app: App) -> None:
    """Add the demo's routes for the platforms it is on."""

    async def there(request: web.Request) -> web.StreamResponse:
        with speaking(app.file.language):
            roles = [{"role": str(role), "words": menus.role_words(role)} for role in ROLES]
        return web.json_response({**_ways(app), "roles": roles})

    async def invite(request: web.Request) -> web.StreamResponse:
        role = _role(await request.read())
        code = await app.db.write(made, role, app.clock.now())
        with speaking(app.file.language):
            return web.json_response(_told(role, code, app))

    server.router.add_get("/demo/platforms", there)
    server.router.add_post("/demo/invite", invite)


def _role(body: bytes) -> Role:
    try:
        role = msgspec.json.decode(body, type=Wanted).role
    except (msgspec.DecodeError, RecursionError):
        raise web.HTTPBadRequest(text="invite: name a role") from None
    if role not in ROLES:
        raise web.HTTPBadRequest(text="invite: nobody is invited to this role")
    return role


def made(tx: Tx, role: Role, now: datetime) -> str:
    """A code for a role of the demo; a role of a unit is held in every one, so that any dispatch reaches its holder."""
    every = tuple(unit.id for unit in units.every(tx)) if role in UNIT_ROLES else ()
    project = next((project for project, _name in units.all_projects(tx)), None) if role is Role.INSPECTOR else None
    return invitations.invite(tx, Invitation(role, None, project, units=every), now)


def _ways(app: App) -> dict[str, Any]:
    """Which platforms the demo is on, and where its chats open there, "" while a platform has not said."""
    telegram = bool(app.settings.telegram_token.get_secret_value())
    member, owner = "wecom" in app.channels, "kefu" in app.channels
    on = {"telegram": telegram, "wecom": member or owner, "app": member, "kefuWanted": owner}
    return {"wanted": any(on.values()), **on, "link": app.telegram, "kefu": app.links.get("kefu", "")}


def _told(role: Role, code: str, app: App) -> dict[str, Any]:
    return {
        "role": str(role),
        "words": menus.role_words(role),
        "code": code,
        "say": f"/join {code}",
        "app": "wecom" in app.channels,
        "link": invitations.telegram_link(code, app.telegram) if app.telegram else "",
    }
