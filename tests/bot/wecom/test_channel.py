"""Officials in the app, over real HTTP: what they see on their phones, and that nothing is lost or shown twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channels.contract import TryLater, Undeliverable, Unreachable
from bot.channels.wecom.channel import WeCom
from domain.case import Role
from domain.messages import Button, Message, rows
from storage.tables import addresses, card_codes, files
from storage.transaction import Tx
from tests.bot.wecom.app_office import AppOffice, app_office, met, say, tell
from tests.wecom_sim import words
from tests.wecom_sim.members import MemberPhone

PHOTO = b"\xff\xd8\xff\xe0 a photograph"
VOICE = b"#!AMR\n some words"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[AppOffice]:
    async with app_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []
        assert made.sim.cuts == []


def channel(office: AppOffice) -> WeCom:
    """The channel of the running office."""
    found = office.app.channels["wecom"]
    assert isinstance(found, WeCom)
    return found


def case(text: str, *buttons: str) -> Message:
    """A card of a case in some state."""
    return Message(text, "诉求 1", buttons=rows([Button(one, f"f:{one}:1") for one in buttons], 2), card="case:1")


# --- coming, speaking -------------------------------------------------------------------------------------------------


async def test_the_console_takes_the_address_and_who_opens_the_app_is_greeted_once(office: AppOffice) -> None:
    assert await office.sim.verify_url("app") == ""
    zhang = await met(office)
    assert len(zhang.shown) == 1
    assert "f:help" in words.buttons(zhang.last())
    await zhang.enter()
    await office.quiet()
    assert len(zhang.shown) == 1


async def test_words_buttons_and_typed_numbers_are_answered(office: AppOffice) -> None:
    zhang = await met(office)
    await zhang.tap("f:help")
    await office.quiet()
    assert zhang.saw("/file")
    await zhang.click("f:file")
    await office.quiet()
    first = next(iter(words.buttons(zhang.last())))
    assert first.startswith("t:")
    await zhang.say("1")
    await office.quiet()
    assert words.buttons(zhang.last()).keys().isdisjoint({first})


async def test_three_copies_of_everything_are_answered_once(office: AppOffice) -> None:
    office.sim.callbacks.copies = 3
    zhang = await met(office)
    await zhang.say("我要投诉工地噪音")
    await office.quiet()
    await zhang.tap(next(iter(words.buttons(zhang.last()))))
    await office.quiet()
    assert max(Counter(words.words(one) for one in zhang.shown).values()) == 1
    assert all(one.answers == [200, 200, 200] for one in office.sim.callbacks.sent)


async def test_a_photo_a_voice_and_a_place_join_what_is_told(office: AppOffice) -> None:
    zhang = await met(office)
    await zhang.click("f:file")
    await office.quiet()
    for _ in ("consent", "kind"):
        await zhang.tap(next(iter(words.buttons(zhang.last()))))
        await office.quiet()
    await zhang.send_image(PHOTO)
    await zhang.send_voice(VOICE)
    await zhang.location(27.24, 112.86, "人民路1号")
    await zhang.say("工地夜间施工")
    await office.quiet()
    assert "企业" in zhang.heard()
    kept = select(files.c.media, files.c.size_bytes).where(files.c.digest != "").order_by(files.c.id)
    async with asyncio.timeout(20):
        while len(found := await office.app.db.read(lambda tx: tx.all(kept))) < 2:  # noqa: ASYNC110 - fetched beside
            await asyncio.sleep(0.01)
    assert [tuple(row) for row in found] == [("image/jpeg", len(PHOTO)), ("audio/amr", len(VOICE))]


async def test_a_file_that_is_gone_or_late_says_so(office: AppOffice) -> None:
    office.sim.faults.once("media/get", 40007)
    with pytest.raises(Undeliverable):
        await channel(office).fetch("media:nothing")
    office.sim.faults.http("media/get")
    with pytest.raises(TryLater):
        await channel(office).fetch("media:nothing")


# --- cards ------------------------------------------------------------------------------------------------------------


async def test_a_card_is_changed_in_place_as_often_as_it_is_tapped(office: AppOffice) -> None:
    zhang = await met(office)
    await tell(office, "ZhangSan", case("待受理", "take"))
    await tell(office, "ZhangSan", case("待签收", "sign"))
    assert (len(zhang.shown), zhang.last().changed) == (2, 1)
    await zhang.tap("f:sign:1")
    await office.quiet()
    before = len(zhang.shown)
    await tell(office, "ZhangSan", case("办理中", "answer"))
    assert len(zhang.shown) == before
    card = zhang.shown[1]
    assert (card.changed, words.buttons(card)) == (2, {"f:answer:1": "answer"})


async def test_when_one_acts_the_others_see_it_on_the_card_they_have(office: AppOffice) -> None:
    zhang = await office.official("ZhangSan", Role.DISPATCHER)
    li = await office.official("LiSi", Role.DISPATCHER)
    await office.official("WangWu", Role.LIAISON, "住房和城乡建设局")
    owner = await met(office, "Owner")
    await file(office, owner)
    card = li.last()
    assert "f:take:1" in words.buttons(card)
    assert zhang.last().task_id != card.task_id
    await zhang.tap("f:take:1")
    await office.quiet()
    for _step in ("unit", "others", "sort", "yes"):
        await zhang.tap(next(iter(words.buttons(zhang.last()))))
        await office.quiet()
    assert card.changed == 1
    assert "f:take:1" not in words.buttons(card)
    assert "住房和城乡建设局" in words.words(card)


async def test_who_signs_and_their_colleagues_see_it_on_the_cards_they_have(office: AppOffice) -> None:
    zhang = await office.official("ZhangSan", Role.DISPATCHER)
    wang = await office.official("WangWu", Role.LIAISON, "住房和城乡建设局")
    zhao = await office.official("ZhaoLiu", Role.LIAISON, "住房和城乡建设局")
    await file(office, await met(office, "Owner"))
    await zhang.tap("f:take:1")
    await office.quiet()
    for _step in ("unit", "others", "sort", "yes"):
        await zhang.tap(next(iter(words.buttons(zhang.last()))))
        await office.quiet()
    seen = len(wang.shown), len(zhao.shown)
    await wang.tap("f:sign:1")
    await office.quiet()
    assert (len(wang.shown), len(zhao.shown)) == seen
    for phone, told in ((wang, "已签收，会转告诉求人"), (zhao, "同事已签收")):
        assert phone.last().changed == 1
        assert told in phone.heard()
        assert "f:sign:1" not in words.buttons(phone.last())
        assert "f:answer:1" in words.buttons(phone.last())


async def file(office: AppOffice, owner: MemberPhone) -> None:
    """Somebody files a case, by whatever is asked."""
    await owner.click("f:file")
    await office.quiet()
    for _ in range(12):
        keys = list(words.buttons(owner.last()))
        if "f:case:1" in keys:
            return
        lines = [key for key in keys if not key.rsplit(":", 1)[-1].startswith("!") or key.endswith("!skip")]
        if lines:
            await owner.tap(lines[0])
        else:
            await owner.say("138 0000 0000" if "电话" in owner.heard() else "工地夜间施工，吵得没法睡")
        await office.quiet()
    raise AssertionError(owner.heard())


@pytest.mark.parametrize("how", ["too old for us", "spent at the platform"])
async def test_a_card_that_cannot_be_changed_any_more_is_shown_afresh(office: AppOffice, how: str) -> None:
    zhang = await met(office)
    await tell(office, "ZhangSan", case("待受理", "take"))
    if how == "too old for us":
        await office.app.db.write(_age_codes)
    for code in office.sim.card_codes.values():
        code.used = how == "spent at the platform"
    await tell(office, "ZhangSan", case("待签收", "sign"))
    assert len(zhang.shown) == 3
    assert words.buttons(zhang.last()) == {"f:sign:1": "sign"}
    await tell(office, "ZhangSan", case("办理中", "answer"))
    assert (len(zhang.shown), zhang.last().changed) == (3, 1)


def _age_codes(tx: Tx) -> None:
    for row in tx.all(select(card_codes)):
        tx.execute(update(card_codes).values(at=row.at - timedelta(hours=73)))


async def test_nothing_left_to_do_is_seen_on_the_card_itself(office: AppOffice) -> None:
    zhang = await met(office)
    await tell(office, "ZhangSan", case("待受理", "take"))
    await tell(office, "ZhangSan", Message("已转给他人", "诉求 1", card="case:1"))
    assert len(zhang.shown) == 2
    assert words.buttons(zhang.last()) == {}
    assert "无需再操作" in zhang.heard()


async def test_a_list_of_eight_is_chosen_from_and_one_of_twenty_by_number(office: AppOffice) -> None:
    zhang = await met(office)
    many = [Button(f"第{n}件", f"f:case:{n}") for n in range(1, 21)]
    await tell(office, "ZhangSan", Message("选一件", buttons=rows(many[:8], 2)))
    zhang.choose("choice", "f:case:7")
    await zhang.tap("choose")
    await office.quiet()
    press = office.sim.callbacks.sent[-1]
    assert press.accepted
    await tell(office, "ZhangSan", Message("选一件", buttons=rows([*many[:-1], Button("帮助", "f:help")], 2)))
    assert zhang.last().kind == "text"
    await zhang.say("20")
    await office.quiet()
    assert zhang.saw("/file")


# --- lost answers, refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [Message("您好，第一次"), case("待受理", "take")])
async def test_a_lost_answer_shows_nothing_twice(office: AppOffice, message: Message) -> None:
    zhang = await met(office)
    office.sim.faults.closed_after("message/send")
    await tell(office, "ZhangSan", message)
    assert len(zhang.shown) == 2
    office.sim.faults.closed_before("message/send")
    await tell(office, "ZhangSan", Message("第二次"))
    assert len(zhang.shown) == 3


async def test_a_lost_answer_to_a_change_changes_the_card_once_and_shows_no_other(office: AppOffice) -> None:
    zhang = await met(office)
    await tell(office, "ZhangSan", case("待受理", "take"))
    office.sim.faults.closed_after("message/update_template_card")
    await tell(office, "ZhangSan", case("待签收", "sign"))
    assert (len(zhang.shown), zhang.last().changed) == (2, 1)
    office.sim.faults.closed_before("message/update_template_card")
    await zhang.tap("f:sign:1")
    await office.quiet()
    before = len(zhang.shown)
    await tell(office, "ZhangSan", case("办理中", "answer"))
    assert (len(zhang.shown), zhang.shown[1].changed) == (before, 2)


async def test_a_process_that_follows_one_killed_while_it_spoke_shows_nothing_twice(office: AppOffice) -> None:
    zhang = await met(office)
    await told_before(office, "40-a", Message("您好"), "")
    await told_before(office, "41-a", case("待受理", "take"), "")
    await told_before(office, "42-a", case("待签收", "sign"), "41-a")
    assert [one.kind for one in zhang.shown[1:]] == ["text", "template_card"]
    assert (zhang.last().changed, words.buttons(zhang.last())) == (1, {"f:sign:1": "sign"})


async def told_before(office: AppOffice, key: str, message: Message, replaces: str) -> None:
    """Tell ZhangSan something, not write it down, and tell it again."""
    for _ in ("the killed one", "its follower"):
        await channel(office).send("ZhangSan", message, replaces, key)


async def test_a_card_whose_code_was_lost_with_the_answer_is_known_by_the_next_tap(office: AppOffice) -> None:
    zhang = await met(office)
    office.sim.faults.closed_after("message/send")
    await tell(office, "ZhangSan", case("待受理", "take"))
    await zhang.tap("f:take:1")
    await office.quiet()
    before = len(zhang.shown)
    await tell(office, "ZhangSan", case("待签收", "sign"))
    assert (len(zhang.shown), zhang.shown[1].changed) == (before, 1)


async def test_the_same_words_said_twice_are_seen_twice(office: AppOffice) -> None:
    zhang = await met(office)
    for _ in range(3):
        await tell(office, "ZhangSan", Message("没有找到，请换个词。"))
    assert len(zhang.shown) == 4
    assert office.sim.repeats == 0


async def test_a_text_that_stands_there_already_is_not_said_again(office: AppOffice) -> None:
    zhang = await met(office)
    long = "工地夜间施工。" * 40 + "\n"
    await tell(office, "ZhangSan", case(f"{long}待受理", "take"))
    assert len(zhang.shown) == 3
    await tell(office, "ZhangSan", case(f"{long}待签收", "sign"))
    assert (len(zhang.shown), zhang.last().changed) == (3, 1)
    assert "待签收" in zhang.heard()


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
async def test_who_cannot_be_reached_is_told_when_they_are_back(office: AppOffice, field: str) -> None:
    zhang = await met(office)
    office.sim.faults.once("message/send", more={field: "lisi|zhangsan", "response_code": ""})
    await tell(office, "ZhangSan", Message("会议改期"))
    reachable = select(addresses.c.reachable).where(addresses.c.channel == "wecom")
    assert await office.app.db.read(lambda tx: bool(tx.scalar(reachable))) is False
    await zhang.subscribe()
    await office.quiet()
    assert "会议改期" in zhang.heard()


async def test_who_left_the_apps_range_cannot_be_reached(office: AppOffice) -> None:
    zhang = await met(office)
    office.sim.member("ZhangSan").member.sees.discard("app")
    with pytest.raises(Unreachable):
        await channel(office).send("ZhangSan", Message("您好"), "", "999-1")
    await zhang.subscribe()
    await office.quiet()
    assert (await channel(office).send("ZhangSan", Message("您好"), "", "999-1")).ref


@pytest.mark.parametrize("code", [42001, 40014, -1, 45009])
async def test_refusals_for_a_time_lose_nothing(office: AppOffice, code: int) -> None:
    zhang = await met(office)
    office.sim.faults.once("message/send", code)
    await office.app.db.write(say, "ZhangSan", Message("您好"), office)
    if code != 45009:
        await office.sim.until(lambda: len(zhang.shown) == 2)
        return
    paused = select(addresses.c.paused_until).where(addresses.c.channel == "wecom")
    async with asyncio.timeout(20):
        while await office.app.db.read(lambda tx: tx.scalar(paused)) is None:  # noqa: ASYNC110 - written down beside
            await asyncio.sleep(0.01)
    assert len(zhang.shown) == 1


@pytest.mark.parametrize("address", ["@all", "a|b", ""])
async def test_no_message_goes_to_more_than_the_one_it_is_for(office: AppOffice, address: str) -> None:
    await met(office)
    with pytest.raises(Undeliverable):
        await channel(office).send(address, Message("您好"), "", "999-1")


async def test_the_platforms_own_limits_are_kept(office: AppOffice) -> None:
    limits = channel(office).limits
    assert (limits.private < 30, limits.private_seconds, limits.private_an_hour < 1000) == (True, 60, True)
