"""The whole main job with owners in customer service and officials in the app, over real HTTP on both sides.

One owner stays in the chat; one says nothing after filing and is asked by the mini program's subscription; one by SMS.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from bot.channels.kefu.channel import SHUT
from domain.case import Role, Status
from storage import inbox
from storage.tables import cases as rows
from storage.tables import outbox
from storage.transaction import Tx
from tests.telegram.offices import picture
from tests.town import CASE_NUMBER
from tests.wecom.offices import Town, office
from tests.wecom.people import Official, Owner
from tests.wecom_sim.consoles import MINI_TEMPLATE, ROBOT_KEY
from tests.wecom_sim.things import Shown
from tests.wecom_sim.wechat import new_login

MATTER = "厂里变压器装不上，三天没电了"
ANSWER = "变压器已经换好了"
NEWS = "3月10日起，工业路施工，请绕行。"
PDF = b"%PDF-1.4\n" + b"transformer report\n" * 40
PHONE = "+8613800000002"
#: A token's time is over: where the clock jumps by days while a call is out.
RUN_OUT = 42001


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with office(tmp_path) as made:
        yield made


class Staff:
    """Everybody at the office."""

    def __init__(self, desk: Official, colleague: Official, handler: Official, boss: Official) -> None:
        self.desk, self.colleague, self.handler, self.boss = desk, colleague, handler, boss


async def staffed(town: Town) -> Staff:
    """Two dispatchers, a unit's handler and an administrator, each by a one-time code."""
    return Staff(
        await town.official("陈岚", Role.DISPATCHER),
        await town.official("何平", Role.DISPATCHER),
        await town.official("吴敏", Role.HANDLER, "gongdian"),
        await town.official("于管", Role.ADMINISTRATOR),
    )


# --- filing -----------------------------------------------------------------------------------------------------------


async def filed(owner: Owner, enterprise: str, phone: str, *photos: bytes) -> tuple[str, Shown]:
    """Filed by words, photos and taps; the number, and what the office said."""
    await owner.enter()
    await owner.heard("衡岳县")
    await owner.say(f"{enterprise}：{MATTER}")
    await owner.heard("您发来")
    for photo in photos:
        await owner.photo(photo)
        await owner.heard("收到1个")
    await owner.tap("诉求")
    await owner.tap("同意")
    await owner.heard("企业")
    await owner.say(enterprise)
    await owner.heard("电话")
    await owner.say(phone.removeprefix("+86"))
    assert MATTER in (await owner.heard("提交")).words()
    await owner.tap("提交")
    shown = await owner.heard("您的编号是")
    found = CASE_NUMBER.search(shown.words())
    assert found
    return found[0], shown


async def subscribed(town: Town, shown: Shown, openid: str) -> None:
    """Somebody opens the mini program from what they were shown, and allows its messages there."""
    (page,) = [one["miniprogram"]["pagepath"] for one in shown.body["list"] if one["type"] == "miniprogram"]
    town.sim.on_wechat(openid).subscribe(MINI_TEMPLATE)
    told = {"code": new_login(town.sim, openid), "ticket": page.partition("ticket=")[2]}
    async with ClientSession() as http, http.post(f"{town.url}/wechat/subscribed", json=told) as answer:
        assert answer.status == 204, await answer.text()


# --- the unit's work --------------------------------------------------------------------------------------------------


async def dispatched(desk: Official, number: str) -> None:
    """Accepted and handed over to the unit that is proposed, with one tap on the card."""
    await desk.heard(number)
    await desk.tap("→ 供电公司", number)
    await desk.heard("待签收")


async def answered(handler: Official, number: str, *, report: bool = False) -> None:
    """Words in the chat, or with a report on the page inside WeCom, where a PDF can be sent."""
    await handler.tap("办结答复", number)
    await handler.heard("请写下答复")
    if report:
        assert "办理结果是什么" in await handler.on_the_page(ANSWER, ("检测报告.pdf", PDF))
    else:
        await handler.say(ANSWER)
    await handler.heard("办理结果是什么")
    await handler.tap("解决了")
    await handler.heard("就这样答复诉求人吗")
    await handler.tap("发出答复")
    await handler.heard("已答复")


# --- the job ----------------------------------------------------------------------------------------------------------


async def test_the_whole_job(town: Town) -> None:
    staff = await staffed(town)
    await one_who_talks(town, staff)
    silent, unsubscribed = town.owner("王磊"), town.owner("赵强")
    by_mini, shown = await filed(silent, "王磊面馆", "+8613800000003")
    await subscribed(town, shown, "openid-wang")
    by_sms, _shown = await filed(unsubscribed, "赵强五金店", PHONE)
    for number in (by_mini, by_sms):
        await dispatched(staff.desk, number)
        await staff.handler.heard(number)
        await staff.handler.tap("签收", number)
    await town.forward("2026-03-06 10:00")
    for number in (by_mini, by_sms):
        await answered(staff.handler, number)
    await asked_elsewhere(town, by_mini, by_sms)
    await silence_closes(town, by_mini, by_sms)
    await announced(town, staff)
    await nothing_wrong(town)


async def one_who_talks(town: Town, staff: Staff) -> None:
    """Filed with two photos, dispatched, answered with a report, rated: all within the chat's window."""
    owner = town.owner("周敏")
    photos = picture("门口"), picture("电表")
    number, _shown = await filed(owner, "衡岳印章有限公司", "+8613800000001", *photos)
    card = await staff.colleague.heard("待受理")
    await dispatched(staff.desk, number)
    await owner.heard("交给供电公司办理")
    assert (await staff.colleague.heard("待签收")).msgid == card.msgid
    await town.sim.until(lambda: set(photos) == files_of(town, staff.handler, "image"), "the photos are not there")
    await staff.handler.heard(number)
    await staff.handler.tap("签收", number)
    await owner.heard("供电公司已接手")
    await answered(staff.handler, number, report=True)
    await owner.heard("问题解决了吗")
    for label in ("解决了", "非常满意", "跳过"):
        await owner.tap(label)
    await owner.heard("谢谢")
    assert await statuses(town) == {number: Status.CLOSED}


def files_of(town: Town, reader: Official, sort: str) -> set[bytes]:
    """The files of one sort on somebody's phone."""
    return {town.sim.media[one.body["media_id"]].data for one in reader.listed() if one.kind == sort}


# --- silence ----------------------------------------------------------------------------------------------------------


async def asked_elsewhere(town: Town, by_mini: str, by_sms: str) -> None:
    """Their windows are shut: the question is told by the mini program to one, by SMS to the other alone."""
    wang, zhao = town.sim.on_wechat("openid-wang").shown, town.sim.phone(PHONE)
    question = await town.sim.until(lambda: next((one for one in wang if "解决了吗" in one.words()), None))
    assert by_mini in question.words()
    message = await town.sim.until(lambda: next((one for one in zhao if "解决了吗" in one.words()), None))
    assert by_sms in message.words()
    assert ANSWER in message.words()
    assert "kfid" in message.words()
    await town.quiet()
    assert set(town.sim.phones) == {PHONE}


async def silence_closes(town: Town, *numbers: str) -> None:
    """They say nothing: after the days they were told, and not before, it is closed without a rating."""
    await town.forward("2026-03-12 17:00")
    assert {(await statuses(town))[number] for number in numbers} == {Status.ANSWERED}
    await town.forward("2026-03-16 09:00")
    assert {(await statuses(town))[number] for number in numbers} == {Status.CLOSED}


# --- a group ----------------------------------------------------------------------------------------------------------


async def announced(town: Town, staff: Staff) -> None:
    """The administrator binds the group with its robot, a dispatcher announces, and the robot says it."""
    boss, desk, group = staff.boss, staff.desk, town.robots_group()
    await boss.say("/groups")
    await boss.heard("群管理")
    await boss.tap("机器人")
    await boss.tap("全体企业")
    await boss.heard("这个群叫什么")
    await boss.say("园区企业群")
    await boss.heard("请核对")
    await boss.tap("对，是企业群")
    await boss.heard("Webhook")
    await boss.say(f"{town.sim.url}/cgi-bin/webhook/send?key={ROBOT_KEY}")
    await boss.heard("已绑定")
    await group.heard("本群已接入")
    await desk.say("/announce")
    await desk.heard("要公告什么")
    await desk.say(NEWS)
    await desk.heard("要一起发吗")
    for label in ("跳过", "所有企业群", "发出公告"):
        await desk.tap(label)
    await group.heard(NEWS)
    assert all(ROBOT_KEY not in one.words() for one in boss.listed())


# --- what is left -----------------------------------------------------------------------------------------------------


async def nothing_wrong(town: Town) -> None:
    """Every call went well, nothing was cut, every callback was taken at once, and every row has its fate."""
    await town.quiet()
    assert town.sim.complaints == []
    assert {code for _api, code in town.sim.refusals} <= {RUN_OUT}
    assert town.sim.cuts == []
    assert {tuple(one.answers) for one in town.sim.callbacks.sent} == {(200,)}
    assert await town.app.db.read(_not_sent) == []
    assert await town.app.db.read(inbox.failed_count) == 0


async def statuses(town: Town) -> dict[str, Status]:
    """How each case stands."""
    return await town.app.db.read(lambda tx: {row.number: Status(row.status) for row in tx.all(_CASES)})


_CASES = select(rows.c.number, rows.c.status)
_FATES = select(outbox.c.channel, outbox.c.state, outbox.c.reason).where(
    outbox.c.channel != "web", outbox.c.state.not_in(("sent", "replaced"))
)


def _not_sent(tx: Tx) -> list[tuple[str, str, str]]:
    """Rows that were not said where they were to be, but for those of shut windows."""
    return [tuple(row) for row in tx.all(_FATES) if row.reason != SHUT]
