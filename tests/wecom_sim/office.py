"""An office for the emulator's own tests: it opens callbacks with npm's rules as the sheet has them, and keeps them."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.wecom_sim.crypt import signature, unseal
from tests.wecom_sim.server import WecomSim


class Office:
    """Keeps what it is told. status: what it answers. slow_seconds: how long it takes. reply: what it says to it."""

    def __init__(self, sim: WecomSim) -> None:
        self.sim, self.status, self.slow_seconds, self.reply = sim, 200, 0.0, b""
        self.told: list[tuple[str, ET.Element]] = []

    def texts(self, tag: str) -> list[str]:
        """One field of all that was told."""
        return [one.findtext(f".//{tag}") or "" for _, one in self.told]

    async def post(self, request: web.Request) -> web.Response:
        """A callback."""
        sealed = ET.fromstring(await request.read()).findtext("Encrypt") or ""
        self.told.append((request.path, ET.fromstring(self._opened(request, sealed))))
        await asyncio.sleep(self.slow_seconds)
        return web.Response(status=self.status, body=self.reply)

    async def get(self, request: web.Request) -> web.Response:
        """The check of the URL."""
        await asyncio.sleep(self.slow_seconds)
        return web.Response(body=self._opened(request, request.query["echostr"]), content_type="text/plain")

    def _opened(self, request: web.Request, sealed: str) -> bytes:
        name = request.match_info["name"]
        app, query = self.sim.apps[name], request.query
        assert query["msg_signature"] == signature(app.token, query["timestamp"], query["nonce"], sealed)
        return unseal(app.aes_key, app.corp_id, sealed)


@asynccontextmanager
async def open_office(sim: WecomSim) -> AsyncIterator[Office]:
    """An office at an address that the platform knows."""
    office = Office(sim)
    site = web.Application()
    site.router.add_post("/{corp}/{name}", office.post)
    site.router.add_get("/{corp}/{name}", office.get)
    server = TestServer(site)
    await server.start_server()
    sim.office_at(str(server.make_url("")))
    yield office
    await server.close()
