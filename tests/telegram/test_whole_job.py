"""The whole main job over Telegram, by polling and by webhook: pictures both ways, cards in place, a correction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.case import Role, Status
from storage import cases
from storage.tables import cases as rows
from storage.transaction import Tx
from tests.telegram.offices import Town, office, picture
from tests.telegram.people import Person
from tests.town import CASE_NUMBER

MATTER = "厂里变压器装不上，三天没电了"


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    async with office(tmp_path, webhook=request.param) as made:
        yield made


async def filed(owner: Person) -> str:
    """Two photos as one, a third a little later; filed by somebody the office never heard of. Returns the number."""
    await owner.start()
    await owner.heard("衡岳县")
    await owner.album(picture("门口"), picture("电表"), caption=MATTER)
    await owner.heard("您写的是")
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
    found = CASE_NUMBER.search((await owner.heard("您的编号是")).text)
    assert found
    return found[0]


async def test_the_whole_job(town: Town) -> None:
    owner = town.owner("周敏")
    desk = await town.official("陈岚", Role.DISPATCHER)
    handler = await town.official("吴敏", Role.HANDLER, "gongdian")
    number = await filed(owner)
    await seen_with_photos(town, desk, number)
    await dispatched(desk, number)
    await owner.heard("交给供电公司办理")

    await handler.heard(number)
    await handler.tap("签收")
    await owner.heard("供电公司已接手")
    await handler.tap("反馈进展")
    await handler.heard("进展")
    await handler.say("师傅明天上门")
    await owner.heard("师傅明天上门")

    await answered_with_a_photo(town, owner, handler)
    await owner.tap("解决了")
    await owner.heard("满意")
    await owner.tap("非常满意")
    await owner.heard("谢谢")
    case = await town.app.db.read(_only)
    assert (case.number, case.status) == (number, Status.CLOSED)
    await nothing_left_open(town)


async def seen_with_photos(town: Town, desk: Person, number: str) -> None:
    """The dispatcher's card comes with the three photos, byte for byte."""
    await desk.heard(number)
    seen = {file for message in desk.shown for file in message.files}
    data = {await town.platform.download(file) for file in seen}
    assert {picture("门口"), picture("电表"), picture("配电房")} <= data


async def dispatched(desk: Person, number: str) -> None:
    """Accepted and handed over; the card says so where it stands."""
    card, _ = await desk.sees("交办")
    for label in ("交办", "供电公司", "不需要", "简单", "交办"):
        await desk.tap(label)
    await desk.heard(f"{number}")
    assert card.number


async def answered_with_a_photo(town: Town, owner: Person, handler: Person) -> None:
    """The answer's own picture reaches the owner, who is asked whether it is solved."""
    await handler.tap("办结答复")
    await handler.photo(picture("新变压器"), "变压器已经换好了")
    for label in ("解决了", "发出答复"):
        await handler.tap(label)
    await owner.heard("问题解决了吗")
    shown = {await town.platform.download(file) for message in owner.shown for file in message.files}
    assert picture("新变压器") in shown


async def nothing_left_open(town: Town) -> None:
    """Every update is confirmed, every press answered, and nothing was refused by the platform."""
    await town.platform.all_taken()
    await town.platform.until(lambda: not town.emulator.presses, lambda: f"unanswered: {town.emulator.presses}")
    refused = [(call["method"], call["reason"]) for call in town.platform.calls if call["status"] != 200]
    assert refused == []


def _only(tx: Tx) -> cases.Case:
    (row,) = tx.all(select(rows.c.id))
    found = cases.get(tx, row.id)
    assert found is not None
    return found
