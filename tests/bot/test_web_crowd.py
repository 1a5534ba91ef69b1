"""Many pages, and much at once: whoever opens or sends too much gets no more than a share, and keeps nobody out."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSCloseCode, WSServerHandshakeError

from bot import filestore, serving
from bot.channels import web
from bot.media import safe_name
from bot.slowing import TokenBuckets
from tests.bot import offices
from tests.bot.offices import Chat, Running

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


async def known(office: Running) -> Chat:
    """The page of somebody who has written."""
    chat = await (await office.visitor()).chat()
    await chat.say("你好")
    return chat


async def stranger(office: Running) -> Chat:
    """The page of somebody who has not."""
    return await (await office.visitor()).chat()


async def one_left(office: Running, before: int) -> None:
    async with asyncio.timeout(10):
        while office.app.doors.count >= before:  # noqa: ASYNC110 - the closing of a socket tells nobody
            await asyncio.sleep(0.01)


async def test_one_person_has_so_many_pages_and_no_more(office: Running) -> None:
    visitor = await office.visitor()
    pages = [await visitor.chat() for _ in range(web.MOST_OF_ONE)]
    with pytest.raises(WSServerHandshakeError) as refused:
        await visitor.chat()
    assert refused.value.status == 503
    assert (await (await stranger(office)).say("你好"))["buttons"]
    before = office.app.doors.count
    await pages[0].close()
    await one_left(office, before)
    assert (await (await visitor.chat()).say("你好"))["buttons"]


async def test_where_all_pages_are_taken_the_oldest_of_a_stranger_gives_way(office: Running) -> None:
    office.app.doors._most = 3
    writing, first, second = await known(office), await stranger(office), await stranger(office)
    newcomer = await stranger(office)
    assert await first.ended() == WSCloseCode.TRY_AGAIN_LATER
    for chat in (newcomer, second, writing):
        assert (await chat.say("你好"))["buttons"]


async def test_where_all_pages_are_of_people_who_write_a_stranger_waits(office: Running) -> None:
    office.app.doors._most = 2
    writing = [await known(office), await known(office)]
    with pytest.raises(WSServerHandshakeError) as refused:
        await stranger(office)
    assert refused.value.status == 503
    assert all([(await chat.say("你好"))["buttons"] for chat in writing])


async def test_whoever_sends_too_much_is_read_more_slowly_and_loses_nothing(office: Running) -> None:
    office.app.doors.pace = TokenBuckets(burst=3, per_minute=60)
    flooding, other = await known(office), await known(office)
    for number in range(1, 5):
        await flooding.send({"text": f"第{number}件事：门口的路灯坏了"})
    await flooding.heard("第2件事")
    assert (await other.say("你好"))["buttons"], "while the next has to wait"
    assert not any("第4件事" in str(frame) for frame in flooding.frames)
    await flooding.heard("第4件事")


async def test_no_frame_swells_on_its_way_in(office: Running) -> None:
    visitor = await office.visitor()
    async with visitor.http.ws_connect(office.url("/chat/ws"), compress=15) as ws:
        assert not ws.compress


@pytest.mark.parametrize("text", ["字" * 4_000_000, "e" + "\u0301\u0316" * 2_000_000, "\x00" * 4_000_000 + "字"])
async def test_four_megabytes_of_words_are_refused_at_once(office: Running, text: str) -> None:
    chat = await known(office)
    began = time.process_time()
    answer = await chat.say(text)
    assert time.process_time() - began < 2, "of which this test takes half to send them"
    assert answer["text"]


@pytest.mark.parametrize("name", ["/" * 4_000_000, "\u202e" * 4_000_000 + ".png", "字" * 4_000_000])
def test_a_name_of_four_megabytes_is_cut_at_once(name: str) -> None:
    began = time.process_time()
    assert len(safe_name(name)) <= 120
    assert time.process_time() - began < 0.2


async def test_files_never_take_the_last_of_the_disk(office: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = await known(office)
    monkeypatch.setattr(filestore, "RESERVED_BYTES", 2**62)
    await chat.send({"file": {"name": "a.png", "data": base64.b64encode(PNG).decode()}})
    assert "没能" in (await chat.heard())["text"]
    assert (await chat.say("门口的路灯坏了"))["buttons"], "words are taken all the same"
    monkeypatch.undo()
    assert (await chat.file("a.png", PNG))["buttons"]


def test_a_large_file_stops_on_its_way_where_the_last_of_the_disk_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filestore.FileStore(tmp_path).pieces() as pieces:
        pieces.write(PNG)
        monkeypatch.setattr(filestore, "RESERVED_BYTES", 2**62)
        with pytest.raises(OSError, match="database"):
            pieces.write(PNG)


def test_where_few_files_may_be_open_half_of_them_are_left_to_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.resource, "getrlimit", lambda _which: (1024, 4096))
    assert web.most_open() == 512
    monkeypatch.setattr(web.resource, "getrlimit", lambda _which: (web.resource.RLIM_INFINITY,) * 2)
    assert web.most_open() == web.MOST_OPEN


def test_the_office_asks_for_as_many_files_as_it_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"open": (1024, 4096)}
    monkeypatch.setattr(serving.resource, "getrlimit", lambda _which: limits["open"])
    monkeypatch.setattr(serving.resource, "setrlimit", lambda _which, wanted: limits.update(open=wanted))
    serving._open_many_files()
    assert limits["open"] == (4096, 4096)
    limits["open"] = (65536, 65536)
    serving._open_many_files()
    assert limits["open"] == (65536, 65536), "what is enough stays"
