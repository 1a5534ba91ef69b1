"""WeCom's directory from the chair: rules give and take roles, who left has none, half an answer changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.case import Role
from domain.directory import Department, Given, Member, Rule, Tagged, below, fitting, path, plan, too_many
from handlers import directory as comparisons
from scheduler import timetable
from storage import directory, erasure, people, roles
from tests.handlers.directory_chairs import OFFICE, POWER_DEPARTMENT, SHIFT, TREE, WeCom, admin, wecom
from tests.people import Official, Town, words

__all__ = ["admin", "wecom"]

# --- rules ------------------------------------------------------------------------------------------------------


def test_whoever_is_below_a_department_gets_its_role_with_unit_and_name_and_hears_so(wecom: WeCom) -> None:
    wecom.rule(Role.HANDLER, POWER_DEPARTMENT, unit="gongdian")
    wecom.hire("zhang", "张电", SHIFT)
    wecom.hire("li", "李办", OFFICE)
    phone = wecom.phone("zhang")
    assert wecom.compare()
    assert wecom.roles_of("zhang") == {Role.HANDLER}
    assert wecom.roles_of("li") == set()
    phone.heard("您现在是")
    person = wecom.town.read(directory.person, "zhang")
    assert person is not None
    assert person.name == "张电"
    assert wecom.town.read(directory.person, "li") is None, "nobody is met whom no rule is about"


def test_a_tag_gives_a_role_and_takes_it_with_it(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, tag=7)
    wecom.hire("zhang", "张电", SHIFT)
    wecom.hire("li", "李办", OFFICE)
    wecom.tagged[7] = Tagged(frozenset({"zhang"}), frozenset({OFFICE}))
    wecom.compare()
    assert wecom.roles_of("zhang") == wecom.roles_of("li") == {Role.DISPATCHER}
    wecom.tagged[7] = Tagged(frozenset({"zhang"}))
    wecom.compare()
    assert wecom.roles_of("zhang") == {Role.DISPATCHER}
    assert wecom.roles_of("li") == set()


def test_who_moves_to_another_department_has_the_new_role_and_not_the_old(wecom: WeCom) -> None:
    wecom.rule(Role.HANDLER, POWER_DEPARTMENT, unit="gongdian")
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("zhang", "张电", SHIFT)
    wecom.compare()
    wecom.hire("zhang", "张电", OFFICE)
    wecom.compare()
    assert wecom.roles_of("zhang") == {Role.DISPATCHER}


def test_what_was_given_by_somebody_stays_whatever_the_rules_say(wecom: WeCom) -> None:
    rule = wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    li = wecom.phone("li")
    li.say("你好")
    wecom.town.write(people.give_role, li.id, Role.DISPATCHER, wecom.town.now)
    wecom.compare()
    wecom.town.write(directory.end_rule, rule, wecom.town.now)
    wecom.compare()
    assert wecom.roles_of("li") == {Role.DISPATCHER}


def test_a_role_two_rules_give_outlives_one_of_them(wecom: WeCom) -> None:
    first = wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.rule(Role.DISPATCHER, 1)
    wecom.hire("li", "李办", OFFICE)
    phone = wecom.phone("li")
    wecom.compare()
    phone.read_all()
    wecom.town.write(directory.end_rule, first, wecom.town.now)
    wecom.compare()
    assert wecom.roles_of("li") == {Role.DISPATCHER}
    phone.silent()


def test_the_last_administrator_stays_one_whatever_the_rules_say(wecom: WeCom, admin: Official) -> None:
    rule = wecom.rule(Role.ADMINISTRATOR, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    [row] = wecom.town.read(roles.own, admin.id, wecom.town.now)
    wecom.town.write(roles.take, row, wecom.town.now)
    li = wecom.phone("li")
    wecom.town.write(directory.end_rule, rule, wecom.town.now)
    wecom.compare()
    assert wecom.roles_of("li") == {Role.ADMINISTRATOR}
    li.heard("目前没有别的管理员")
    wecom.compare()
    li.not_heard("目前没有别的管理员")


# --- leaving ----------------------------------------------------------------------------------------------------


def test_who_is_deleted_loses_every_right_at_once_and_the_liaison_has_their_tasks(wecom: WeCom) -> None:
    town = wecom.town
    wecom.rule(Role.HANDLER, POWER_DEPARTMENT, unit="gongdian")
    wecom.hire("zhang", "张电", SHIFT)
    wecom.compare()
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    liaison = town.official("联络", Role.LIAISON, unit="gongdian")
    number = owner.file("变压器烧了，停电三天")
    desk.dispatch(number, "供电公司")
    zhang = wecom.phone("zhang")
    zhang.say("你好")
    town.write(people.give_role, zhang.id, Role.SUPERVISOR, town.now)
    zhang.sign(number)
    liaison.read_all()
    wecom.tells("delete_user", "zhang")
    assert wecom.roles_of("zhang") == set()
    assert not town.read(roles.own, zhang.id, town.now)
    assert [one.handler for one in town.case(number).assignments] == [liaison.id]
    assert not town.read(people.find, "wecom", "zhang")[0].reachable  # type: ignore[index]


def test_a_change_that_comes_three_times_is_taken_once(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    for _time in range(2):
        wecom.again("contacts:one", "delete_user", "li")
    wecom.tells("create_user", "li", departments=(OFFICE,))
    wecom.compare()
    assert wecom.roles_of("li") == {Role.DISPATCHER}
    wecom.again("contacts:one", "delete_user", "li")
    assert wecom.roles_of("li") == {Role.DISPATCHER}, "a late copy of what was done before"


def test_who_is_missed_by_the_callback_is_found_by_the_comparison(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.hire("wang", "王办", OFFICE)
    wecom.compare()
    del wecom.members["li"]
    wecom.compare()
    assert wecom.roles_of("li") == set()
    assert wecom.roles_of("wang") == {Role.DISPATCHER}


def test_who_left_while_the_platform_was_asked_is_not_brought_back(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    seen = wecom.seen()
    wecom.tells("delete_user", "li")
    wecom.town.write(comparisons.take_over, seen, wecom.town.now)
    assert wecom.roles_of("li") == set()


def test_who_came_while_the_platform_was_asked_is_not_taken_for_gone(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    seen = wecom.seen()
    wecom.tells("create_user", "neu", departments=(OFFICE,))
    wecom.town.write(comparisons.take_over, seen, wecom.town.now)
    assert wecom.roles_of("neu") == {Role.DISPATCHER}


def test_a_new_name_reaches_the_office_but_a_corrected_one_stays(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.hire("wang", "王办", OFFICE)
    wecom.compare()
    wang = wecom.town.read(directory.person, "wang")
    assert wang is not None
    wecom.town.write(people.change, wang.id, name="王主任")
    wecom.names.update(li="李优化", wang="王优化")
    wecom.compare()
    found = [wecom.town.read(directory.person, userid) for userid in ("li", "wang")]
    assert [one.name for one in found if one] == ["李优化", "王主任"]


def test_who_is_erased_is_not_in_the_directory_s_memory(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    li = wecom.town.read(directory.person, "li")
    assert li is not None
    wecom.tells("delete_user", "li")
    wecom.town.write(erasure.of_person, li.id, wecom.town.now)
    assert wecom.town.read(directory.member, "li") is None


# --- half an answer ---------------------------------------------------------------------------------------------


def full(wecom: WeCom, count: int) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    for n in range(count):
        wecom.hire(f"m{n}", f"成员{n}", OFFICE)
    wecom.compare()


def test_half_an_answer_takes_nobodys_rights_until_an_administrator_says_so(wecom: WeCom, admin: Official) -> None:
    full(wecom, 20)
    for n in range(10):
        del wecom.members[f"m{n}"]
    assert not wecom.compare()
    assert all(wecom.roles_of(f"m{n}") == {Role.DISPATCHER} for n in range(20))
    asked = admin.heard("10 人会同时失去这里的权限")
    assert "确认" in words(asked)
    wecom.compare()
    admin.not_heard("10 人会同时失去")
    admin.say("/directory")
    assert "10 人同时失去权限" in admin.last.text
    admin.tap("确认，照此办理")
    assert wecom.compare()
    assert [wecom.roles_of(f"m{n}") for n in (0, 9, 10)] == [set(), set(), {Role.DISPATCHER}]
    admin.heard("离开 10 人")


def test_a_yes_to_some_is_no_yes_to_more(wecom: WeCom, admin: Official) -> None:
    full(wecom, 20)
    for n in range(10):
        del wecom.members[f"m{n}"]
    wecom.compare()
    admin.press("f:directory_yes")
    del wecom.members["m10"]
    assert not wecom.compare()
    assert wecom.roles_of("m0") == {Role.DISPATCHER}
    admin.heard("11 人会同时失去")


def test_a_department_that_comes_back_empty_is_asked_about_too(wecom: WeCom, admin: Official) -> None:
    full(wecom, 20)
    for userid in wecom.members:
        wecom.members[userid] = (1,)
    assert not wecom.compare()
    assert wecom.roles_of("m0") == {Role.DISPATCHER}
    admin.heard("20 人会同时失去")


def test_a_few_who_leave_together_leave(wecom: WeCom, admin: Official) -> None:
    full(wecom, 6)
    for n in range(5):
        del wecom.members[f"m{n}"]
    assert wecom.compare()
    assert wecom.roles_of("m0") == set()


# --- the administrator ------------------------------------------------------------------------------------------


def test_an_administrator_makes_a_rule_and_ends_it(wecom: WeCom, admin: Official) -> None:
    wecom.hire("zhang", "张电", SHIFT)
    wecom.compare()
    admin.say("/directory")
    assert "4 个部门，1 名成员" in admin.last.text
    for tap in ("新增规则", "供电公司", "承办人", "供电公司"):
        admin.tap(tap)
    assert "目前 1 人" in admin.last.text
    admin.tap("确认新增")
    wecom.compare()
    assert wecom.roles_of("zhang") == {Role.HANDLER}
    admin.heard("给了 1 个角色")
    admin.say("/directory")
    assert "(1)" in admin.last.text
    admin.tap("结束第 1 条")
    admin.tap("停用")
    assert wecom.roles_of("zhang") == set(), "at once, without asking WeCom"


def test_only_administrators_get_to_the_directory(wecom: WeCom) -> None:
    desk = wecom.town.official("陈岚", Role.DISPATCHER)
    for value in ("f:directory", "f:directory_rule", "f:directory_end:1", "f:directory_yes"):
        desk.press(value)
        assert "规则" not in words(desk.last)
        assert "核对" not in desk.last.text


def test_without_its_settings_the_directory_says_which_and_offers_invitations(small_town: Town) -> None:
    admin = small_town.official("管理", Role.ADMINISTRATOR)
    small_town.db.office = replace(small_town.db.office, platforms=("wecom",))
    small_town.write(comparisons.settings, False, ("QINQING_WECOM_CONTACTS_SECRET",))
    admin.say("/directory")
    assert "QINQING_WECOM_CONTACTS_SECRET" in admin.last.text
    assert admin.offers("邀请")
    small_town.db.office = replace(small_town.db.office, platforms=())
    admin.say("/directory")
    assert "先把本办公室接入企业微信" in admin.last.text


def test_the_night_wants_one_comparison_and_none_where_the_directory_is_not_kept(small_town: Town) -> None:
    [job] = [one for one in timetable.JOBS if one.name == "directory"]
    small_town.write(comparisons.settings, False, ())
    small_town.forward(to="2026-03-04 02:29")
    small_town.write(timetable.run, job, small_town.now)
    assert small_town.read(directory.state).wanted == 0
    small_town.write(comparisons.settings, True, ())
    begun = small_town.read(directory.state).wanted
    small_town.forward(to="2026-03-05 02:31")
    for _machine in range(2):
        small_town.write(timetable.run, job, small_town.now)
    assert small_town.read(directory.state).wanted == begun + 2, "two nights"


# --- the pure part ----------------------------------------------------------------------------------------------


def test_a_circle_of_departments_ends() -> None:
    circle = [Department(1, 2, "甲"), Department(2, 1, "乙")]
    assert below(circle, 1) == {1, 2}
    assert path({one.id: one for one in circle}, 1)


@pytest.mark.parametrize(("losing", "known", "asked"), [(5, 5, False), (6, 30, False), (6, 29, True), (500, 500, True)])
def test_more_than_five_and_a_fifth_are_asked_about(losing: int, known: int, *, asked: bool) -> None:
    assert too_many(losing, known) is asked


def test_a_plan_carried_out_leaves_nothing_to_do() -> None:
    rules = [Rule(1, Role.DISPATCHER, OFFICE), Rule(2, Role.DISPATCHER, 1), Rule(3, Role.HANDLER, SHIFT, unit=9)]
    members = [Member("a", (OFFICE,)), Member("b", (SHIFT,))]
    persons = {"a": 1, "b": 2}
    fits = fitting(rules, TREE, members)
    made = plan(fits, persons, {})
    held: dict[int, list[Given]] = {1: [], 2: []}
    for n, (userid, rule) in enumerate(made.give):
        held[persons[userid]].append(Given(n, rule.place, rule.id))
    again = plan(fits, persons, held)
    assert len(made.give) == 3
    assert not (again.give)
    assert not (again.end)
    assert not (again.hand_on)
