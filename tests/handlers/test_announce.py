"""Announcements: to whom, as they will look, once to each group; who has them, and why the others have not."""

from __future__ import annotations

import pytest

from bot.verdicts import MAYBE, Verdict, record
from domain.case import Role
from domain.messages import Message
from storage import announcements, outbox, outgoing
from storage.outgoing import Outgoing
from tests.handlers.group_chairs import a_code, bound
from tests.people import Group, Official, Person, Town, moment, words

WORDS = "3月10日起，工业路施工，请绕行。"


@pytest.fixture
def boss(town: Town) -> Official:
    return town.official("于管", Role.ADMINISTRATOR)


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


def announce(person: Person, *audiences: str, text: str = WORDS, files: tuple[str, ...] = ()) -> None:
    """The conversation to the preview; where there is more than one audience to add, it ends with “that is all”."""
    person.say("/announce")
    person.say(text)
    if files:
        person.send(*files)
        person.tap("完成")
    else:
        person.tap("跳过")
    for audience in audiences:
        person.tap(audience)
    if person.offers("就这些"):
        person.tap("就这些")


def post(person: Person, *audiences: str, text: str = WORDS, files: tuple[str, ...] = ()) -> None:
    announce(person, *audiences, text=text, files=files)
    person.tap("发出公告")


def announced(group: Group) -> list[Message]:
    """The announcements a group has."""
    return [message for message in group.shown.values() if message.pin]


# --- posting ----------------------------------------------------------------------------------------------------


def test_an_announcement_is_shown_as_it_will_be_and_goes_to_every_group_of_enterprises(
    town: Town, boss: Official, desk: Official
) -> None:
    groups = [bound(town, boss, name) for name in ("甲群", "乙群")]
    food = bound(town, boss, "餐饮群", "某个行业", industry="餐饮")
    work = bound(town, boss, "供电工作群", "单位工作群", "供电公司")
    announce(desk, "所有企业群（3个群）")
    preview = words(desk.last)
    assert WORDS in preview
    assert "公告 · 衡岳县" in preview
    assert "3" in dict(desk.last.facts)["群数"]
    assert announced(groups[0]) == []
    desk.tap("发出公告")
    for group in (*groups, food):
        [message] = announced(group)
        assert WORDS in message.text
        assert [button.value for row in message.buttons for button in row] == ["f:file"]
    assert announced(work) == []


def test_several_audiences_are_chosen_one_after_another(town: Town, boss: Official, desk: Official) -> None:
    food = bound(town, boss, "餐饮群", "某个行业", industry="餐饮")
    wood = bound(town, boss, "木材群", "某个行业", industry="木材")
    rest = bound(town, boss, "企业群")
    post(desk, "餐饮的企业", "木材的企业")
    assert [len(announced(group)) for group in (food, wood, rest)] == [1, 1, 0]
    assert dict(desk.last.facts)["发给"] == "餐饮的企业、木材的企业"


def test_work_groups_are_an_audience_of_their_own(town: Town, boss: Official, desk: Official) -> None:
    enterprises = bound(town, boss, "企业群")
    bound(town, boss, "餐饮群", "某个行业", industry="餐饮")
    power = bound(town, boss, "供电工作群", "单位工作群", "供电公司")
    houses = bound(town, boss, "住建工作群", "单位工作群", "住建局")
    announce(desk, "供电公司工作群")
    assert not desk.offers("企业")
    desk.tap("取消")
    desk.say("/announce")
    desk.say(WORDS)
    desk.tap("跳过")
    desk.tap("供电公司工作群")
    assert desk.offers("住建局工作群")
    assert not any("企业" in button.label for row in desk.last.buttons for button in row)
    desk.tap("就这些")
    desk.tap("发出公告")
    assert [len(announced(group)) for group in (enterprises, power, houses)] == [0, 1, 0]
    [message] = announced(power)
    assert [button.value for row in message.buttons for button in row] == ["f:tasks"]


def test_photos_and_documents_go_along(town: Town, boss: Official, desk: Official) -> None:
    group = bound(town, boss, "企业群")
    announce(desk, "所有企业群", files=("绕行图.jpg", "通知.pdf"))
    assert dict(desk.last.facts)["附件"] == "绕行图.jpg、通知.pdf"
    desk.tap("发出公告")
    assert [file.name for message in group.shown.values() for file in message.files] == ["绕行图.jpg", "通知.pdf"]
    assert [message.text for message in announced(group)] == [WORDS]


def test_at_night_it_waits_for_the_morning(town: Town, boss: Official, desk: Official) -> None:
    group = bound(town, boss, "企业群")
    town.forward(to="2026-03-03 21:30")
    announce(desk, "所有企业群")
    assert "3月4日 周三 08:00" in dict(desk.last.facts)["发出时间"]
    desk.tap("发出公告")
    assert announced(group) == []
    assert "3月4日 周三 08:00起" in dict(desk.last.facts)["正在发"]
    town.forward(to="2026-03-04 08:01")
    assert len(announced(group)) == 1


def test_officials_get_it_within_office_hours(town: Town, boss: Official, desk: Official) -> None:
    work = bound(town, boss, "供电工作群", "单位工作群", "供电公司")
    town.forward(to="2026-03-06 20:00")
    post(desk, "所有工作群")
    town.forward(to="2026-03-08 20:00")
    assert announced(work) == []
    town.forward(to="2026-03-09 10:00")
    assert len(announced(work)) == 1


def test_it_is_marked_as_news_that_are_said_once(town: Town, boss: Official, desk: Official) -> None:
    bound(town, boss, "企业群")
    town.forward(to="2026-03-03 21:30")
    post(desk, "所有企业群")
    line = waiting(town)
    assert (line.once, line.group, line.priority) == (True, True, outbox.Priority.NEWS)


def waiting(town: Town) -> Outgoing:
    """The one announcement that waits for the morning."""
    [line] = town.read(outgoing.outgoing, "telegram", moment("2026-03-04 08:00"), frozenset(), 10)
    return line


@pytest.mark.parametrize("text", ["😀" * 4000, "字" * 3501])
def test_too_long_an_announcement_is_refused_kindly(small_town: Town, text: str) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    group = bound(small_town, boss, "企业群")
    boss.say("/announce")
    boss.say(text)
    assert "3500" in boss.last.text
    boss.say("字" * 3500)
    boss.tap("跳过")
    boss.tap("所有企业群")
    boss.tap("发出公告")
    assert len(announced(group)) == 1


def test_what_comes_in_several_messages_is_pinned_once_and_held_back_whole(town: Town, boss: Official) -> None:
    group, other = bound(town, boss, "甲群"), bound(town, boss, "乙群")
    town.forward(to="2026-03-03 22:00")
    post(boss, "所有企业群", text="😀" * 3500, files=("绕行图.jpg",))
    before = len(other.shown)
    boss.say("/groups")
    boss.tap("解除绑定：乙群")
    boss.tap("解除绑定")
    town.forward(to="2026-03-04 09:00")
    assert "".join(message.text for message in group.shown.values()).count("😀") == 3500
    assert len(announced(group)) == 1
    assert len(other.shown) == before


def test_where_no_group_is_bound_it_says_how_one_is(town: Town, desk: Official) -> None:
    desk.say("/announce")
    desk.heard("还没有绑定任何群")


def test_two_taps_on_post_post_once(town: Town, boss: Official, desk: Official) -> None:
    group = bound(town, boss, "企业群")
    announce(desk, "所有企业群")
    value = desk.button("发出公告").value
    desk.press(value)
    desk.press(value)
    assert len(announced(group)) == 1


def test_two_who_announce_at_once_do_not_disturb_each_other(town: Town, boss: Official, desk: Official) -> None:
    group = bound(town, boss, "企业群")
    announce(desk, "所有企业群", text="甲")
    announce(boss, "所有企业群", text="乙")
    desk.tap("发出公告")
    boss.tap("发出公告")
    assert [message.text for message in announced(group)] == ["甲", "乙"]


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.ADMINISTRATOR, Role.DISPATCHER, Role.CLOCK)])
def test_nobody_else_announces_or_reads_who_has_what(small_town: Town, role: Role) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    group = bound(small_town, boss, "企业群")
    post(boss, "所有企业群")
    person = small_town.official("某人", *(() if role is Role.OWNER else (role,)))
    for value in ("f:announce", "f:announcements", "f:announcements:1"):
        person.press(value)
    assert all("企业群" not in words(message) for message in person.shown.values())
    assert len(announced(group)) == 1


# --- who has it, and who has not ----------------------------------------------------------------------------------


def test_it_is_told_which_groups_have_it(town: Town, boss: Official, desk: Official) -> None:
    bound(town, boss, "甲群")
    bound(town, boss, "乙群")
    post(desk, "所有企业群")
    desk.say("/announcements")
    assert "2个群中2个已收到" in desk.last.text
    desk.tap("1. 3月10日起")
    assert dict(desk.last.facts)["已收到"] == "2个群中的2个"
    assert "没有收到" not in dict(desk.last.facts)


def test_a_group_that_put_the_office_out_before_is_named(town: Town, boss: Official, desk: Official) -> None:
    bound(town, boss, "甲群")
    bound(town, boss, "乙群").leave()
    post(desk, "所有企业群")
    assert dict(desk.last.facts)["没有收到"] == "乙群：我在这个群里发不了消息了"


def test_a_group_that_blocks_the_office_unnoticed_is_named_too(town: Town, boss: Official, desk: Official) -> None:
    bound(town, boss, "甲群")
    kicked = bound(town, boss, "乙群")
    kicked.blocked = True
    post(desk, "所有企业群")
    desk.tap("再看看")
    assert dict(desk.last.facts)["已收到"] == "2个群中的1个"
    assert dict(desk.last.facts)["没有收到"] == "乙群：我在这个群里发不了消息了"
    boss.say("/groups")
    assert boss.last.text.count("发不了消息") == 1


def test_where_no_group_can_be_written_to_nothing_is_posted(town: Town, boss: Official, desk: Official) -> None:
    bound(town, boss, "甲群").leave()
    post(desk, "所有企业群")
    desk.heard("公告没有发出")
    assert town.read(announcements.recent, 10) == []


def test_what_may_have_arrived_is_named_and_sent_again_by_hand_alone(
    town: Town, boss: Official, desk: Official
) -> None:
    bound(town, boss, "甲群")
    town.forward(to="2026-03-03 21:30")
    post(boss, "所有企业群")
    town.write(record, [Verdict(waiting(town), "dead", reason=MAYBE)], town.now)
    boss.tap("再看看")
    assert "甲群：" in dict(boss.last.facts)["没有收到"]
    assert "请到群里看一眼" in dict(boss.last.facts)["没有收到"]
    assert boss.offers("失败")
    desk.say("/announcements")
    desk.tap("1. ")
    assert "请到群里看一眼" in dict(desk.last.facts)["没有收到"]
    assert not desk.offers("失败")


def test_a_group_that_is_unbound_before_it_goes_out_does_not_get_it(town: Town, boss: Official, desk: Official) -> None:
    group, other = bound(town, boss, "甲群"), bound(town, boss, "乙群")
    town.forward(to="2026-03-03 22:00")
    post(desk, "所有企业群")
    boss.say("/groups")
    boss.tap("解除绑定：甲群")
    boss.tap("解除绑定")
    town.forward(to="2026-03-04 09:00")
    assert (len(announced(group)), len(announced(other))) == (0, 1)
    desk.tap("再看看")
    assert "发出之前，群已解除绑定或换了对象" in dict(desk.last.facts)["没有收到"]


def test_a_group_that_is_for_others_before_it_goes_out_does_not_get_it(
    town: Town, boss: Official, desk: Official
) -> None:
    group = bound(town, boss, "甲群")
    town.forward(to="2026-03-03 22:00")
    post(desk, "所有企业群")
    group.say(f"/bind {a_code(boss, '某个行业', industry='餐饮')}")
    town.forward(to="2026-03-04 09:00")
    assert announced(group) == []


def test_a_group_that_grew_on_the_way_has_it_once_under_its_new_address(
    town: Town, boss: Official, desk: Official
) -> None:
    group = bound(town, boss, "甲群")
    town.forward(to="2026-03-03 22:00")
    post(desk, "所有企业群")
    group._send(moved_to="-100777")
    grown = Group(town, "甲群", "-100777", group=True, channel="telegram")
    town.doors.append(grown)
    town.forward(to="2026-03-04 09:00")
    assert (len(announced(group)), len(announced(grown))) == (0, 1)
    desk.tap("再看看")
    assert dict(desk.last.facts)["已收到"] == "1个群中的1个"


@pytest.mark.parametrize("arg", ["x", "99", "-1", "9" * 30, "٣"])
def test_an_announcement_there_is_not_is_answered_kindly(small_town: Town, arg: str) -> None:
    desk = small_town.official("陈岚", Role.DISPATCHER)
    desk.press(f"f:announcements:{arg}")
    desk.heard("没有找到这条公告")


def test_before_the_first_announcement_there_is_a_way_to_it(small_town: Town) -> None:
    desk = small_town.official("陈岚", Role.DISPATCHER)
    desk.say("/announcements")
    desk.heard("还没有发过公告")
    assert desk.offers("发公告")


def test_groups_hear_it_in_the_language_of_the_office(small_town: Town) -> None:
    boss = small_town.official("Yu", Role.ADMINISTRATOR)
    group = bound(small_town, boss, "企业群")
    boss.say("/language")
    boss.tap("English")
    boss.say("/announce")
    boss.say(WORDS)
    boss.tap("Skip")
    boss.tap("all groups of enterprises")
    boss.tap("Post it")
    [message] = announced(group)
    assert message.title.startswith("公告")
    assert message.buttons[0][0].label == "在私聊里提问"
