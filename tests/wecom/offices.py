"""An office on WeCom in this process, behind its real server, with a clock that the test moves for both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot import app as building
from bot import demo_office, server
from bot.app import App
from bot.channels.contract import Limits
from bot.clock import Clock
from bot.settings import Settings
from bot.time_machine import TimeMachine
from domain.case import Role
from tests import copies
from tests.crash.processes import free_port
from tests.quiet import quiet
from tests.telegram.offices import invited
from tests.town import FIRST_MORNING, OFFICE, moment
from tests.wecom import people
from tests.wecom.people import Official, Owner, Reader
from tests.wecom_sim import WecomSim
from tests.wecom_sim.consoles import ROBOT_KEY

#: So long an office may take to become quiet.
THINKING = timedelta(seconds=10)


class SharedClock(Clock):
    """One clock for the office and the platform, which runs on from a moment of its own and can be moved forward.

    The demo's clock is ahead of the platform's, and an office knows it by its sort; this one is not.
    """

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def now(self) -> datetime:
        """The present moment of both."""
        return datetime.now(UTC) + self._ahead

    def seconds(self) -> float:
        """The same in seconds since 1970."""
        return self.now().timestamp()

    def move_to(self, moment: datetime) -> None:
        """Go forward to a moment; a moment that is over changes nothing."""
        self._ahead += max(moment - self.now(), timedelta())


@dataclass
class Town:
    """The office, the platform, and the clock of both."""

    app: App
    sim: WecomSim
    clock: SharedClock
    machine: TimeMachine
    url: str

    def pause(self) -> None:
        """Nobody answers within the same second."""
        self.clock.move_to(self.clock.now() + THINKING)

    def owner(self, name: str) -> Owner:
        """Somebody with WeChat."""
        return people.owner(self.sim, name, self.pause)

    async def official(self, name: str, role: Role, unit: str = "") -> Official:
        """Somebody who has opened the app, and sent a one-time code there."""
        code = await self.app.db.write(invited, role, unit, name, self.app.clock.now())
        person = people.official(self.sim, self.url, name, self.pause)
        await person.enter()
        await person.say(f"/join {code}")
        await person.heard("欢迎")
        return person

    def robots_group(self) -> Reader:
        """The group in which the robot sits."""
        return Reader(self.sim, "园区企业群", lambda: self.sim.robot(ROBOT_KEY).shown)

    async def forward(self, words: str) -> None:
        """Move the clock to a wall clock time of the office, everything between done in its order and said."""
        await self.quiet()
        await self.machine.go_to(moment(words))
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until everything is pulled, and everything that is due has been said."""
        await quiet(self.app)


@asynccontextmanager
async def office(
    folder: Path, *, start: str = FIRST_MORNING, url: str = "", paced: bool = False
) -> AsyncIterator[Town]:
    """A running office with its units, on a platform of its own; `start` is the wall clock of both.

    The office holds back by seconds that no test moves: unless it is to be `paced`, it does not hold back at all.
    """
    clock, port = SharedClock(moment(start)), free_port()
    async with WecomSim(now=clock.seconds) as sim:
        app = building.build(settings(folder, sim, port, url), clock, OFFICE)
        for door in app.connected if not paced else ():
            door.channel.limits = Limits()
        await app.start()
        await app.db.write(demo_office.fill, clock.now())
        site = TestServer(server.build(app), port=port)
        await site.start_server()
        here = f"http://127.0.0.1:{port}"
        sim.office_at(here)
        try:
            yield Town(app, sim, clock, TimeMachine(app, clock), here)  # type: ignore[arg-type]
        finally:
            await site.close()
            await app.close()


def settings(folder: Path, sim: WecomSim, port: int, url: str = "") -> Settings:
    """Everything an office is told that is on this platform."""
    told = {name.removeprefix("QINQING_").lower(): value for name, value in sim.settings().items()}
    secret = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    named = {name: SecretStr(value) if name in secret else value for name, value in told.items()}
    plain = Settings(
        database_url=url or copies.set_up(f"sqlite:///{folder}/office.db"),
        files=folder / "files",
        keys=folder / "keys",
        public_url=f"http://127.0.0.1:{port}",
    )
    return plain.model_copy(update=named)
