"""What becomes of a message on its way: greeted by a code, taken and lost, refused, in a person's hand, too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from bot import shown
from bot.channels.contract import TryLater, Undeliverable
from domain.messages import Attachment, Message, Promised
from domain.together import MORE
from handlers import dispatch
from storage import files, outbox, people
from storage.outbox import Priority
from storage.transaction import Tx
from tests.bot.kefu.offices import KefuOffice, kefu_office, values
from tests.bot.offices import PUBLIC
from tests.wecom_sim import words


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[KefuOffice]:
    async with kefu_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []


# --- greeting ---------------------------------------------------------------------------------------------------------


async def test_who_comes_in_is_greeted_at_no_cost(office: KefuOffice) -> None:
    owner = office.sim.owner("wm1")
    await owner.enter("qr")
    await office.quiet()
    assert "您好" in owner.heard()
    assert (owner.talk.sent, office.sim.calls["kf/send_msg"]) == (0, 0)
    await owner.enter("qr")
    await office.quiet()
    assert len(owner.shown) == 1


async def test_who_comes_back_hears_what_waited_in_the_greeting(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.clock.ahead += timedelta(hours=49)
    await office.push("wm1", "已办结")
    await office.quiet()
    assert len(owner.shown) == 1
    await owner.enter("qr")
    await office.quiet()
    assert owner.heard().index("已办结") < owner.heard().index("您好")
    assert office.sim.refusals == {}


async def test_a_link_leads_where_it_says(office: KefuOffice) -> None:
    owner = office.sim.owner("wm1")
    await owner.enter("qr", "join_AB2CD-EF3GH")
    await office.quiet()
    assert "邀请" in owner.heard() or "这个码" in owner.heard()


async def test_a_greeting_whose_answer_was_lost_is_not_said_twice(office: KefuOffice) -> None:
    owner = office.sim.owner("wm1")
    office.sim.faults.closed_after("kf/send_msg_on_event")
    await owner.enter("qr")
    await office.quiet()
    assert len(owner.shown) == 1


# --- taken, lost, refused ---------------------------------------------------------------------------------------------


async def test_a_message_whose_answer_was_lost_arrives_once_and_counts_once(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.sim.faults.closed_after("kf/send_msg")
    await office.push("wm1", "已受理")
    await office.quiet()
    assert [words.words(one) for one in owner.shown[1:]] == ["已受理"]
    for text in ("二", "三", "四"):
        await office.push("wm1", text)
        await office.quiet()
    assert len(owner.shown) == 5


async def test_what_was_taken_and_did_not_arrive_is_said_first_next_time(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.sim.kf_fails.append(4)
    await office.push("wm1", "已办结")
    await office.sim.until(lambda: office.sim.calls["kf/send_msg"] == 2)
    await office.quiet()
    assert not owner.saw("已办结")
    await owner.say("你好")
    await office.quiet()
    assert owner.heard().index("已办结") < owner.heard().index("您好")


async def test_what_is_held_back_for_safety_is_not_tried_again(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.sim.kf_fails.append(13)
    await office.push("wm1", "有问题的话")
    await office.sim.until(lambda: office.sim.calls["kf/send_msg"] == 2)
    await office.quiet()
    await owner.say("你好")
    await office.quiet()
    assert "您好" in owner.heard()
    assert not owner.saw("有问题的话")


async def test_while_a_person_has_the_talk_in_hand_nothing_is_said(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    await owner.hand_over("lisi")
    await owner.hear_servicer("我来处理")
    await office.push("wm1", "已受理")
    await office.sim.until(lambda: office.sim.refusals["kf/send_msg", 95018])
    await owner.say("谢谢您")
    await office.quiet()
    assert len(owner.shown) == 1
    await owner.end()
    await owner.say("你好")
    office.clock.ahead += timedelta(minutes=6)
    office.app.clock_jumped()
    await office.quiet()
    assert owner.saw("已受理")
    assert owner.saw("您好")
    assert not owner.saw("谢谢")


async def test_a_talk_that_ended_is_shut_until_they_write(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    await owner.end()
    await office.push("wm1", "已受理")
    await office.quiet()
    assert len(owner.shown) == 1
    await owner.say("你好")
    await office.quiet()
    assert "已受理" in owner.heard()


# --- too long ---------------------------------------------------------------------------------------------------------


async def test_what_is_too_long_for_a_turn_is_brought_by_a_tap(
    office: KefuOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await office.owner("wm1")
    long = "".join(f"第{number}条办法。" for number in range(700))
    real = dispatch.routed

    def lengthy(turn: dispatch.Turn) -> list[Message]:
        return [Message(long)] if turn.incoming.text == "全文" else real(turn)

    monkeypatch.setattr(dispatch, "routed", lengthy)
    await owner.say("全文")
    await office.quiet()
    assert len(owner.shown) == 4
    heard = ""
    for _time in range(20):
        heard = "".join(words.words(one) for one in owner.shown[1:])
        if MORE not in values(owner.last()):
            break
        await owner.choose("继续看")
        await office.quiet()
    told = heard.replace("继续看", "").replace("\n", "")
    assert told == long
    assert office.sim.refusals == {}


async def test_a_tap_on_go_on_where_nothing_is_left_is_answered(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    await owner._say("text", {"content": "继续看", "menu_id": "ef_3arest"})
    await office.quiet()
    assert "后面没有内容了" in owner.heard()


async def test_the_answer_fits_beside_much_that_waited(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.clock.ahead += timedelta(hours=49)
    for number in range(20):
        await office.push("wm1", f"第{number}件" + "很长的进展。" * 60)
        await office.quiet()
    await owner.say("你好")
    await office.quiet()
    assert owner.saw("第0件")
    assert "您好" in owner.heard()
    assert owner.talk.sent <= 3
    for _time in range(30):
        if MORE not in values(owner.last()):
            break
        await owner.choose("继续看")
        await office.quiet()
    assert all(owner.saw(f"第{number}件") for number in range(20))


# --- files ------------------------------------------------------------------------------------------------------------


async def test_a_photo_of_an_owner_is_fetched(office: KefuOffice) -> None:
    channel = office.app.channels["kefu"]
    owner = await office.owner("wm1")
    await owner.send_image(b"\xff\xd8\xff\xe0 a photo")
    await office.quiet()

    async with asyncio.timeout(20):
        while await office.app.db.read(files.wanted_count):  # noqa: ASYNC110 - another thread writes
            await asyncio.sleep(0.01)
    office.sim.faults.once("media/get", 40007)
    with pytest.raises(Undeliverable):
        await channel.fetch("media:gone")
    office.sim.faults.once("media/get", 45009)
    with pytest.raises(TryLater):
        await channel.fetch("media:gone")


async def test_a_file_of_an_answer_is_a_link_for_whoever_has_the_message(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    digest = office.app.store.put(b"%PDF-1.4 result")

    def answer(tx: Tx) -> None:
        found = people.find(tx, "kefu", "wm1")
        assert found is not None
        record = files.add(tx, Promised("结果.pdf", "application/pdf", 15, digest), "web", None, office.clock.now())
        message = Message("办结了", files=(Attachment(record.id, record.name, record.media),))
        outbox.say(tx, found[0], found[1].id if found[1] else None, message, office.clock.now(), priority=Priority.NEWS)

    await office.app.db.write(answer)
    await office.quiet()
    (link,) = words.links(owner.last())
    assert link.startswith(f"{PUBLIC}/shown/")
    async with ClientSession() as http:
        path = urlsplit(link).path
        async with http.get(office.running.url(path)) as found:
            assert (found.status, await found.read()) == (200, b"%PDF-1.4 result")
        async with http.get(office.running.url(path[:-1] + ("A" if path[-1] != "A" else "B"))) as refused:
            assert refused.status == 404


def test_a_link_to_a_file_ends_and_cannot_be_made_by_others() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    code = shown.code_of(7, b"s" * 32, now)
    assert shown.file_of(code, b"s" * 32, now + timedelta(days=30)) == 7
    assert shown.file_of(code, b"s" * 32, now + timedelta(days=32)) is None
    assert shown.file_of(code, b"x" * 32, now) is None
    assert shown.file_of("", b"s" * 32, now) is None
    assert shown.file_of("A" * 40, b"s" * 32, now) is None
