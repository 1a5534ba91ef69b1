"""An office on Telegram with the far end in the test's hand: a bot that is asked, a channel that keeps what is said."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot import app as building
from bot import server
from bot.app import App
from bot.channels.contract import Limits, Receipt
from bot.channels.telegram import updates, webhook
from bot.connecting import Connected
from bot.settings import OfficeFile
from domain.messages import Incoming, Message
from storage import inbox
from storage.inbox import Failed
from tests.bot.offices import settings
from tests.bot.telegram_updates import BOT, USERNAME

SECRET = "a-secret-of-the-tests"
PATIENCE_SECONDS = 20


class Answers:
    """A bot whose getUpdates gives one answer after the other, raises those that are errors, then says nothing more."""

    def __init__(self, *answers: Any) -> None:
        self.answers = deque(answers)
        self.asked: list[dict[str, Any]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.dry = asyncio.Event()
        self.hung_up = 0

    async def call(self, method: str, fields: dict[str, Any], seconds: float | None = None) -> Any:
        if method != "getUpdates":
            self.told.append((method, fields))
            return True
        assert seconds is not None
        assert seconds > fields["timeout"]
        self.asked.append(fields)
        if not self.answers:
            return await self._nothing()
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _nothing(self) -> None:
        self.dry.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.hung_up += 1

    @property
    def offsets(self) -> list[int | None]:
        """From where it was asked to go on, question by question."""
        return [asked.get("offset") for asked in self.asked]

    async def all_given(self) -> None:
        """Wait until everything is given and it is asked again."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.dry.wait()


class Door:
    """A channel that understands updates and keeps what it is to send."""

    name = updates.NAME
    limits = Limits()

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self._changed = asyncio.Condition()

    def parse(self, raw: bytes) -> Incoming | None:
        return updates.parse(raw, BOT, lambda: USERNAME)

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        async with self._changed:
            self.sent.append((address, message.text))
            self._changed.notify_all()
        return Receipt(f"{address}/{len(self.sent)}")

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        return "", b"x"

    async def close(self) -> None:
        """Nothing is open."""

    async def answered(self, *addresses: int) -> None:
        """Wait until something was said to each of these."""
        wanted = {str(one) for one in addresses}
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(lambda: wanted <= {address for address, _text in self.sent})


class Office:
    """A running office with that door, and its server."""

    def __init__(self, app: App, door: Door, site: TestServer, http: ClientSession) -> None:
        self.app, self.door, self.site, self.http = app, door, site, http

    async def take(self, raw: bytes) -> None:
        """Take one update as the parts of the channel do."""
        await self.app.take(self.door, raw)

    async def post(self, body: bytes, *secrets: str) -> int:
        """Call the webhook with these secrets in its headers; returns the status."""
        headers = [(webhook.HEADER, secret) for secret in secrets]
        async with self.http.post(self.site.make_url(webhook.PATH), data=body, headers=headers) as answer:
            assert await answer.read() == b"" or answer.status == 503
            return answer.status

    async def set_aside(self) -> Sequence[Failed]:
        """What could not be understood or failed."""
        return await self.app.db.read(inbox.failed)


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    """A running office whose webhook knows SECRET; nothing asks for updates unless the test does."""
    file = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
    app, door = building.build(settings(folder), file=file), Door()

    async def take(raw: bytes) -> None:
        await app.take(door, raw)

    app.connected = [Connected(door, routes=webhook.routes(SECRET, take))]
    await app.start()
    site = TestServer(server.build(app))
    await site.start_server()
    try:
        async with ClientSession() as http:
            yield Office(app, door, site, http)
    finally:
        await site.close()
        await app.close()
