"""The web chat's socket: everything once and in order, whatever the page, the network or a stranger sends."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import web
from handlers.registry import FLOWS
from storage import migrations
from tests.bot import offices
from tests.bot.offices import Chat, Running

PNG = b"\x89PNG\r\n\x1a\n"
LAMP = "门口的路灯坏了三天，晚上客人看不见路"
ENOUGH_DEPTH = 100_000


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.demo(tmp_path) as running:
        yield running


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


async def file_lamp(owner: Chat) -> dict[str, Any]:
    """File the case of the lamp; returns what the owner hears at the end."""
    kinds = await owner.say(LAMP)
    consent = await owner.tap("诉求", kinds)
    summary = await owner.tap("同意", consent)
    return await owner.tap("提交", summary)


async def everything(office: Running, person: str, **query: Any) -> list[dict[str, Any]]:
    """All that was said at a socket, up to the answer to a question asked at the end.

    Acks are left out: that of the question may come before, between or after what the socket shows by itself.
    """
    chat = await office.chat(person, **query)
    await chat.send({"text": "/nothing_of_the_kind"})
    await chat.heard("/nothing_of_the_kind")
    await chat.close()
    return [frame for frame in chat.frames if "ack" not in frame]


# --- a case ---------------------------------------------------------------------------------------------------


async def test_a_case_goes_from_the_first_word_to_the_rating_over_sockets_alone(office: Running) -> None:
    owner, dispatcher, liaison = [await office.chat(name) for name in ("owner1", "dispatcher", "liaison")]
    filed = await file_lamp(owner)
    assert "20" in filed["text"]
    task = await dispatcher.heard("路灯")
    await dispatcher.tap(task["buttons"][0][0]["label"], task)
    assert "受理" in (await owner.heard())["text"]
    working = await liaison.tap("签收", await liaison.heard("路灯"))
    await owner.heard("接手")
    await liaison.tap("答复", working)
    outcome = await liaison.say("路灯换好了，今晚亮灯。")
    await liaison.tap("发出", await liaison.tap("解决了", outcome))
    question = await owner.heard("换好")
    levels = await owner.tap("解决", question)
    words = await owner.tap(levels["buttons"][0][0]["label"], levels)
    closed = await owner.tap("跳过", words)
    assert "谢谢" in closed["text"] or "感谢" in closed["text"]


async def test_a_case_is_filed_by_typing_numbers_only(office: Running) -> None:
    owner = await office.chat("owner1")
    await owner.say(LAMP)
    for number in ("1", "1"):
        answer = await owner.say(number)
    assert answer["title"]
    assert "编号" in (await owner.say("1"))["text"]


async def test_an_owner_with_a_cookie_files_in_an_office_in_earnest(real: Running) -> None:
    visitor = await real.visitor()
    owner = await visitor.chat()
    await owner.tap("诉求", await owner.say(LAMP))
    answer = await owner.say("1")
    assert "门店" in answer["text"] or "企业" in answer["text"]
    await visitor.close()


# --- once only ------------------------------------------------------------------------------------------------


async def test_what_is_sent_three_times_under_one_id_counts_once(office: Running) -> None:
    owner = await office.chat("owner1", echo=1)
    for _ in range(3):
        await owner.send({"id": "same", "text": LAMP})
    for _ in range(3):
        await owner.acked("same")
    frames = await everything(office, "owner1", after=0, echo=1)
    assert frames[0]["said"]["id"] == "same"
    assert sum("said" in frame for frame in frames) == 2
    assert sum("message" in frame for frame in frames) == 2


async def test_one_id_on_two_sockets_counts_once(office: Running) -> None:
    one, other = await office.chat("owner1", echo=1), await office.chat("owner1", echo=1)
    await asyncio.gather(*(chat.send({"id": "same", "text": LAMP}) for chat in (one, other)))
    await asyncio.gather(*(chat.acked("same") for chat in (one, other)))
    frames = await everything(office, "owner1", after=0, echo=1)
    assert sum(frame.get("said", {}).get("id") == "same" for frame in frames) == 1


async def test_two_people_may_use_the_same_id(office: Running) -> None:
    one, other = await office.chat("owner1"), await office.chat("owner2")
    assert (await one.say(LAMP, id="same"))["buttons"]
    assert (await other.say(LAMP, id="same"))["buttons"]


# --- coming back ----------------------------------------------------------------------------------------------


async def test_coming_back_after_a_ref_shows_what_came_since_and_nothing_twice(office: Running) -> None:
    owner = await office.chat("owner1")
    seen = await owner.say("你好")
    await owner.say(LAMP)
    await owner.close()
    back = await office.chat("owner1", after=seen["ref"])
    assert "路灯" in (await back.heard())["text"]
    await back.say("1")
    assert len(back.refs()) == len(set(back.refs())) == 2
    assert back.refs() == sorted(back.refs(), key=int)


async def test_coming_back_without_a_ref_shows_what_was_never_shown(office: Running) -> None:
    owner = await office.chat("owner1")
    await file_lamp(owner)
    frames = await everything(office, "dispatcher")
    assert "路灯" in json.dumps(frames[0], ensure_ascii=False)
    assert not any("路灯" in json.dumps(frame, ensure_ascii=False) for frame in await everything(office, "dispatcher"))


async def test_the_history_holds_both_sides_in_their_order(office: Running) -> None:
    owner = await office.chat("owner1")
    kinds = await owner.say(LAMP)
    await owner.tap("诉求", kinds)
    frames = (await everything(office, "owner1", after=0, echo=1))[:4]
    assert [next(iter(frame)) for frame in frames] == ["said", "message", "said", "message"]
    assert frames[0]["said"]["text"] == LAMP
    assert "诉求" in frames[2]["said"]["text"]


async def test_both_sockets_of_one_person_show_the_same(office: Running) -> None:
    one, other = await office.chat("owner1", echo=1), await office.chat("owner1", after=0, echo=1)
    await one.send({"text": LAMP})
    assert (await one.heard())["ref"] == (await other.heard())["ref"]
    assert other.frames[0]["said"]["text"] == LAMP


async def test_a_second_page_of_a_new_visitor_shows_what_the_first_page_began(real: Running) -> None:
    visitor = await real.visitor()
    one, other = await visitor.chat(after=0, echo=1), await visitor.chat(after=0, echo=1)
    await one.send({"text": "你好"})
    assert (await one.heard())["ref"] == (await other.heard())["ref"]
    await visitor.close()


async def test_a_page_of_a_history_that_is_gone_is_told_to_begin_anew(office: Running) -> None:
    page = await office.chat("owner1", after=57, echo=1)
    assert await page.ended() == web.ANOTHER_HISTORY


async def test_a_program_far_ahead_only_hears_what_is_new(office: Running) -> None:
    program = await office.chat("owner1", after=57)
    assert (await program.say("你好"))["buttons"]


async def test_a_page_that_vanishes_does_not_stop_the_others_nor_the_clock(office: Running) -> None:
    gone, there = await office.chat("owner1"), await office.chat("owner1")
    await gone.say("你好")
    gone.ws._response.connection.transport.abort()  # type: ignore[union-attr]
    await there.say(LAMP)
    assert await office.forward(forward="P1D")
    assert (await there.say("1"))["text"]


# --- hostile frames -------------------------------------------------------------------------------------------

DEEP = '{"id":"deep","text":' + "[" * ENOUGH_DEPTH + "]" * ENOUGH_DEPTH + "}"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no json",
        "[]",
        "null",
        "17",
        DEEP,
        '{"id":"deep","x":' + "[" * ENOUGH_DEPTH,
        '{"text":"no id"}',
        '{"id":""}',
        '{"id":"' + "x" * 65 + '"}',
        '{"id":"line\\nbreak","text":"x"}',
        '{"id":7,"text":"x"}',
        '{"id":"a","text":null}',
        '{"id":"a","text":["x"]}',
        '{"id":"a","press":{}}',
        '{"id":"a","file":"x"}',
        '{"id":"a","file":{"name":1,"data":2}}',
        '{"id":"a","place":{"lat":91,"lon":0}}',
        '{"id":"a","place":{"lat":"x","lon":0}}',
        '{"id":"a","place":{"lat":1e999,"lon":0}}',
        '{"id":"a","text":"\\ud800"}',
    ],
)
async def test_a_frame_that_says_nothing_is_refused_and_the_next_is_heard(office: Running, frame: str) -> None:
    owner = await office.chat("owner1")
    await owner.ws.send_str(frame)
    assert (await owner.heard())["ref"] == "0"
    assert (await owner.say("你好"))["buttons"]


@pytest.mark.parametrize(
    "more",
    [
        {"press": "t:1:1:\x00"},
        {"press": "t:99999999999999999999:1:yes"},
        {"press": "f:case:" + "9" * 200},
        {"press": "f:join:\x00"},
        {"press": ":" * 500},
        {"text": "a\x00b"},
        {"text": "/join \x00\x00"},
        {"text": "x" * 300_000},
        {"text": "\u202e\u0300" * 3000},
        {"place": {"lat": 1, "lon": 2, "label": "\x00" * 500}},
        {"file": {"name": "\x00", "data": "aGVsbG8="}, "text": "\x00"},
        {"unknown": {"key": [1, 2]}, "text": "你好"},
    ],
)
async def test_strange_content_is_answered_and_breaks_nothing(
    tmp_path: Path, database_url: str, more: dict[str, Any]
) -> None:
    if "postgresql" in database_url:
        migrations.upgrade(database_url)
    async with offices.demo(tmp_path, database_url) as office:
        owner = await office.chat("owner1")
        await owner.send(more)
        assert (await owner.heard())["ref"] != "0"
        assert (await office.health())["failed_arrivals"] == 0


async def test_bytes_instead_of_words_are_passed_over(office: Running) -> None:
    owner = await office.chat("owner1")
    await owner.ws.send_bytes(b"\x00\x01")
    assert (await owner.say("你好"))["buttons"]


async def test_a_frame_too_large_ends_its_socket_only(office: Running) -> None:
    owner, other = await office.chat("owner1"), await office.chat("owner2")
    with suppress(ConnectionError):  # the office hangs up while the frame is still on its way
        await owner.ws.send_str("x" * (web.LARGEST_FRAME_BYTES + 1))
    await owner.ended()
    assert (await other.say("你好"))["buttons"]


@pytest.mark.parametrize("after", ["x", "-1", "1e3", "٣", "9" * 30, "1;2"])
async def test_an_after_that_is_no_ref_is_refused(office: Running, after: str) -> None:
    assert (await office.get(f"/chat/ws?as=owner1&after={after}"))[0] == 400


async def test_a_group_chat_leads_to_the_private_one(office: Running) -> None:
    group = await office.chat("group")
    assert offices.PUBLIC in (await group.say("/file"))["text"]


# --- when something is wrong on our side ----------------------------------------------------------------------


async def broken(talk: Any) -> None:
    """A conversation with a mistake in it."""
    raise KeyError(talk.turn.incoming.text)


def breaks(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Put a mistake into a conversation."""
    monkeypatch.setitem(FLOWS, name, replace(FLOWS[name], function=broken))


async def test_a_mistake_of_ours_is_owned_up_to_kept_and_mended(
    office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, administrator = await office.chat("owner1"), await office.chat("administrator")
    with monkeypatch.context() as broken_for_now, capture_logs() as logs:
        breaks(broken_for_now, "offer")
        answer = await owner.say(f"{LAMP}，电话13812345678", id="x" * 64)
        health = await office.health()
    assert "保存" in answer["text"] or "留" in answer["text"]
    assert health["status"] == "degraded"
    assert health["failed_arrivals"] == 1
    assert [line["event"] for line in logs] == ["arrival failed"]
    assert "路灯" not in str(logs)
    assert "13812345678" not in str(logs)
    assert (await owner.say("你好"))["buttons"]
    failed = await administrator.say("/failed")
    assert "路灯" not in json.dumps(failed, ensure_ascii=False)
    await administrator.tap(failed["buttons"][0][0]["label"], failed)
    assert "路灯" in (await owner.heard("路灯"))["text"]
    health = await office.health()
    assert health["failed_arrivals"] == 0


async def test_what_fails_again_stays_set_aside_and_is_not_told_twice(
    office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, administrator = await office.chat("owner1"), await office.chat("administrator")
    breaks(monkeypatch, "offer")
    await owner.say(LAMP)
    failed = await administrator.say("/failed")
    with capture_logs() as logs:
        await administrator.tap(failed["buttons"][0][0]["label"], failed)
        async with asyncio.timeout(10):
            while not logs:  # noqa: ASYNC110 - the log is all that tells of it
                await asyncio.sleep(0.01)
    assert [line["event"] for line in logs] == ["arrival failed again"]
    assert (await office.health())["failed_arrivals"] == 1
    frames = await everything(office, "owner1", after=0)
    assert sum("保存" in frame["message"]["text"] for frame in frames) == 1


async def test_what_cannot_be_kept_now_is_said_and_not_acknowledged(
    office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(store: Any, data: bytes) -> str:
        raise OSError(28, "No space left on device")

    page, program = await office.chat("owner1", echo=1), await office.chat("owner2")
    with monkeypatch.context() as for_now:
        for_now.setattr(type(office.app.store), "put", full)
        refused = await program.file("lamp.png", PNG)
        await page.send({"id": "again", "file": {"name": "lamp.png", "data": base64.b64encode(PNG).decode()}})
        await page.say("你好")
    assert "稍" in refused["text"]
    assert not any("ack" in frame and frame["ack"] == "again" for frame in page.frames)
    await page.send({"id": "again", "file": {"name": "lamp.png", "data": base64.b64encode(PNG).decode()}})
    await page.acked("again")


async def test_a_mistake_while_a_frame_is_read_does_not_end_the_chat(
    office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(data: bytes, name: str) -> str:
        raise ZeroDivisionError("secret words")

    owner = await office.chat("owner1")
    with monkeypatch.context() as for_now, capture_logs() as logs:
        for_now.setattr(web, "media_of", wrong)
        assert (await owner.file("lamp.png", PNG))["ref"] == "0"
    assert [line["event"] for line in logs] == ["frame failed"]
    assert "secret" not in str(logs)
    assert (await owner.say("你好"))["buttons"]


async def test_sockets_that_closed_leave_nothing_behind(office: Running) -> None:
    chats = [await office.chat("owner1") for _ in range(3)]
    for chat in chats:
        await chat.say("你好")
        await chat.close()
    doors = office.app.doors
    async with asyncio.timeout(10):
        while doors.count:  # noqa: ASYNC110 - the closing of a socket tells nobody
            await asyncio.sleep(0.01)
    assert not doors._open
    assert not doors._by_id
