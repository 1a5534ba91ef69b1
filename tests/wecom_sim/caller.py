"""The plainest caller there can be, for the emulator's own tests: no retry, no cache, no opinion."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, FormData

from tests.wecom_sim.server import WecomSim

Json = dict[str, Any]


class Clock:
    """A clock that a test turns: seconds since 1970."""

    def __init__(self) -> None:
        self.at = 1_790_000_000.0

    def __call__(self) -> float:
        return self.at


class Caller:
    """Calls as one app. value: the token it sends."""

    def __init__(self, sim: WecomSim, name: str, http: ClientSession) -> None:
        self.sim, self.app, self.http, self.value = sim, sim.apps[name], http, ""

    async def token(self) -> str:
        """Ask for a token and keep it."""
        query = {"corpid": self.app.corp_id, "corpsecret": self.app.secret}
        self.value = str((await self.ask("gettoken", query=query))["access_token"])
        return self.value

    async def ask(self, api: str, body: Json | bytes | None = None, query: dict[str, str] | None = None) -> Json:
        """The answer of an API; a POST where there is a body."""
        method = "GET" if body is None else "POST"
        data = json.dumps(body, ensure_ascii=False).encode() if isinstance(body, dict) else body
        async with self.http.request(method, self.url(api), params=self._query(query), data=data) as answer:
            assert answer.status == 200, answer.status
            told: Json = json.loads(await answer.read())
            return told

    async def upload(self, kind: str, name: str, data: bytes, api: str = "media/upload", **query: str) -> Json:
        """Bring a file."""
        form = FormData()
        form.add_field("media", data, filename=name)
        async with self.http.post(self.url(api), params=self._query({"type": kind, **query}), data=form) as answer:
            told: Json = json.loads(await answer.read())
            return told

    async def download(self, media_id: str) -> bytes:
        """Fetch a file."""
        async with self.http.get(self.url("media/get"), params=self._query({"media_id": media_id})) as answer:
            return await answer.read()

    def url(self, api: str) -> str:
        """The address of an API."""
        return f"{self.sim.url}/{api}" if api.startswith("sns/") else f"{self.sim.url}/cgi-bin/{api}"

    def _query(self, query: dict[str, str] | None) -> dict[str, str]:
        return {**({"access_token": self.value} if self.value else {}), **(query or {})}


@asynccontextmanager
async def calling(sim: WecomSim, name: str) -> AsyncIterator[Caller]:
    """A caller with a token."""
    async with ClientSession() as http:
        caller = Caller(sim, name, http)
        if caller.app.kind == "wecom":
            await caller.token()
        yield caller
