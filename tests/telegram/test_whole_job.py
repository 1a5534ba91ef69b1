"""The whole main job over Telegram, by polling and by webhook: pictures both ways, cards in place, a correction."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.case import Role, Status
from storage import cases
from storage.tables import cases as rows
from storage.transaction import Tx
from tests.telegram.offices import Town, office, picture
from tests.telegram.people import Group, Person
from tests.telegram.platform import Shown
from tests.town import CASE_NUMBER

MATTER = "厂里变压器装不上，三天没电了"
NEWS = "3月10日起，工业路施工，请绕行。"
CODE = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}")


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    async with office(tmp_path, webhook=request.param) as made:
        yield made


async def filed(owner: Person) -> str:
    """Two photos as one, a third a little later; filed by somebody the office never heard of. Returns the number."""
    await owner.start()
    await owner.heard("衡岳县")
    await owner.album(picture("门口"), picture("电表"), caption=MATTER)
    await owner.heard("您发来")
    await owner.photo(picture("配电房"))
    await owner.tap("诉求")
    await owner.tap("同意")
    await owner.heard("企业")
    await owner.say("衡岳印章有限公司")
    await owner.heard("电话")
    await owner.contact("+8613800000001")
    summary = await owner.heard("提交")
    assert MATTER in summary.text
    await owner.tap("提交")
    return number_in(await owner.heard("您的编号是"))


def number_in(shown: Shown) -> str:
    """The number of a case."""
    found = CASE_NUMBER.search(shown.text)
    assert found
    return found[0]


async def test_the_whole_job(town: Town) -> None:
    owner = town.owner("周敏")
    desk = await town.official("陈岚", Role.DISPATCHER)
    colleague = await town.official("何平", Role.DISPATCHER)
    handler = await town.official("吴敏", Role.HANDLER, "gongdian")
    number = await filed(owner)
    await seen_with_photos(desk, number)
    card = await colleague.heard("待受理")
    await dispatched(desk, number)
    await owner.heard("交给供电公司办理")
    assert (await colleague.heard("待签收")).number == card.number

    await handler.heard(number)
    await handler.tap("签收")
    await owner.heard("供电公司已接手")
    await handler.tap("反馈进展")
    await handler.heard("进展")
    await handler.say("师傅明天上门")
    await owner.heard("师傅明天上门")

    await answered_with_a_photo(owner, handler)
    await owner.tap("解决了")
    await owner.heard("满意")
    await owner.tap("非常满意")
    await owner.tap("跳过")
    await owner.heard("谢谢")
    case = await town.app.db.read(_only)
    assert (case.number, case.status) == (number, Status.CLOSED)
    await nothing_left_open(town)


async def seen_with_photos(desk: Person, number: str) -> None:
    """The dispatcher's card comes with the three photos, byte for byte."""
    await desk.heard(number)
    await desk.sees_files(3)
    assert {picture("门口"), picture("电表"), picture("配电房")} == await desk.downloads()


async def dispatched(desk: Person, number: str) -> None:
    """Accepted and handed over."""
    for label in ("交办", "供电公司", "不需要", "简单", "交办"):
        await desk.tap(label)
    await desk.heard(number)


async def answered_with_a_photo(owner: Person, handler: Person) -> None:
    """The answer's own picture reaches the owner, who is asked whether it is solved."""
    await handler.tap("办结答复")
    await handler.photo(picture("新变压器"), "变压器已经换好了")
    for label in ("解决了", "发出答复"):
        await handler.tap(label)
    await owner.heard("问题解决了吗")
    await owner.sees_files(1)
    assert {picture("新变压器")} == await owner.downloads()


async def nothing_left_open(town: Town) -> None:
    """Every update is confirmed, every press answered, and nothing was refused by the platform."""
    await town.platform.all_taken()
    await town.platform.until(lambda: not town.emulator.presses, lambda: f"unanswered: {town.emulator.presses}")
    refused = [(call["method"], call["reason"]) for call in town.platform.calls if call["status"] != 200]
    assert refused == []


# --- a correction -----------------------------------------------------------------------------------------------------


async def test_what_an_owner_corrects_reaches_whoever_works_on_it(town: Town) -> None:
    owner = town.owner("周敏")
    desk = await town.official("陈岚", Role.DISPATCHER)
    handler = await town.official("吴敏", Role.HANDLER, "gongdian")
    told = await owner.say(MATTER)
    for label in ("诉求", "同意"):
        await owner.tap(label)
    for words in ("衡岳印章有限公司", "13800000001"):
        await owner.heard("？")
        await owner.say(words)
    await owner.tap("提交")
    number = number_in(await owner.heard("您的编号是"))
    await desk.heard(number)
    await dispatched(desk, number)
    await handler.heard(number)
    await handler.tap("签收")
    await owner.edit(told, "厂里变压器装不上，五天没电了")
    await owner.heard("您改的内容已补充")
    await handler.heard("五天没电了")
    await nothing_left_open(town)


# --- a group ----------------------------------------------------------------------------------------------------------


async def test_a_group_is_bound_asked_in_and_announced_to(town: Town) -> None:
    boss = await town.official("于管", Role.ADMINISTRATOR)
    desk = await town.official("陈岚", Role.DISPATCHER)
    owner, group = town.owner("周敏"), town.group("园区企业群")
    await bound(boss, group)
    await owner.say("变压器又坏了，你们那边呢？", to=group)
    await owner.say("/my@front_desk_test_bot", to=group)
    await group.heard("群里不谈具体的事")
    await owner.tap_in(group, "私聊")
    await owner.heard("诉求")

    for words in ("/announce", NEWS):
        await desk.say(words)
        await desk.heard("")
    await desk.tap("跳过")
    if desk.shown[-1].labels()[0] != "发出公告":
        await desk.tap(desk.shown[-1].labels()[0])
    await desk.tap("发出公告")
    posted = await group.heard(NEWS)
    await town.platform.until(lambda: town.emulator.pinned[group.id], lambda: "nothing is pinned")
    assert town.emulator.pinned[group.id] == [posted.number]
    await owner.tap_in(group, "私聊")
    await nothing_left_open(town)


async def bound(boss: Person, group: Group) -> None:
    """The group is for all enterprises."""
    await group.add_bot(boss)
    await group.heard("私聊")
    await boss.say("/groups")
    await boss.tap("全体企业")
    await boss.tap("对，是")
    code = CODE.search(boss.shown[-1].words())
    assert code
    await boss.say(f"/bind {code[0]}", to=group)
    await group.heard("绑定好了")


def _only(tx: Tx) -> cases.Case:
    (row,) = tx.all(select(rows.c.id))
    found = cases.get(tx, row.id)
    assert found is not None
    return found
