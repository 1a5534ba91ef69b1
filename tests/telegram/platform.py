"""The platform as its people use it: what the bot did is read call by call, over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

Json = dict[str, Any]

#: So long somebody waits for an answer before the test fails.
PATIENCE_SECONDS = 20.0


@dataclass
class Shown:
    """A message of the bot as it stands in a chat now. said: how often it was sent or edited."""

    number: int
    text: str
    keyboard: list[list[Json]]
    files: list[str]
    said: int = 1

    def labels(self) -> list[str]:
        """What stands on its buttons."""
        return [button["text"] for row in self.keyboard for button in row]

    def words(self) -> str:
        """All that can be read."""
        return "\n".join((self.text, *(f"[{label}]" for label in self.labels())))


class Platform:
    """The far end of the bot, at an address. calls: all the bot did, in order; chats: what each shows now."""

    def __init__(self, url: str, http: ClientSession, now: Callable[[], float] = time.time) -> None:
        self.url, self.http, self.now = url, http, now
        self.calls: list[Json] = []
        self.chats: defaultdict[int, dict[int, Shown]] = defaultdict(dict)

    async def bring(self, kind: str, body: Any) -> Json:
        """Bring an update to the bot; returns its number, and that of the message."""
        async with self.http.post(f"{self.url}/__chat/update", json={"kind": kind, "body": body}) as answer:
            assert answer.status == 200, await answer.text()
            found: Json = await answer.json()
            return found

    async def upload(self, data: bytes, name: str = "") -> str:
        """Keep a file of somebody's at the platform; returns its id."""
        async with self.http.post(f"{self.url}/__chat/file", params={"name": name}, data=data) as answer:
            return str((await answer.json())["file_id"])

    async def download(self, reference: str) -> bytes:
        """A file as the platform gives it out to people."""
        async with self.http.get(f"{self.url}/__chat/file/{reference}") as answer:
            assert answer.status == 200, reference
            return await answer.read()

    async def fault(self, kind: str, **more: Any) -> None:
        """Let something go wrong with a call to come."""
        async with self.http.post(f"{self.url}/__chat/fault", json={"kind": kind, **more}) as answer:
            assert answer.status == 200, await answer.text()

    async def waiting(self) -> int:
        """How many updates the bot has not confirmed."""
        async with self.http.get(f"{self.url}/__chat/waiting") as answer:
            return int(await answer.json())

    async def look(self, wait: float = 0) -> None:
        """Read what the bot has done since; with `wait` seconds, once it has done something."""
        query = {"after": str(len(self.calls)), "wait": str(wait)}
        async with self.http.get(f"{self.url}/__chat/calls", params=query) as answer:
            for call in await answer.json():
                self.calls.append(call)
                if call["taken"] and call["message"]:
                    self._show(call)

    async def until(self, holds: Callable[[], Any], otherwise: Callable[[], str]) -> Any:
        """Wait until something holds, and return it. Fails with words of `otherwise` after PATIENCE_SECONDS."""
        ends = time.monotonic() + PATIENCE_SECONDS
        await self.look()
        while not (found := holds()):
            assert time.monotonic() < ends, otherwise()
            await self.look(wait=0.5)
        return found

    async def all_taken(self) -> None:
        """Wait until the bot has confirmed everything."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while left := await self.waiting():
            assert time.monotonic() < ends, f"{left} updates are not confirmed"
            await asyncio.sleep(0.02)

    def made(self, method: str, **fields: Any) -> list[Json]:
        """The calls of a method whose fields have these values."""
        calls = (call for call in self.calls if call["method"] == method)
        return [call for call in calls if all(str(call["fields"].get(key)) == str(fields[key]) for key in fields)]

    def _show(self, call: Json) -> None:
        chat = self.chats[call["chat"]]
        before = chat.get(call["message"])
        said = before.said + 1 if before else 1
        files = call["files"] or (before.files if before else [])
        chat[call["message"]] = Shown(call["message"], call["text"], call["keyboard"], files, said)


@asynccontextmanager
async def platform(url: str, now: Callable[[], float] = time.time) -> AsyncIterator[Platform]:
    """The platform at an address, as its people use it."""
    async with ClientSession() as http:
        yield Platform(url, http, now)
