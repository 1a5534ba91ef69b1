"""Groups: bound by a code of an administrator's, asked in public and answered in private, left and come back to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Role
from domain.messages import HERE, Message
from handlers import grouping
from storage import groups, inbox, people
from tests.handlers.group_chairs import UNUSABLE, a_code, bindings_of, bound, code_in, group_of
from tests.people import Group, Official, Town, words

LEADS = "群里不谈具体的事"


@pytest.fixture
def boss(town: Town) -> Official:
    return town.official("于管", Role.ADMINISTRATOR)


def values(message: Message) -> list[str]:
    return [button.value for row in message.buttons for button in row]


# --- binding ----------------------------------------------------------------------------------------------------


def test_an_administrator_binds_a_group_with_a_code_from_the_private_chat(town: Town, boss: Official) -> None:
    group = group_of(town, "高新园企业群", added=False)
    group._send(presence=HERE)
    assert "私聊" in group.heard("大家好").text
    boss.say("/groups")
    boss.tap("某个园区")
    boss.tap(next(iter(town.projects)))
    boss.tap("对，是企业群")
    code = code_in(boss)
    group.say(f"/bind {code}")
    group.heard("绑定好了")
    boss.heard("“高新园企业群”已绑定")
    project = next(iter(town.projects.values()))
    assert bindings_of(town) == {"高新园企业群": f"project:{project}"}
    boss.say("/groups")
    assert "高新园企业群" in boss.last.text
    assert "3月3日" in boss.last.text


@pytest.mark.parametrize(
    ("taps", "industry", "key"),
    [
        (("全体企业",), "", "all"),
        (("某个行业",), " 餐饮  住宿 ", "industry:餐饮 住宿"),
        (("单位工作群", "供电公司"), "", "unit:{gongdian}"),
    ],
)
def test_every_audience_can_be_chosen(
    town: Town, boss: Official, taps: tuple[str, ...], industry: str, key: str
) -> None:
    bound(town, boss, "某群", *taps, industry=industry)
    assert bindings_of(town) == {"某群": key.format(**town.units)}


def test_the_link_that_adds_the_office_to_a_group_binds_it(small_town: Town) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    small_town.db.office = replace(small_town.db.office, telegram="https://t.me/office_bot")
    code = a_code(boss, "全体企业")
    assert f"https://t.me/office_bot?startgroup=bind_{code}" in boss.last.text
    group = group_of(small_town, "新群")
    group.say(f"/start bind_{code}")
    group.heard("绑定好了")
    assert bindings_of(small_town) == {"新群": "all"}


@pytest.mark.parametrize("typed", ["/bind {code}", "/BIND {code}", "/bind@office_bot {lower}", "/bind  {bare} "])
def test_a_code_is_taken_as_people_type_it(small_town: Town, typed: str) -> None:
    boss, group = small_town.official("于管", Role.ADMINISTRATOR), group_of(small_town)
    code = a_code(boss, "全体企业")
    group.say(typed.format(code=code, lower=code.lower(), bare=code.replace("-", "")))
    group.heard("绑定好了")


def test_binding_again_changes_the_audience(town: Town, boss: Official) -> None:
    group = bound(town, boss, "企业群", "全体企业")
    group.say(f"/bind {a_code(boss, '某个行业', industry='餐饮')}")
    group.heard("餐饮的企业")
    assert bindings_of(town) == {"企业群": "industry:餐饮"}


def test_a_work_group_never_becomes_a_group_of_enterprises_by_a_code(town: Town, boss: Official) -> None:
    work = bound(town, boss, "供电工作群", "单位工作群", "供电公司")
    code = a_code(boss, "全体企业")
    work.say(f"/bind {code}")
    work.heard("工作群和企业群要分开")
    assert bindings_of(town) == {"供电工作群": f"unit:{town.units['gongdian']}"}
    boss.say("/groups")
    boss.tap("解除绑定：供电工作群")
    boss.tap("解除绑定")
    boss.heard("已解除绑定")
    work.say(f"/bind {code}")
    work.heard("绑定好了")
    assert bindings_of(town) == {"供电工作群": "all"}


# --- commands, buttons and talk in a group ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("/my", "f:my"),
        ("/file@office_bot", "f:file"),
        ("/help", "f:help"),
        ("/start", "f:start"),
        ("/start my", "f:start"),
        ("/nosuch", "f:start"),
        ("/case 20260303-0001", "f:case:20260303-0001"),
        ("/join ABCDE-23456", "f:join"),
        ("/search 晓林面馆", "f:search"),
    ],
)
def test_a_command_in_a_group_opens_the_private_chat_with_it(small_town: Town, said: str, value: str) -> None:
    group = group_of(small_town)
    group.say(said)
    answer = group.heard(LEADS)
    assert values(answer) == [value]
    group.silent()


def test_no_case_is_shown_in_a_group_by_a_press_of_an_old_card(small_town: Town) -> None:
    owner = small_town.owner("林晓", enterprise="晓林面馆")
    number = owner.file("变压器装不上")
    case = small_town.case(number).id
    for value in (f"f:case:{number}", f"f:story:{case}", f"f:urge:{case}", "f:my", "t:1:1:yes", "x", "f:nosuch:1"):
        group = group_of(small_town)
        group.press(value)
        shown = words(group.heard(LEADS))
        assert "变压器" not in shown
        assert "面馆" not in shown
        group.silent()
    assert small_town.case(number).status == "filed"


def test_a_group_that_asks_again_and_again_is_answered_once_a_minute(town: Town) -> None:
    group, other = group_of(town), group_of(town, "另一个群")
    for _time in range(30):
        group.say("/my")
        group.press("f:my")
    assert sum(LEADS in words(message) for message in group.shown.values()) == 1
    other.say("/my")
    other.heard(LEADS)
    town.now += timedelta(seconds=61)
    group.say("/my")
    group.heard(LEADS)


def test_guessing_codes_is_answered_once_a_minute_and_the_right_one_at_once(town: Town, boss: Official) -> None:
    group, code = group_of(town), a_code(boss, "全体企业")
    for n in range(20):
        group.say(f"/bind 23456-ABC{n:02}")
    assert sum(UNUSABLE in words(message) for message in group.shown.values()) == 1
    group.say(f"/bind {code}")
    group.heard("绑定好了")


@pytest.mark.parametrize("said", ["门口积水", "我的诉求", "你好", "1", "", "/二号门口", "bind 23456", "😀" * 4000])
def test_what_people_say_to_each_other_is_neither_answered_nor_kept(small_town: Town, said: str) -> None:
    group = group_of(small_town)
    group.say(said)
    group.silent()
    group.say("/my", edits="some-ref")
    group.silent()
    assert small_town.read(inbox.failed_count) == 0


# --- coming, going, moving --------------------------------------------------------------------------------------


def test_the_office_introduces_itself_once(town: Town) -> None:
    group = group_of(town, added=False)
    group._send(presence=HERE)
    group.heard("大家好")
    group._send(presence=HERE)  # it was made an administrator of the group
    group.silent()
    group.leave()
    group.come_back()
    group.silent()


def test_a_group_that_put_the_office_out_stays_bound_and_is_shown_so(town: Town, boss: Official) -> None:
    group = bound(town, boss, "企业群")
    group.leave()
    boss.heard("我在“企业群”（全体企业）里发不了消息了")
    boss.say("/groups")
    assert "发不了消息" in boss.last.text
    group.come_back()
    boss.say("/groups")
    assert "发不了消息" not in boss.last.text
    assert bindings_of(town) == {"企业群": "all"}


def test_being_put_out_of_a_group_nobody_bound_troubles_nobody(town: Town, boss: Official) -> None:
    known, unknown = group_of(town), group_of(town, added=False)
    known.leave()
    unknown.leave()
    assert boss.unread == []
    unknown.come_back()
    unknown.heard("大家好")


def test_a_group_that_grew_keeps_its_binding_under_its_new_address(town: Town, boss: Official) -> None:
    group = bound(town, boss, "企业群")
    group._send(moved_to="-100999")
    grown = Group(town, "企业大群", "-100999", group=True, channel="telegram")
    town.doors.append(grown)
    grown.say("/my")
    grown.heard(LEADS)
    [one] = town.read(groups.every)
    assert (one.door.address, one.audience.key) == ("-100999", "all")


def test_a_group_that_grew_and_spoke_from_its_new_address_first_is_one_group(town: Town, boss: Official) -> None:
    group = bound(town, boss, "企业群")
    grown = Group(town, "企业群", "-100998", group=True, channel="telegram")
    town.doors.append(grown)
    grown._send(presence=HERE)
    group._send(moved_to="-100998")
    [one] = town.read(groups.every)
    assert one.door.address == "-100998"
    assert town.read(people.find, "telegram", group.address) is None


def test_a_group_is_called_by_its_title_of_now(town: Town, boss: Official) -> None:
    group = bound(town, boss, "旧名")
    group.name = "新名"
    group.come_back()
    assert set(bindings_of(town)) == {"新名"}


# --- many groups, two administrators ----------------------------------------------------------------------------


def test_two_administrators_see_and_let_go_of_the_same_groups(town: Town, boss: Official) -> None:
    other = town.official("钱管", Role.ADMINISTRATOR)
    bound(town, boss, "企业群")
    for person in (boss, other):
        person.say("/groups")
        person.tap("解除绑定：企业群")
    boss.tap("解除绑定")
    boss.heard("已解除绑定")
    other.tap("解除绑定")
    other.heard("没有绑定，或已经解除绑定")
    assert bindings_of(town) == {}


def test_many_groups_are_shown_a_page_at_a_time(small_town: Town) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    for n in range(14):
        bound(small_town, boss, f"第{n + 1}群")
    boss.say("/groups")
    assert "第12群" in boss.last.text
    assert "第13群" not in boss.last.text
    boss.tap("更多的群")
    assert "14. 第14群" in boss.last.text


@pytest.mark.parametrize("title", ["", "  ", "甲\n乙" * 40, "{name}", "\u202e群", "<b>群</b>"])
def test_a_group_of_any_title_can_be_bound_and_let_go(small_town: Town, title: str) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    bound(small_town, boss, title)
    boss.say("/groups")
    assert len(boss.last.text) < 200
    boss.tap("解除绑定：")
    boss.tap("解除绑定")
    boss.heard("已解除绑定")
    assert bindings_of(small_town) == {}


@pytest.mark.parametrize("arg", ["x", "-1", "9" * 30, "٣", "1.5", "' OR 1=1"])
def test_a_forged_button_lets_go_of_nothing(small_town: Town, arg: str) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    bound(small_town, boss, "企业群")
    boss.press(f"f:unbind:{arg}")
    boss.heard("没有绑定，或已经解除绑定")
    boss.press(f"f:groups:{arg}")
    boss.heard("企业群")
    assert bindings_of(small_town) == {"企业群": "all"}


def test_what_may_go_along_into_the_private_chat_is_a_number_of_a_case_alone() -> None:
    assert grouping.CASE.fullmatch("20260303-0001")
    assert not grouping.CASE.fullmatch("ABCDE-23456")
