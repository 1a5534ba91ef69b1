"""The demo on a platform: unknown people are owners, codes make officials of them, and the moved clock counts there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import demo_invitations, demo_office, serving
from bot.channels.contract import Limits, Receipt
from bot.connecting import Connected
from domain.case import UNIT_ROLES, Role
from domain.messages import Incoming, Message
from storage import outbox, people, units
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import Running, fresh_id

THERE = "https://t.me/desk_bot"


class Platform:
    """A channel that keeps what it is to send."""

    name = "telegram"
    limits = Limits()

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []
        self._more = asyncio.Condition()

    def parse(self, raw: bytes) -> Incoming | None:
        said = json.loads(raw)
        return Incoming(self.name, fresh_id(), said["from"], said["text"])

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        async with self._more:
            self.sent.append((address, message))
            self._more.notify_all()
        return Receipt(f"{address}/{len(self.sent)}")

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        return "", b""

    async def close(self) -> None:
        """Nothing is open."""

    async def heard(self, address: str, words: str) -> Message:
        """Wait until somebody was told this."""

        def found() -> list[Message]:
            return [message for to, message in self.sent if to == address and words in f"{message.title}{message.text}"]

        async with asyncio.timeout(offices.WAIT_SECONDS), self._more:
            await self._more.wait_for(found)
            return found()[-1]


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def office(tmp_path: Path, platform: Platform) -> AsyncIterator[Running]:
    app = serving.demo(offices.settings(tmp_path))
    app.connected.append(Connected(platform))
    async with offices.running(app) as made:
        await app.opens_at("telegram", THERE)
        yield made


async def invited(office: Running, role: str) -> dict[str, Any]:
    async with office.http.post(office.url("/demo/invite"), json={"role": role}) as answer:
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


async def says(office: Running, address: str, text: str) -> None:
    """Somebody writes to the bot."""
    channel = office.app.channels["telegram"]
    await office.app.take(channel, json.dumps({"from": address, "text": text}).encode())


async def test_an_unknown_person_is_an_owner_and_a_code_makes_an_official_of_them(
    office: Running, platform: Platform
) -> None:
    await says(office, "71", "/help")
    helped = await platform.heard("71", "/file")
    assert "/desk" not in helped.text
    code = await invited(office, "dispatcher")
    assert code["link"] == f"{THERE}?start=join_{code['code']}"
    assert code["say"] == f"/join {code['code']}"
    await says(office, "71", code["say"])
    await platform.heard("71", "派单员")
    await says(office, "71", "/help")
    assert "/desk" in (await platform.heard("71", "/desk")).text


async def test_a_code_is_good_once(office: Running, platform: Platform) -> None:
    code = await invited(office, "supervisor")
    await says(office, "71", code["say"])
    await platform.heard("71", "欢迎")
    await says(office, "72", code["say"])
    assert "无效" in (await platform.heard("72", "无效")).text


async def test_every_role_can_be_had_and_one_of_a_unit_is_held_in_every_unit(
    office: Running, platform: Platform
) -> None:
    roles = [one["role"] for one in json.loads((await office.get("/demo/platforms"))[1])["roles"]]
    assert {Role.DISPATCHER, Role.LIAISON, Role.HANDLER, Role.HEAD, Role.ADMINISTRATOR} <= set(roles)
    for number, role in enumerate(roles, 100):
        await says(office, str(number), (await invited(office, role))["say"])
        await platform.heard(str(number), "欢迎")

    def held(tx: Tx, role: str) -> set[int | None]:
        found = people.find(tx, "telegram", str(100 + roles.index(role)))
        assert found is not None
        assert found[1] is not None
        return {one.unit for one in people.holdings(tx, found[1].id, office.app.clock.now()) if one.role == role}

    every = {unit.id for unit in await office.app.db.read(units.every)}
    for role in roles:
        assert await office.app.db.read(held, role) == (every if role in UNIT_ROLES else {None})


async def test_a_liaison_on_the_platform_and_the_sample_one_both_get_the_task(
    office: Running, platform: Platform
) -> None:
    await says(office, "71", (await invited(office, "liaison"))["say"])
    await platform.heard("71", "欢迎")
    owner, dispatcher, liaison = [await office.chat(name) for name in ("owner1", "dispatcher", "liaison")]
    await owner.say("门口的路灯坏了三天")
    for _time in range(3):
        await owner.say("1")
    task = await dispatcher.heard("路灯")
    await dispatcher.tap(task["buttons"][0][0]["label"], task)
    told = await platform.heard("71", "路灯")
    assert (await liaison.heard("路灯"))["title"] == told.title


async def test_what_is_held_back_goes_when_the_clock_is_moved(office: Running, platform: Platform) -> None:
    await says(office, "71", "你好")

    def hold_back(tx: Tx) -> None:
        found = people.find(tx, "telegram", "71")
        assert found is not None
        assert found[1] is not None
        now = office.app.clock.now()
        outbox.say(tx, found[0], found[1].id, Message("明早再说"), now, not_before=now + timedelta(hours=15))

    await office.app.db.write(hold_back)
    assert not any("明早" in message.text for _to, message in platform.sent)
    await office.forward(forward="P1D")
    await platform.heard("71", "明早再说")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"role":"owner"}',
        b'{"role":"clock"}',
        b'{"role":7}',
        b'{"role":"liaison","unit":1}',
        b"[" * 9999,
    ],
)
async def test_a_role_nobody_is_invited_to_is_refused(office: Running, body: bytes) -> None:
    async with office.http.post(office.url("/demo/invite"), data=body) as answer:
        assert answer.status == 400


async def test_no_page_of_another_site_gets_a_code(office: Running) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    async with office.http.post(office.url("/demo/invite"), json={"role": "head"}, headers=headers) as answer:
        assert answer.status == 403


async def test_an_office_in_earnest_gives_no_codes_away(tmp_path: Path) -> None:
    async with offices.production(tmp_path) as earnest:
        assert (await earnest.get("/demo/platforms"))[0] == 404
        async with earnest.http.post(earnest.url("/demo/invite"), json={"role": "head"}) as answer:
            assert answer.status in (404, 405)


async def test_the_sample_people_are_there_before_anybody_can_come_in(tmp_path: Path) -> None:
    app = serving.demo(offices.settings(tmp_path))
    try:
        assert app.db.read_now(demo_office.is_demo)
        code = app.db.write_now(demo_invitations.made, Role.LIAISON, app.clock.now())
        assert len(code) == 11
    finally:
        await app.db.close()


async def test_where_the_chat_opens_is_announced_once_the_platform_has_said_so(tmp_path: Path) -> None:
    app = serving.demo(offices.settings(tmp_path))
    told: list[str] = []
    app.announce = told.append
    async with offices.running(app) as made:
        assert json.loads((await made.get("/demo/platforms"))[1])["link"] == ""
        await app.opens_at("telegram", THERE)
        assert told == [THERE]
        assert json.loads((await made.get("/demo/platforms"))[1])["link"] == THERE
