"""Groups on WeCom from the chair: a robot is bound and its address kept by nobody, a unit has its group, and an
announcement can be read whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Role
from domain.messages import Incoming
from handlers import unit_groups
from handlers.unit_groups import Wanted
from storage import announcements, groups, roles
from tests.handlers.wecom_chairs import (
    KEY,
    WEBHOOK,
    WORDS,
    bind_robot,
    boss,
    in_the_app,
    post,
    refused,
    robots_group,
    rows,
    to_the_address,
    wecom,
)
from tests.people import Group, Official, Owner, Person, Town, words

__all__ = ["boss", "wecom"]


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
