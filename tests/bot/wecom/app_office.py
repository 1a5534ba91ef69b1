"""An office in WeCom's app over real HTTP: the emulated platform, and the office behind its own server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot import app as building
from bot.app import App
from bot.clock import Clock
from bot.settings import OfficeFile, Settings
from domain.case import Role
from domain.messages import Message
from storage import outbox, people, units
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import Running
from tests.bot.platforms import NOON
from tests.quiet import quiet
from tests.wecom_sim import WecomSim
from tests.wecom_sim.members import MemberPhone

OFFICE = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
PATIENCE_SECONDS = 20
#: What failed is tried again in this time, a few times over.
RETRIED = timedelta(hours=1)
#: What of the platform's settings the app for officials needs.
NEEDED = (
    "wecom_api",
    "wecom_corp_id",
    "wecom_app_agent_id",
    "wecom_app_secret",
    "wecom_app_token",
    "wecom_app_aes_key",
)


def told(sim: WecomSim, more: tuple[str, ...] = ()) -> dict[str, str | SecretStr]:
    """The settings of the app, as an office has them, and more of the platform's."""
    every = {name.removeprefix("QINQING_").lower(): value for name, value in sim.settings().items()}
    secret = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    return {name: SecretStr(every[name]) if name in secret else every[name] for name in (*NEEDED, *more)}


class WorkingDay(Clock):
    """Runs on from the noon of a Monday, when everything may be said."""

    def __init__(self) -> None:
        self._ahead = NOON - datetime.now(UTC)

    def now(self) -> datetime:
        """The office's present moment."""
        return datetime.now(UTC) + self._ahead


@dataclass
class AppOffice:
    """A running office and the platform it is on."""

    sim: WecomSim
    running: Running

    @property
    def app(self) -> App:
        """The office."""
        return self.running.app

    async def quiet(self) -> None:
        """Wait until everything that is due has been said."""
        await quiet(self.app, RETRIED)

    async def official(self, userid: str, role: Role, unit: str = "") -> MemberPhone:
        """A member with a role, who has opened the app."""
        phone = self.sim.member(userid)
        await phone.enter()
        await self.app.db.write(_appoint, userid, role, unit, self.app.clock.now())
        await self.quiet()
        return phone


def _appoint(tx: Tx, userid: str, role: Role, unit: str, now: datetime) -> None:
    found = people.find(tx, "wecom", userid)
    assert found is not None
    assert found[1] is not None
    known = {name: one for one, name in units.names(tx).items()}
    at = (known.get(unit) or units.save(tx, unit, unit, "", "", {})) if unit else None
    people.give_role(tx, found[1].id, role, now, unit=at)


def say(tx: Tx, userid: str, message: Message, office: AppOffice) -> None:
    """Put a message in line for a member."""
    found = people.find(tx, "wecom", userid)
    assert found is not None
    assert found[1] is not None
    outbox.say(tx, found[0], found[1].id, message, office.app.clock.now())


async def tell(office: AppOffice, userid: str, message: Message) -> None:
    """Tell a member something, and wait until it was told."""
    await office.app.db.write(say, userid, message, office)
    await office.quiet()


async def met(office: AppOffice, userid: str = "ZhangSan") -> MemberPhone:
    """A member who has opened the app."""
    phone = office.sim.member(userid)
    await phone.enter()
    await office.quiet()
    return phone


@asynccontextmanager
async def app_office(folder: Path, more: tuple[str, ...] = (), sim: WecomSim | None = None) -> AsyncIterator[AppOffice]:
    """An office whose officials are in the app; more: settings beside the app's."""
    async with sim or WecomSim() as sim:
        settings = offices.settings(folder).model_copy(update=told(sim, more))
        async with offices.running(building.build(settings, WorkingDay(), OFFICE)) as running:
            sim.office_at(running.url(""))
            yield AppOffice(sim, running)
