"""Groups on WeCom from the chair: a robot is bound and its address kept by nobody, a unit has its group, a colleague
confirms what goes to customers, and an announcement can be read whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.contract import Receipt
from bot.verdicts import Verdict, record, taken
from domain.case import Role
from domain.messages import Incoming
from handlers import confirmations, erasure, unit_groups
from handlers.unit_groups import Wanted
from storage import announcements, groups, outgoing, people, roles
from storage.outgoing import Outgoing
from storage.tables import metadata
from storage.transaction import Tx
from tests.people import Group, Official, Owner, Person, Town, words

KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
WEBHOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
WORDS = "3月10日起，工业路施工，请绕行。"


@pytest.fixture
def wecom(town: Town) -> Town:
    """An office on WeCom, with pages."""
    town.db.office = replace(
        town.db.office,
        url="https://office.example",
        platforms=("wecom", "robot", "appchat", "custgroups"),
        robots="qyapi.weixin.qq.com",
    )
    return town


@pytest.fixture
def boss(wecom: Town) -> Official:
    return wecom.official("于管", Role.ADMINISTRATOR)


def in_the_app(town: Town, name: str, *given: Role, unit: str = "") -> Official:
    """An official in WeCom's app."""
    official = Official(town, name, f"user-{name}", channel="wecom")
    town.doors.append(official)
    official.say("你好")
    for role in given:
        town.write(people.give_role, official.id, role, town.now, town.units[unit] if unit else None, None)
    official.read_all()
    return official


def robots_group(town: Town, key: str = KEY) -> Group:
    """What stands in the group of a robot."""
    group = Group(town, "群", key, group=True, channel="robot")
    town.doors.append(group)
    return group


def to_the_address(boss: Person, name: str = "园区企业群", *taps: str) -> None:
    """The conversation to where the robot's address is asked for."""
    boss.press("f:robot")
    for label in taps or ("全体企业",):
        boss.tap(label)
    boss.say(name)
    boss.tap("对，是")


def bind_robot(boss: Person, name: str = "园区企业群", *taps: str, address: str = WEBHOOK) -> None:
    to_the_address(boss, name, *taps)
    boss.say(address)


def post(desk: Person, audience: str, text: str = WORDS, *files: str) -> None:
    desk.say("/announce")
    desk.say(text)
    if files:
        desk.send(*files)
        desk.tap("完成")
    else:
        desk.tap("跳过")
    desk.tap(audience)
    if desk.offers("就这些"):
        desk.tap("就这些")
    desk.tap("发出公告")


def waiting(town: Town, channel: str) -> list[Outgoing]:
    """What a platform is to be brought."""
    return town.read(outgoing.outgoing, channel, town.now, frozenset(), 500)


def refused(town: Town, channel: str) -> None:
    """The platform takes nothing for the addresses of this channel any more."""
    for line in waiting(town, channel):
        town.write(record, [Verdict(line, "unreachable", reason="the group's robot is not there any more")], town.now)
    town.show()


# --- a robot ----------------------------------------------------------------------------------------------------------


def test_a_robot_is_bound_by_its_address_and_says_hello(wecom: Town, boss: Official) -> None:
    group = robots_group(wecom)
    boss.say("/groups")
    boss.tap("机器人")
    boss.tap("全体企业")
    boss.say("园区企业群")
    boss.tap("对，是")
    assert "Webhook" in boss.last.text
    boss.say(WEBHOOK)
    assert "已绑定" in boss.last.text
    group.heard("本群已接入")
    boss.say("/groups")
    assert "园区企业群" in words(boss.last)
    post(wecom.official("陈岚", Role.DISPATCHER), "所有企业群")
    assert WORDS in group.heard("公告").text


def test_the_key_alone_will_do(wecom: Town, boss: Official) -> None:
    group = robots_group(wecom)
    bind_robot(boss, address=KEY)
    group.heard("本群已接入")


@pytest.mark.parametrize(
    "address",
    [
        f"https://evil.example/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com/cgi-bin/message/send?key={KEY}",
        f"ftp://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        f"{WEBHOOK}&key=other",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://[::1/cgi-bin/webhook/send?key=a",
        "不知道在哪里",
        "a" * 65,
        "ＫＥＹ１２３",
    ],
)
def test_what_is_no_address_of_a_robot_is_asked_for_again(small_town: Town, address: str) -> None:
    small_town.db.office = replace(small_town.db.office, platforms=("robot",), robots="qyapi.weixin.qq.com")
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    to_the_address(boss)
    boss.say(address)
    assert "不像群机器人的地址" in boss.last.text
    assert small_town.read(groups.every) == []
    boss.say(WEBHOOK)
    assert len(small_town.read(groups.every)) == 1


def rows(tx: Tx) -> list[tuple[str, str]]:
    """(table, row as words) of everything that is kept."""
    return [
        (table.name, str(tuple(row)))
        for table in metadata.sorted_tables
        for row in tx.connection.execute(select(table))
    ]


def test_nobody_keeps_or_shows_the_address_of_a_robot_but_the_address_itself(wecom: Town, boss: Official) -> None:
    to_the_address(boss)
    page = Incoming("web", wecom.key(), boss.address, WEBHOOK, name=boss.name, ref="1", history=True)
    wecom.take(page)
    assert [(table, row) for table, row in wecom.read(rows) if KEY in row and table != "addresses"] == []
    assert len(wecom.read(groups.every)) == 1
    boss.say("/groups")
    assert "园区企业群" in words(boss.last)
    assert not any(KEY in words(message) for message in boss.shown.values())


def test_only_an_administrator_binds_robots(wecom: Town) -> None:
    for somebody in (wecom.owner("林晓"), wecom.official("陈岚", Role.DISPATCHER)):
        for flow in ("robot", "unit_group", "customers"):
            somebody.press(f"f:{flow}")
            assert "工作人员" in somebody.last.text


def test_an_office_that_is_not_on_wecom_says_so_and_offers_none_of_it(town: Town) -> None:
    boss = town.official("于管", Role.ADMINISTRATOR)
    for flow in ("robot", "unit_group", "customers"):
        boss.press(f"f:{flow}")
        assert "还没有接通" in boss.last.text
    boss.say("/groups")
    assert "给谁的" in boss.last.text


def test_a_group_is_not_bound_from_enterprises_to_officials_by_the_same_robot(wecom: Town, boss: Official) -> None:
    robots_group(wecom)
    bind_robot(boss)
    bind_robot(boss, "供电工作群", "单位工作群", "供电公司")
    assert "解除绑定" in boss.last.text
    [bound] = wecom.read(groups.every)
    assert bound.name == "园区企业群"


def test_who_bound_a_robot_hears_once_that_it_was_removed_and_can_bind_it_again(wecom: Town, boss: Official) -> None:
    bind_robot(boss)
    post(boss, "所有企业群")
    boss.read_all()
    refused(wecom, "robot")
    boss.heard("机器人被移除")
    boss.silent()
    boss.say("/groups")
    assert "发不了消息" in words(boss.last)
    group = robots_group(wecom)
    bind_robot(boss)
    group.heard("本群已接入")


# --- the page of an announcement --------------------------------------------------------------------------------------


def test_an_announcement_has_a_page_and_groups_that_show_little_lead_there(wecom: Town, boss: Official) -> None:
    group = robots_group(wecom)
    bind_robot(boss)
    post(boss, "所有企业群", WORDS, "绕行图.jpg")
    [one] = wecom.read(announcements.recent, 5)
    shown = group.heard(WORDS)
    assert [button.url for row in shown.buttons for button in row if button.url] == [
        f"https://office.example/policy/{one.code}"
    ]
    reader = wecom.phone("路人", Owner)
    reader.say(f"/start policy_{one.code}")
    read = reader.heard(WORDS)
    assert read.title.startswith("公告")
    files = [file for message in reader.shown.values() for file in message.files]
    assert [(file.name, file.url) for file in files] == [("绕行图.jpg", f"/policy/{one.code}/1")]


def test_an_unknown_code_leads_on(wecom: Town) -> None:
    reader = wecom.owner("路人")
    for arg in ("2a3b4c5d6e7f", "", "%", "' or 1=1"):
        reader.press(f"f:policy:{arg}")
        assert "没有找到这份公告" in reader.last.text
        assert reader.last.buttons


def test_codes_are_never_the_same(wecom: Town, boss: Official) -> None:
    robots_group(wecom)
    bind_robot(boss)
    post(boss, "所有企业群")
    post(boss, "所有企业群")
    codes = [one.code for one in wecom.read(announcements.recent, 5)]
    assert len(set(codes)) == 2
    assert all(len(code) == announcements.LENGTH for code in codes)


# --- the group of a unit ----------------------------------------------------------------------------------------------


def make_group(boss: Person) -> None:
    boss.press("f:unit_group")
    boss.tap("供电公司")


def test_a_units_group_is_asked_for_made_and_told(wecom: Town, boss: Official) -> None:
    for name in ("郑凯", "孙丽"):
        in_the_app(wecom, name, Role.HANDLER, unit="gongdian")
    in_the_app(wecom, "别处的人", Role.HANDLER, unit="zhujian")
    make_group(boss)
    assert dict(boss.last.facts)["成员"] == "郑凯、孙丽"
    boss.tap("建群")
    [wanted] = wecom.read(unit_groups.wanted, wecom.now)
    assert (wanted.members, wanted.made) == (("user-郑凯", "user-孙丽"), False)
    assert len(wanted.chat) == 32
    boss.say("/groups")
    assert "正在建群" in words(boss.last)
    group = Group(wecom, "群", wanted.chat, group=True, channel="appchat")
    wecom.doors.append(group)
    boss.read_all()
    for _time in range(2):
        wecom.write(unit_groups.made, wanted.address_id, wecom.now)
    wecom.show()
    boss.heard("建好了")
    boss.silent()
    group.heard("发布给本单位的公告")
    group.silent()
    post(boss, "所有工作群")
    group.heard(WORDS)


def test_who_gets_and_loses_a_role_belongs_and_belongs_no_more(wecom: Town, boss: Official) -> None:
    staff = [in_the_app(wecom, name, Role.HANDLER, unit="gongdian") for name in ("郑凯", "孙丽")]
    make_group(boss)
    boss.tap("建群")
    in_the_app(wecom, "新来", Role.LIAISON, unit="gongdian")
    [given] = wecom.read(roles.own, staff[0].id, wecom.now)
    wecom.write(roles.take, given, wecom.now)
    [wanted] = wecom.read(unit_groups.wanted, wecom.now + timedelta(seconds=1))
    assert wanted.members == ("user-孙丽", "user-新来")


def test_a_group_needs_two_and_a_unit_has_one(wecom: Town, boss: Official) -> None:
    in_the_app(wecom, "郑凯", Role.HANDLER, unit="gongdian")
    make_group(boss)
    assert "至少要有两位" in boss.last.text
    in_the_app(wecom, "孙丽", Role.HANDLER, unit="gongdian")
    make_group(boss)
    boss.tap("建群")
    make_group(boss)
    assert "已经有群" in boss.last.text
    assert len(wecom.read(unit_groups.wanted, wecom.now)) == 1


def asked_for(wecom: Town, boss: Person) -> Wanted:
    for name in ("郑凯", "孙丽"):
        in_the_app(wecom, name, Role.HANDLER, unit="gongdian")
    make_group(boss)
    boss.tap("建群")
    [wanted] = wecom.read(unit_groups.wanted, wecom.now)
    boss.read_all()
    return wanted


def test_a_group_that_cannot_be_made_is_told_once_and_can_be_asked_for_again(wecom: Town, boss: Official) -> None:
    wanted = asked_for(wecom, boss)
    for _time in range(2):
        wecom.write(unit_groups.not_made, wanted.address_id, wecom.now)
    wecom.show()
    boss.heard("没有建成")
    boss.silent()
    make_group(boss)
    assert boss.offers("建群")


def test_a_group_that_was_dissolved_is_told_and_not_made_again(wecom: Town, boss: Official) -> None:
    wanted = asked_for(wecom, boss)
    wecom.write(unit_groups.made, wanted.address_id, wecom.now)
    wecom.show()
    boss.read_all()
    for _time in range(2):
        wecom.write(unit_groups.gone, wanted.address_id, wecom.now)
    wecom.show()
    boss.heard("已经不在了")
    boss.silent()
    assert wecom.read(unit_groups.wanted, wecom.now) == []


# --- customer groups --------------------------------------------------------------------------------------------------


def bind_customers(boss: Person, name: str = "张三") -> None:
    boss.press("f:customers")
    boss.say(name)
    boss.tap(name)
    boss.tap("全体企业")
    boss.tap("对，绑定")


def handed_over(town: Town) -> None:
    """WeCom has taken what is to go to customer groups, and waits for the colleague."""
    for number, line in enumerate(waiting(town, "custgroups"), 1):
        town.write(record, [taken(line, Receipt(f"mass-{number}", waiting=True))], town.now)


def test_a_colleagues_customer_groups_hear_what_the_colleague_confirms(wecom: Town, boss: Official) -> None:
    colleague = in_the_app(wecom, "张三")
    bind_customers(boss)
    assert "张三的客户群" in boss.last.text
    post(boss, "所有企业群")
    [line] = waiting(wecom, "custgroups")
    assert (line.address, line.once, line.group) == (colleague.address, True, True)
    handed_over(wecom)
    boss.tap("再看看")
    assert dict(boss.last.facts)["等同事确认"] == "张三的客户群：等这位同事在企业微信里确认"
    assert "0" in dict(boss.last.facts)["已收到"]
    [one] = wecom.read(confirmations.outstanding)
    assert one.ref == "mass-1"
    wecom.write(confirmations.let_go, one, wecom.now)
    boss.tap("再看看")
    assert "等同事确认" not in dict(boss.last.facts)
    assert "1" in dict(boss.last.facts)["已收到"]
    assert wecom.read(confirmations.outstanding) == []


def test_the_colleague_is_reminded_once_on_a_later_working_day(wecom: Town, boss: Official) -> None:
    colleague = in_the_app(wecom, "张三")
    bind_customers(boss)
    wecom.forward(to="2026-03-06 16:00")
    post(boss, "所有企业群")
    handed_over(wecom)
    [one] = wecom.read(confirmations.outstanding)
    for moment in ("2026-03-06 17:00", "2026-03-07 10:00", "2026-03-08 10:00", "2026-03-09 07:00"):
        wecom.forward(to=moment)
        wecom.write(confirmations.still_waits, one, wecom.now)
        wecom.show()
        colleague.not_heard("群发助手")
    for moment in ("2026-03-09 10:00", "2026-03-10 10:00"):
        wecom.forward(to=moment)
        wecom.write(confirmations.still_waits, one, wecom.now)
    wecom.show()
    colleague.heard("群发助手")
    colleague.not_heard("群发助手")


def test_what_nobody_confirms_in_a_month_is_given_up_in_words(wecom: Town, boss: Official) -> None:
    in_the_app(wecom, "张三")
    bind_customers(boss)
    post(boss, "所有企业群")
    handed_over(wecom)
    [one] = wecom.read(confirmations.outstanding)
    wecom.write(confirmations.still_waits, one, one.since + timedelta(days=30))
    assert wecom.read(confirmations.outstanding) == [one]
    wecom.write(confirmations.still_waits, one, one.since + timedelta(days=30, seconds=1))
    boss.tap("再看看")
    assert "30天内没有人" in dict(boss.last.facts)["没有收到"]
    wecom.write(confirmations.let_go, one, wecom.now)
    boss.tap("再看看")
    assert "30天内没有人" in dict(boss.last.facts)["没有收到"]


def test_a_colleague_who_never_opened_the_app_is_not_found_and_officials_groups_are_not_offered(
    wecom: Town, boss: Official
) -> None:
    wecom.official("李四", Role.HANDLER, unit="gongdian")
    boss.press("f:customers")
    boss.say("李四")
    assert "没有找到“李四”" in boss.last.text
    in_the_app(wecom, "李四在应用里")
    boss.say("李四")
    boss.tap("李四在应用里")
    assert boss.offers("全体企业")
    assert not boss.offers("单位工作群")


def test_a_colleague_who_left_is_told_to_whoever_bound_the_groups(wecom: Town, boss: Official) -> None:
    in_the_app(wecom, "张三")
    bind_customers(boss)
    post(boss, "所有企业群")
    boss.read_all()
    refused(wecom, "custgroups")
    boss.heard("发不出去了")
    boss.silent()


def test_a_colleague_who_is_erased_is_named_by_nothing_that_concerns_their_groups(wecom: Town, boss: Official) -> None:
    colleague = in_the_app(wecom, "张三")
    bind_customers(boss)
    post(boss, "所有企业群")
    handed_over(wecom)
    boss.say("/start")
    wecom.write(erasure.person, colleague.id, wecom.now)
    assert wecom.read(confirmations.outstanding) == []
    assert wecom.read(groups.every) == []
    kept = [(table, row) for table, row in wecom.read(rows) if colleague.address in row]
    assert kept == []
