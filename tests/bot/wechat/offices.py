"""An office with customer service and every door that pushes, over real HTTP; owners whose window has shut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession
from sqlalchemy import select

from bot import app as building
from domain.case import Actor, Case, Kind, Role, Status
from handlers import casework
from handlers.casework import Filed
from storage import cases, people, visits
from storage.tables import addresses
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.kefu.offices import OFFICE, KefuOffice, Turned, told
from tests.bot.platforms import NOON
from tests.wecom_sim import WecomSim, wechat, words
from tests.wecom_sim.consoles import MINI_TEMPLATE
from tests.wecom_sim.owners import OwnerPhone

DOORS = (
    "wechat_api",
    "wechat_mini_app_id",
    "wechat_mini_secret",
    "wechat_mini_template",
    "wechat_mini_page",
    "wechat_service_app_id",
    "wechat_service_secret",
    "wechat_service_template",
    "wechat_service_token",
    "wechat_service_aes_key",
    "sms_url",
    "sms_secret",
)
MOBILE = "+8613900000001"
WINDOW = timedelta(hours=48, seconds=1)


class Noon(Turned):
    """Runs on from the noon of a Monday, when owners may be written to."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = NOON - super().now()


@dataclass
class PushOffice(KefuOffice):
    """A running office with everything by which an owner can still be told something."""

    async def owner_of(self, external_userid: str, phone: str = MOBILE, unionid: str = "") -> OwnerPhone:
        """An owner who has said hello in customer service."""
        self.sim.owner(external_userid, "林晓", unionid)
        return await self.owner(external_userid, enterprise="晓林面馆", phone=phone)

    async def asked(self, external_userid: str, text: str = "可以直接来窗口办理") -> Case:
        """An inquiry of theirs, answered two days after they last wrote, so that they are asked with a shut window."""
        self.clock.ahead += WINDOW
        case = await self.app.db.write(_answered, external_userid, text, self.clock.now())
        await self.quiet()
        return case

    async def subscribed(self, openid: str, ticket: str, unionid: str = "") -> int:
        """Somebody taps in the mini program that was opened with a ticket; the status of the answer."""
        self.sim.on_wechat(openid, unionid).subscribe(MINI_TEMPLATE)
        return await self.told_subscribed({"code": wechat.new_login(self.sim, openid), "ticket": ticket})

    async def told_subscribed(self, body: object) -> int:
        """The page of the mini program calls; the status of the answer."""
        async with ClientSession() as http, http.post(self.running.url("/wechat/subscribed"), json=body) as answer:
            return answer.status

    def on(self, openid: str) -> list[str]:
        """What somebody sees at the mini program or the service account, message by message."""
        return [words.words(one) for one in self.sim.on_wechat(openid).shown]

    def by_sms(self, number: str = MOBILE) -> list[str]:
        """The text messages on a phone."""
        return [str(one.body["text"]) for one in self.sim.phone(number)]

    async def case_of(self, case: Case) -> Case:
        """A case as it stands."""
        found = await self.app.db.read(cases.get, case.id)
        assert found is not None
        return found

    async def to_phone(self) -> list[int]:
        """The cases somebody has to phone about."""
        return [call.case for call in await self.app.db.read(visits.owed_calls)]

    async def doors_of(self, external_userid: str) -> dict[str, bool]:
        """The channels of an owner, and whether they can be written to there."""
        return await self.app.db.read(_doors, external_userid)


def person_of(tx: Tx, external_userid: str) -> int:
    """Who writes to customer service under this name."""
    found = people.find(tx, "kefu", external_userid)
    assert found is not None
    assert found[1] is not None
    return found[1].id


def _doors(tx: Tx, external_userid: str) -> dict[str, bool]:
    person = person_of(tx, external_userid)
    found = tx.all(select(addresses.c.channel, addresses.c.reachable).where(addresses.c.person_id == person))
    return {row.channel: bool(row.reachable) for row in found}


def _answered(tx: Tx, external_userid: str, text: str, now: datetime) -> Case:
    person = person_of(tx, external_userid)
    filed = Filed(kind=Kind.INQUIRY, facts="夜市怎么报备")
    case = casework.file(tx, filed, Actor(person, Role.OWNER), person, now)
    desk = people.create(tx, "zh_CN", now, name="陈岚")
    case = casework.act(tx, case.id, "answer_at_once", Actor(desk.id, Role.DISPATCHER), now, text=text)
    assert case.status is Status.ANSWERED
    return case


@asynccontextmanager
async def push_office(folder: Path, *without: str) -> AsyncIterator[PushOffice]:
    """An office with every door that pushes but those whose settings begin with one of `without`."""
    clock = Noon()
    async with WecomSim(now=clock.seconds) as sim:
        named = [name for name in DOORS if not name.startswith(without)] if without else list(DOORS)
        settings = offices.settings(folder).model_copy(update=told(sim, *named))
        async with offices.running(building.build(settings, clock, OFFICE)) as running:
            sim.office_at(running.url(""))
            yield PushOffice(sim, running, clock)
