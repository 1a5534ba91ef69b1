"""The service account's calls: only who can sign is heard, and nothing of a stranger is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from storage import people
from tests.bot.wechat.offices import PushOffice, push_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[PushOffice]:
    async with push_office(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "query",
    [
        "",
        "msg_signature=0&timestamp=1&nonce=2",
        f"msg_signature={'0' * 40}&timestamp=1&nonce=2",
        f"msg_signature={'0' * 40}&msg_signature={'0' * 40}&timestamp=1&nonce=2",
    ],
)
@pytest.mark.parametrize("body", [b"", b"<xml>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b"\xff\x00", b"{}"])
async def test_who_cannot_sign_is_not_heard(office: PushOffice, query: str, body: bytes) -> None:
    async with ClientSession() as http:
        async with http.post(office.running.url(f"/wechat/service?{query}"), data=body) as answer:
            assert answer.status == 403
        async with http.get(office.running.url(f"/wechat/service?{query}&echostr=<b>1")) as answer:
            assert answer.status == 403


async def test_three_copies_of_one_event_are_one_door(office: PushOffice) -> None:
    await office.owner_of("wm1", unionid="u-linxiao")
    office.sim.callbacks.copies = 3
    assert (await office.sim.follow("o-service", "u-linxiao")).accepted
    assert await office.doors_of("wm1") == {"kefu": True, "service": True}


async def test_who_followed_before_they_wrote_is_known_at_the_next_event(office: PushOffice) -> None:
    await office.sim.follow("o-service", "u-linxiao")
    assert await office.app.db.read(people.find, "service", "o-service") is None
    await office.owner_of("wm1", unionid="u-linxiao")
    await office.sim.follow("o-service", "u-linxiao")
    assert await office.doors_of("wm1") == {"kefu": True, "service": True}


async def test_a_platform_that_is_down_is_asked_again_with_the_event(office: PushOffice) -> None:
    await office.owner_of("wm1", unionid="u-linxiao")
    office.sim.faults.http("user/info")
    told = await office.sim.follow("o-service", "u-linxiao")
    assert told.answers == [503, 200]
    assert (await office.doors_of("wm1"))["service"]
