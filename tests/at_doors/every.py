"""Every channel an office can have, each beside its platform's emulator: what it sends is judged as that judges it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import ClientSession

from bot.channels.appchat import AppChat
from bot.channels.contract import Channel, Receipt
from bot.channels.customer_groups import CustomerGroups
from bot.channels.kefu.channel import Kefu
from bot.channels.robot import Robot
from bot.channels.sms import SIGNATURE, Sms
from bot.channels.wechat import templates
from bot.channels.wechat.service import Service
from bot.channels.wecom.calling import Caller
from domain.messages import Message
from domain.office import Office
from storage import people, windows
from storage.transaction import Tx
from tests import copies, town
from tests.at_doors.telegram import TelegramThere
from tests.at_doors.town import StoryTown
from tests.at_doors.wecom import Calls, WecomThere, account
from tests.wecom_sim import WecomSim, sms
from tests.wecom_sim.consoles import OPEN_KFID, ROBOT_KEY, SERVICE_TEMPLATE
from tests.wecom_sim.things import Group

#: Between two messages, so that no rate is met, and no platform takes the second for a repeat of the first.
PAUSE = timedelta(hours=5)
CHAT, COLLEAGUE, OPENID, PHONE = "unit1", "colleague", "openid-of-one", "+8613900000001"


@dataclass
class Addressed:
    """A channel, and somebody or some group to be written to by it. ready: makes them ready for one more message."""

    town: StoryTown
    channel: Channel
    address: str
    ready: Callable[[], None]

    def send(self, message: Message, key: str, replaces: str = "") -> Receipt:
        """Send one message."""
        self.town.now += PAUSE
        self.ready()
        return self.town.run(self.channel.send(self.address, message, replaces, key))

    def read(self) -> list[str]:
        """The words of all that stands before somebody who talks here."""
        who = SimpleNamespace(channel=self.channel.name, address=self.address)
        return [one.message.text for one in self.town.platform.screen(who)]


class Everywhere:
    """Two towns: one at Telegram, one at WeCom, with the groups and the doors that only push."""

    def __init__(self) -> None:
        self.telegram, self.wecom = _town("telegram"), _town("wecom")
        there = cast(WecomThere, self.wecom.platform)
        self.sim, self._keys = there.sim, itertools.count(1_000_000)
        self.channels: Mapping[str, Addressed] = {one.channel.name: one for one in self._all(there)}

    def key(self) -> str:
        """The key of a row that is not in line."""
        return f"{next(self._keys)}-{round(self.wecom.now.timestamp() * 1000):x}"

    def complaints(self) -> list[str]:
        """What no well-behaved office does, since this was asked last."""
        telegram = cast(TelegramThere, self.telegram.platform)
        found = [*self.sim.complaints, *self.sim.cuts, *telegram.refused()]
        self.sim.complaints.clear()
        self.sim.cuts.clear()
        return found

    def close(self) -> None:
        """Let the databases go."""
        self.telegram.close()
        self.wecom.close()

    def _all(self, there: WecomThere) -> list[Addressed]:
        (telegram,) = self.telegram.platform.channels.values()
        app, kefu, subscription = there.channels.values()
        owner, member = there.address("林晓", "owner"), there.address("陈岚", "official")
        self.wecom.write(_met, Kefu.name, owner, self.wecom)
        return [
            Addressed(self.telegram, telegram, self.telegram.platform.address("林晓", "owner"), _nothing),
            Addressed(self.wecom, app, member, _nothing),
            Addressed(self.wecom, kefu, owner, lambda: self._wrote(owner)),
            Addressed(self.wecom, subscription, there.subscribed("wm-one"), _nothing),
            *(Addressed(self.wecom, one, address, _nothing) for one, address in self._pushing()),
        ]

    def _pushing(self) -> list[tuple[Channel, str]]:
        sim = self.sim
        sim.on_wechat(OPENID).follows = True
        sim.member(COLLEAGUE)
        sim.groups[CHAT] = Group(CHAT, owner=COLLEAGUE, members=[COLLEAGUE, "other"], by="app")
        sim.customer_group("customers", COLLEAGUE)
        template = templates.declared(SERVICE_TEMPLATE, "the town")
        caller = cast(Caller, Calls(sim, "app"))
        return [
            (Robot(caller, self._office), ROBOT_KEY),
            (AppChat(caller, self._office), CHAT),
            (CustomerGroups(caller, self._office), COLLEAGUE),
            (Service(account(sim, "service", self.wecom.db), template), OPENID),
            (_sms(sim), PHONE),
        ]

    def _office(self) -> Office:
        return self.wecom.db.office

    def _wrote(self, owner: str) -> None:
        """The owner has just written, so that their window is open."""
        talk = self.sim.owners[owner].talks[OPEN_KFID]
        talk.said_at, talk.sent, talk.state = self.sim.now(), 0, 0
        self.wecom.write(_wrote, owner, self.wecom)


def _nothing() -> None:
    """Nothing has to be made ready."""


def _town(name: str) -> StoryTown:
    made = town.build(copies.place("sqlite"), town.FIRST_MORNING, StoryTown)
    made.sit_at(name)
    return made


def _met(tx: Tx, channel: str, address: str, at: StoryTown) -> None:
    people.meet(tx, channel, address, tx.office.language, at.now)


def _wrote(tx: Tx, address: str, at: StoryTown) -> None:
    found = people.find(tx, Kefu.name, address)
    assert found is not None
    windows.wrote(tx, found[0].id, at.now)


def _sms(sim: WecomSim) -> Sms:
    """The channel, with the gateway at the other end of its session."""
    made = Sms("https://gateway.example/sms", sim.sms_secret)
    made._session = cast(ClientSession, Gateway(sim))
    return made


class Gateway:
    """What stands where the session of the channel would."""

    def __init__(self, sim: WecomSim) -> None:
        self._sim = sim

    @asynccontextmanager
    async def post(self, _url: str, *, data: bytes, headers: Mapping[str, str], **_how: Any) -> AsyncIterator[Any]:
        """Take one message."""
        status, _told = sms.take(self._sim, data, headers[SIGNATURE], json.loads(data))
        yield SimpleNamespace(status=status, headers={})
