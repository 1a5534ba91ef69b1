"""Groups on WeCom over real HTTP, against the emulated platform: robots, groups of units, customer groups, pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.channels.appchat import Membership, changes
from bot.channels.customer_groups import Confirming, CustomerGroups, task_of
from bot.channels.robot import Robot
from bot.channels.wecom.settings import bare_of, caller_of
from domain.case import Role
from domain.doors import octets
from domain.messages import Button, Incoming, Message
from handlers import unit_groups
from handlers.unit_groups import Wanted
from storage import announcements, groups
from storage import outbox as outboxes
from storage.tables import outbox
from storage.transaction import Tx
from tests.bot.offices import PUBLIC
from tests.bot.wecom.app_office import PATIENCE_SECONDS, AppOffice, app_office
from tests.wecom_sim.consoles import ROBOT_KEY

POWER = "供电公司"
LONG = "第一条，稳岗返还按上年度缴费的六成。\n" * 170
PICTURE = b"\xff\xd8\xff\xe0" + b"x" * 2000
_keys = count(1)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[AppOffice]:
    async with app_office(tmp_path) as made:
        await made.official("boss", Role.ADMINISTRATOR)
        yield made
        assert made.sim.complaints == []


async def does(office: AppOffice, *steps: str) -> None:
    """What the administrator does in the app: taps what begins with f:, and says the rest."""
    for step in steps:
        named: dict[str, Any] = {"press": step} if step.startswith("f:") else {"text": step}
        await office.app.receive(Incoming("wecom", f"test-{next(_keys)}", "boss", **named))
    await office.quiet()


async def bind_robot(office: AppOffice, key: str = ROBOT_KEY, name: str = "园区企业群") -> None:
    host = office.sim.url.removeprefix("http://")
    address = f"http://{host}/cgi-bin/webhook/send?key={key}"
    await does(office, "f:robot", "全体企业", name, "对，是企业群", address)


async def post(office: AppOffice, text: str, audience: str) -> None:
    await does(office, "f:announce", text, "跳过", audience, "发出公告")


def states(tx: Tx, channel: str) -> list[tuple[str, str]]:
    rows = tx.all(select(outbox.c.state, outbox.c.reason).where(outbox.c.channel == channel).order_by(outbox.c.id))
    return [(row.state, row.reason) for row in rows]


# --- robots -----------------------------------------------------------------------------------------------------------


async def test_a_robot_posts_an_announcement_cut_with_the_way_to_its_page(office: AppOffice) -> None:
    await bind_robot(office)
    await post(office, LONG, "所有企业群")
    hello, said = [one.body["content"] for one in office.sim.robot().shown]
    assert "本群已接入" in hello
    assert octets(said) <= 4096
    found = re.search(rf"\[查看全文\]\({PUBLIC}(/policy/\w+)\)", said)
    assert found is not None
    status, page = await office.running.get(found[1])
    assert status == 200
    assert page.count("稳岗返还") == 170


async def test_a_robot_that_was_removed_is_told_and_no_key_stands_in_any_log(office: AppOffice) -> None:
    key = "0f3c2b1a-dead-4bc4-97a0-0ec2sifa5aaa"
    with capture_logs() as logs:
        await bind_robot(office, key)
        await office.quiet()
    assert office.sim.member("boss").saw("机器人被移除")
    assert "'event'" in str(logs) or logs == []
    assert key not in str(logs)
    [bound] = await office.app.db.read(groups.every)
    assert not bound.door.reachable


async def test_a_robot_says_no_more_than_twenty_a_minute(office: AppOffice) -> None:
    channel = Robot(bare_of(office.app.settings), lambda: office.app.db.office)
    assert (channel.limits.group, channel.limits.group_seconds) == (20, 60)
    office.sim.faults.once("webhook/send", errcode=45009)
    with pytest.raises(Exception, match="pause") as refusal:
        await channel.send(ROBOT_KEY, Message("一"), "", "1-a")
    assert getattr(refusal.value, "seconds", 0) == 60
    await channel.close()


async def test_the_twenty_first_of_a_minute_waits_and_is_never_refused(office: AppOffice) -> None:
    await bind_robot(office)
    [bound] = await office.app.db.read(groups.every)
    now = office.app.clock.now()
    for number in range(24):
        await office.app.db.write(outboxes.say, bound.door, None, Message(f"第{number}句"), now)
    await office.sim.until(lambda: len(office.sim.robot().shown) == 20)
    said = [one.body["content"] for one in office.sim.robot().shown]
    assert said[1:] == [f"第{number}句" for number in range(19)]
    assert office.sim.refusals["webhook/send", 45009] == 0
    assert await queued_at_last(office, 5) == 5


async def queued_at_last(office: AppOffice, wanted: int) -> int:
    """How many rows are in line once what was sent is written down, which is a moment after it is shown."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = [state for state, _reason in await office.app.db.read(states, "robot")].count("queued")
            if found <= wanted:
                return found
            await asyncio.sleep(0.01)


async def test_what_may_have_arrived_is_not_said_twice(office: AppOffice) -> None:
    await bind_robot(office)
    office.sim.faults.closed_after("webhook/send")
    await post(office, "只说一次", "所有企业群")
    assert [one.body["content"] for one in office.sim.robot().shown if "只说一次" in one.body["content"]] != []
    assert (await office.app.db.read(states, "robot"))[-1][0] == "dead"
    assert sum("只说一次" in one.words for one in office.sim.delivered_to(ROBOT_KEY)) == 1


# --- groups of units --------------------------------------------------------------------------------------------------


async def made_group(office: AppOffice) -> Wanted:
    """A unit's group, made by the office's own part."""
    for userid in ("zhengkai", "sunli"):
        await office.official(userid, Role.HANDLER, POWER)
    await does(office, "f:unit_group", POWER, "建群")
    await office.sim.until(lambda: office.sim.groups, "no group was made")
    [wanted] = await office.app.db.read(unit_groups.wanted, office.app.clock.now())
    await office.sim.until(lambda: office.sim.member("boss").saw("建好了"))
    await office.quiet()
    return wanted


async def test_the_app_makes_a_units_group_and_posts_in_it(office: AppOffice) -> None:
    wanted = await made_group(office)
    group = office.sim.group(wanted.chat)
    assert set(group.members) == {"zhengkai", "sunli"}
    assert POWER in group.name
    await post(office, LONG, "所有工作群")
    hello, said = [one.body["content"] for one in group.shown]
    assert "发布给本单位的公告" in hello
    assert octets(said) <= 2048
    assert f"{PUBLIC}/policy/" in said


async def test_who_comes_and_goes_comes_into_the_group_and_leaves_it(office: AppOffice) -> None:
    wanted = await made_group(office)
    group = office.sim.group(wanted.chat)
    await office.official("xinlai", Role.LIAISON, POWER)
    await office.sim.until(lambda: "xinlai" in group.members, "the new colleague is not in the group")
    group.members.append("boss")
    caller = caller_of(office.app)
    assert caller is not None
    await Membership(office.app.db, caller, office.app.clock.now).look()
    assert set(group.members) == {"zhengkai", "sunli", "xinlai"}
    calls = office.sim.calls["appchat/update"]
    again = Membership(office.app.db, caller, office.app.clock.now)
    for _time in range(3):
        await again.look()
    assert office.sim.calls["appchat/update"] == calls
    await caller.close()


async def test_a_group_that_was_made_before_the_answer_was_lost_is_taken_over(office: AppOffice) -> None:
    office.sim.faults.closed_after("appchat/create")
    for userid in ("zhengkai", "sunli"):
        await office.official(userid, Role.HANDLER, POWER)
    await does(office, "f:unit_group", POWER, "建群")
    await office.sim.until(lambda: office.sim.groups)
    caller = caller_of(office.app)
    assert caller is not None
    await Membership(office.app.db, caller, office.app.clock.now).look()
    await office.sim.until(lambda: office.sim.member("boss").saw("建好了"))
    assert len(office.sim.groups) == 1
    office.sim.complaints.remove("appchat/create: 86215 chatid exists")
    await caller.close()


async def test_a_group_the_platform_refuses_is_told(office: AppOffice) -> None:
    office.sim.faults.always("appchat/create", errcode=86006)
    for userid in ("zhengkai", "sunli"):
        await office.official(userid, Role.HANDLER, POWER)
    await does(office, "f:unit_group", POWER, "建群")
    await office.sim.until(lambda: office.sim.member("boss").saw("没有建成"))
    assert await office.app.db.read(groups.every) == []


async def test_a_dissolved_group_is_told_and_not_made_again(office: AppOffice) -> None:
    wanted = await made_group(office)
    del office.sim.groups[wanted.chat]
    await post(office, "有人吗", "所有工作群")
    await office.sim.until(lambda: office.sim.member("boss").saw("已经不在了"))
    assert await office.app.db.read(unit_groups.wanted, office.app.clock.now()) == []
    office.sim.complaints.clear()


@pytest.mark.parametrize(
    ("members", "there", "owner", "fields"),
    [
        (("a", "b"), ["A", "b"], "A", {}),
        (("a", "b", "c"), ["a", "b"], "a", {"add_user_list": ["c"]}),
        (("b", "c"), ["a", "b", "c"], "a", {"del_user_list": ["a"], "owner": "b"}),
        (("b", "c"), ["a", "b"], "b", {"add_user_list": ["c"], "del_user_list": ["a"]}),
        (("a",), ["a", "b"], "a", {}),
        ((), ["a", "b"], "a", {}),
    ],
)
def test_what_is_changed_of_a_group(
    members: tuple[str, ...], there: list[str], owner: str, fields: dict[str, Any]
) -> None:
    info = {"chatid": "g", "owner": owner, "userlist": there}
    assert changes(Wanted(1, "g", "群", members, made=True), info) == fields


@pytest.mark.parametrize("info", [{}, {"userlist": None}, {"userlist": "a"}, {"userlist": []}])
def test_an_answer_without_members_changes_nothing(info: dict[str, Any]) -> None:
    assert changes(Wanted(1, "g", "群", ("a", "b"), made=True), info) == {}


# --- customer groups --------------------------------------------------------------------------------------------------


async def bind_customers(office: AppOffice) -> None:
    colleague = office.sim.member("zhangsan", "张三")
    await colleague.enter()
    await office.quiet()
    for chat in ("c1", "c2"):
        office.sim.customer_group(chat, "zhangsan", f"客户群{chat}")
    await does(office, "f:customers", "zhangsan", "zhangsan", "全体企业", "对，绑定")


async def look(office: AppOffice) -> None:
    """The office asks about what waits."""
    caller = caller_of(office.app)
    assert caller is not None
    await Confirming(office.app.db, caller, office.app.clock.now).look()
    await caller.close()
    await office.quiet()


async def test_customers_hear_it_once_the_colleague_has_confirmed(office: AppOffice) -> None:
    await bind_customers(office)
    await post(office, LONG, "所有企业群")
    assert await office.app.db.read(states, "custgroups") == [("waiting", "")]
    await look(office)
    assert await office.app.db.read(states, "custgroups") == [("waiting", "")]
    [task] = office.sim.tasks.values()
    assert octets(task.body["text"]["content"]) <= 4000
    [attached] = task.body["attachments"]
    assert attached["link"]["url"].startswith(f"{PUBLIC}/policy/")
    assert office.sim.group("c1").shown == []
    office.sim.member("zhangsan").confirm(task.msgid)
    await look(office)
    assert await office.app.db.read(states, "custgroups") == [("sent", "")]
    assert len(office.sim.group("c1").shown) == len(office.sim.group("c2").shown) == 1


async def test_while_it_is_still_handed_out_the_office_waits(office: AppOffice) -> None:
    await bind_customers(office)
    await post(office, "一件事", "所有企业群")
    [task] = office.sim.tasks.values()
    office.sim.member("zhangsan").confirm(task.msgid)
    office.sim.faults.once("externalcontact/get_groupmsg_task", errcode=41063)
    await look(office)
    assert await office.app.db.read(states, "custgroups") == [("waiting", "")]
    await look(office)
    assert await office.app.db.read(states, "custgroups") == [("sent", "")]


async def test_a_task_whose_answer_was_lost_is_not_made_twice(office: AppOffice) -> None:
    await bind_customers(office)
    office.sim.faults.closed_after("externalcontact/add_msg_template")
    await post(office, "一件事", "所有企业群")
    assert [state for state, _reason in await office.app.db.read(states, "custgroups")] == ["dead"]
    assert len(office.sim.tasks) == 1


async def test_what_the_platform_did_not_take_in_a_moment_is_tried_again(office: AppOffice) -> None:
    await bind_customers(office)
    caller = caller_of(office.app)
    assert caller is not None
    channel = CustomerGroups(caller, lambda: office.app.db.office)
    office.sim.faults.once("externalcontact/add_msg_template", errcode=41063)
    with pytest.raises(Exception, match="handed out") as refusal:
        await channel.send("zhangsan", Message("一"), "", "1-a")
    assert getattr(refusal.value, "seconds", 0) == 60
    office.sim.faults.once("externalcontact/add_msg_template", more={"fail_list": ["c2"]})
    assert (await channel.send("zhangsan", Message("一"), "", "1-b")).waiting
    await channel.close()


async def test_a_mass_message_without_a_page_has_no_card(office: AppOffice) -> None:
    message = Message("一", "公告", buttons=((Button("查看全文", "f:policy:abc"),),))
    assert "attachments" not in task_of("zhangsan", message, office.app.db.office)


# --- the page ---------------------------------------------------------------------------------------------------------


async def announced(office: AppOffice, text: str) -> str:
    """The path of the page of an announcement."""
    await bind_robot(office)
    await post(office, text, "所有企业群")
    [one] = await office.app.db.read(announcements.recent, 1)
    return f"/policy/{one.code}"


async def test_the_page_shows_words_as_they_are_to_everybody(office: AppOffice) -> None:
    path = await announced(office, "<script>alert(1)</script>\n\n第二段 & 结尾")
    async with office.running.http.get(office.running.url(path)) as answer:
        page = await answer.text()
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=600"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in page
    assert "<p>第二段 &amp; 结尾</p>" in page
    assert "width=device-width" in page
    assert f"<p>{office.app.clock.now().year}年" in page
    assert "衡岳县优化营商环境办公室" in page
    assert (await office.running.get(path.upper().replace("/POLICY", "/policy")))[0] == 200


@pytest.mark.parametrize("path", ["/policy/2a3b4c5d6e7f", f"/policy/{'a' * 500}", "/policy/0"])
async def test_an_unknown_page_says_what_to_do(office: AppOffice, path: str) -> None:
    status, page = await office.running.get(path)
    assert status == 404
    assert "没有找到这份公告" in page
    assert "/chat" in page


async def test_files_of_an_announcement_are_there_for_everybody_and_no_others(office: AppOffice) -> None:
    await bind_robot(office)
    await does(office, "f:announce", "看附件")
    await office.sim.member("boss").send_image(PICTURE)
    await does(office, "完成", "所有企业群", "发出公告")
    [one] = await office.app.db.read(announcements.recent, 1)
    _status, page = await office.running.get(f"/policy/{one.code}")
    assert f'href="/policy/{one.code}/1"' in page
    assert "附件" in office.sim.robot().shown[-1].body["content"]

    for place in ("0", "2", "999"):
        assert (await office.running.get(f"/policy/{one.code}/{place}"))[0] == 404
    assert (await office.running.get("/policy/2a3b4c5d6e7f/1"))[0] == 404

    async def arrived() -> bytes:
        async with office.running.http.get(office.running.url(f"/policy/{one.code}/1")) as answer:
            return await answer.read() if answer.status == 200 else b""

    async with asyncio.timeout(20):
        while not (data := await arrived()):  # noqa: ASYNC110 - the platform still gives it to the office
            await asyncio.sleep(0.01)
    assert data == PICTURE
