"""An office in WeChat customer service over real HTTP: the emulated platform, and the office behind its own server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from bot import app as building
from bot.app import App
from bot.channels.kefu.menus import value_of
from bot.clock import Clock
from bot.settings import OfficeFile, Settings
from domain.messages import Message
from handlers.flows.consent import CONSENT
from storage import inbox, outbox, people
from storage.outbox import Priority
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import Running
from tests.quiet import quiet
from tests.wecom_sim import WecomSim, words
from tests.wecom_sim.owners import OwnerPhone
from tests.wecom_sim.state import Shown

OFFICE = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
NEEDED = (
    "wecom_api",
    "wecom_corp_id",
    "wecom_kefu_secret",
    "wecom_kefu_token",
    "wecom_kefu_aes_key",
    "wecom_kefu_open_kfid",
)


class Turned(Clock):
    """A clock that runs, and that a test turns forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        """The same for the platform."""
        return self.now().timestamp()


def told(sim: WecomSim, *more: str) -> dict[str, str | SecretStr]:
    """The settings of customer service, as an office has them."""
    every = {name.removeprefix("QINQING_").lower(): value for name, value in sim.settings().items()}
    secret = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    return {name: SecretStr(every[name]) if name in secret else every[name] for name in (*NEEDED, *more)}


@dataclass
class KefuOffice:
    """A running office and the platform it is on."""

    sim: WecomSim
    running: Running
    clock: Turned

    @property
    def app(self) -> App:
        """The office."""
        return self.running.app

    async def quiet(self) -> None:
        """Wait until everything is pulled, and everything that is due has been said."""
        await quiet(self.app)

    async def owner(self, external_userid: str, **known: Any) -> OwnerPhone:
        """An owner who agreed to the privacy words, and has said hello."""
        phone = self.sim.owner(external_userid)
        await phone.say("你好")
        await self.quiet()
        await self.app.db.write(_know, external_userid, known or {"enterprise": "林晓的店"})
        return phone

    async def push(self, external_userid: str, text: str, about: str = "", **more: Any) -> None:
        """Something happens that they are told of."""
        await self.app.db.write(_push, external_userid, text, about, self.clock.now(), more)

    async def failed(self) -> int:
        """How many arrivals are set aside."""
        return await self.app.db.read(inbox.failed_count)

    async def states(self) -> list[str]:
        """What became of all that was to be said, in its order."""
        return await self.app.db.read(_states)


def _know(tx: Tx, address: str, known: dict[str, Any]) -> None:
    found = people.find(tx, "kefu", address)
    assert found is not None
    assert found[1] is not None
    people.change(tx, found[1].id, **{"phone": "+8613800000000", "consented": CONSENT, **known})


def _push(tx: Tx, address: str, text: str, about: str, now: datetime, more: dict[str, Any]) -> None:
    found = people.find(tx, "kefu", address)
    assert found is not None
    assert found[1] is not None
    more = {"priority": Priority.NEWS, **more}
    outbox.say(tx, found[0], found[1].id, Message(text), now, about=about, **more)


def _states(tx: Tx) -> list[str]:
    return [row.state for row in tx.all(select(rows.c.id, rows.c.state).order_by(rows.c.id))]


def values(shown: Shown) -> list[str]:
    """The buttons' values behind the lines of a menu, in their order."""
    return [value_of(one) for one in words.menu(shown)]


@asynccontextmanager
async def kefu_office(folder: Path, *more: str, url: str = "") -> AsyncIterator[KefuOffice]:
    """An office whose owners write to customer service. more: names of further settings of the platform."""
    clock = Turned()
    async with WecomSim(now=clock.seconds) as sim:
        settings = offices.settings(folder, url).model_copy(update=told(sim, *more))
        async with offices.running(building.build(settings, clock, OFFICE)) as running:
            sim.office_at(running.url(""))
            yield KefuOffice(sim, running, clock)
