"""An office on Telegram in this process, behind its real server, with a clock that the test moves."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot import app as building
from bot import demo_office, server
from bot.app import App
from bot.channels.contract import Limits
from bot.clock import DemoClock
from bot.settings import Settings
from bot.time_machine import TimeMachine
from domain.case import Role
from handlers.invitations import Invitation, invite
from storage import units
from storage.transaction import Tx
from tests import copies
from tests.crash.processes import free_port
from tests.telegram.emulator import Emulator, served
from tests.telegram.front import TOKEN
from tests.telegram.people import Group, Person
from tests.telegram.platform import Platform, platform
from tests.telegram.processes import SECRET
from tests.telegram.rates import Rates
from tests.town import FIRST_MORNING, OFFICE, moment

#: The smallest picture a phone would send; a comment in it makes each another.
PIXEL = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////"
    "//////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)


def picture(name: str, size_bytes: int = 0) -> bytes:
    """A JPEG like no other, of at least so many bytes."""
    words = name.encode()
    comment = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words
    return (PIXEL[:2] + comment + PIXEL[2:]).ljust(size_bytes, b"\0")


@dataclass
class Town:
    """The office, the platform as it stands, and its far end."""

    app: App
    emulator: Emulator
    platform: Platform
    machine: TimeMachine

    def owner(self, name: str, **more: str) -> Person:
        """Somebody with a phone."""
        return Person(self.platform, name, **more)

    async def official(self, name: str, role: Role, unit: str = "") -> Person:
        """Somebody who has come by the link of a one-time code."""
        code = await self.app.db.write(invited, role, unit, name, self.app.clock.now())
        person = Person(self.platform, name)
        await person.start(f"join_{code}")
        await person.heard("欢迎")
        return person

    def group(self, name: str) -> Group:
        """A group chat."""
        return Group(self.platform, name)

    async def forward(self, words: str) -> None:
        """Move the clock to a wall clock time of the office, everything between done in its order."""
        await self.machine.go_to(moment(words))


def invited(tx: Tx, role: Role, unit: str, name: str, now: object) -> str:
    """A one-time code for a role; returns it."""
    found = next((one.id for one in units.every(tx) if one.code == unit), None)
    return invite(tx, Invitation(role, found, None, None, name), now)  # type: ignore[arg-type]


@asynccontextmanager
async def office(
    folder: Path, *, webhook: bool = False, start: str = FIRST_MORNING, rates: Rates | None = None
) -> AsyncIterator[Town]:
    """A running office with its units, on a platform of its own; `start` is the office's wall clock.

    Where the platform counts nothing (no `rates`), the office does not hold back either.
    """
    async with served(rates) as (emulator, api):
        clock = DemoClock(moment(start))
        port = free_port()
        app = building.build(_settings(folder, api, port, webhook=webhook), clock, OFFICE)
        for door in app.connected if rates is None else ():
            door.channel.limits = Limits()
        await app.start()
        await app.db.write(demo_office.fill, clock.now())
        site = TestServer(server.build(app), port=port)
        await site.start_server()
        try:
            async with platform(api, lambda: clock.now().timestamp()) as far:
                yield Town(app, emulator, far, TimeMachine(app, clock))
        finally:
            await site.close()
            await app.close()


def _settings(folder: Path, api: str, port: int, *, webhook: bool) -> Settings:
    return Settings(
        database_url=copies.set_up(f"sqlite:///{folder}/office.db"),
        files=folder / "files",
        keys=folder / "keys",
        public_url=f"http://127.0.0.1:{port}",
        telegram_token=SecretStr(TOKEN),
        telegram_api=api,
        telegram_webhook_secret=SecretStr(SECRET if webhook else ""),
    )
