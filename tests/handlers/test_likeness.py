"""Filings that look alike: the owner is asked whether it is the same matter, the office which cases belong together."""

from __future__ import annotations

import pytest

from domain.case import Kind, Role
from domain.likeness import ALIKE, gist, share
from handlers.likeness import alike
from storage import events
from storage.sounds import BOOK
from tests.people import Owner, Town
from tests.people import words as shown

#: Invented pairs of accounts of one matter, told twice in different words.
ONE_MATTER = (
    ("城东工业园的变压器坏了，停电三天，请帮忙协调。", "工业园变压器坏了，还没来电"),
    ("我们面馆门口的下水道堵了，污水流到路上，客人都不来了。", "门口下水道又堵了，污水横流，请派人疏通"),
    ("去银行申请贷款，跑了四趟都没批下来，说征信有问题。", "银行贷款一直批不下来，跑了好几趟"),
    ("营业执照地址变更，窗口要求提供房产证原件。", "办营业执照变更地址，窗口非要房产证原件"),
    ("滨江路路灯全部不亮，晚上没有客人。", "滨江路的路灯不亮好几天了，晚上一片漆黑"),
    ("食品经营许可证申请三周没有回音。", "食品经营许可证办了三周还没有下来，电话打不通"),
)
TWO_MATTERS = (
    ("我们面馆门口的下水道堵了，污水流到路上。", "我们面馆的营业执照想变更经营范围，请问要带什么材料？"),
    ("楼下工地夜里施工噪音太大，没有办夜间许可。", "工地拖欠农民工工资，已经三个月了。"),
    ("去银行申请贷款，跑了四趟都没批下来。", "申请稳岗补贴，跑了四趟都没批下来。"),
    ("滨江路路灯全部不亮，晚上没有客人。", "滨江路停车位太少，客人没有地方停车。"),
    ("门口积水，打电话没有人接，影响正常经营，希望尽快解决。", "打电话没有人接，影响正常经营，希望尽快解决路灯。"),
    ("3号楼电梯坏了", "5号楼电梯坏了"),
    ("好", "好"),
)


@pytest.mark.parametrize(("one", "other"), ONE_MATTER)
def test_accounts_of_one_matter_are_alike(one: str, other: str) -> None:
    assert share(gist(one, BOOK), gist(other, BOOK)) >= ALIKE


@pytest.mark.parametrize(("one", "other"), TWO_MATTERS)
def test_accounts_of_two_matters_are_not(one: str, other: str) -> None:
    assert share(gist(one, BOOK), gist(other, BOOK)) < ALIKE


@pytest.fixture
def lin(town: Town) -> Owner:
    return town.owner("林晓", enterprise="晓林面馆")


def last_move(town: Town, number: str) -> str:
    return town.read(events.of_case, town.case(number).id)[-1].move


def begin(owner: Owner, facts: str) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.say(facts)


def test_who_files_the_same_again_may_add_it_to_the_open_case(town: Town, lin: Owner) -> None:
    first, again = ONE_MATTER[0]
    number = lin.file(first)
    begin(lin, again)
    assert number in shown(lin.heard("很像"))
    lin.tap("补充到")
    lin.heard("已补充")
    assert last_move(town, number) == "add"


def test_who_says_it_is_another_matter_files_it(town: Town, lin: Owner) -> None:
    first, again = ONE_MATTER[0]
    number = lin.file(first)
    begin(lin, again)
    lin.tap("另外登记")
    lin.tap("提交")
    assert number not in shown(lin.heard("您的编号是"))


def test_another_matter_is_not_asked_about(lin: Owner) -> None:
    for facts in TWO_MATTERS[0]:
        begin(lin, facts)
        assert not lin.offers("补充到")
        lin.tap("提交")


def test_an_ended_case_is_not_proposed(lin: Owner) -> None:
    first, again = ONE_MATTER[0]
    lin.card(lin.file(first))
    lin.tap("撤回")
    lin.tap("撤回")
    begin(lin, again)
    assert not lin.offers("补充到")


def test_nobody_learns_of_a_case_of_the_same_enterprise(town: Town, lin: Owner) -> None:
    first, again = ONE_MATTER[0]
    lin.file(first)
    begin(town.owner("赵磊", enterprise="晓林面馆"), again)
    other = town.doors[-1]
    assert not other.offers("补充到")
    other.not_heard("很像")


def test_an_anonymous_filing_is_tied_to_nothing(lin: Owner) -> None:
    first, again = ONE_MATTER[0]
    lin.file(first)
    lin.say("/file")
    lin.tap("投诉")
    lin.say(again)
    lin.tap("匿名")
    assert not lin.offers("补充到")
    lin.heard("请核对")


def test_the_case_may_have_ended_meanwhile(town: Town, lin: Owner) -> None:
    first, again = ONE_MATTER[0]
    number = lin.file(first)
    begin(lin, again)
    old = lin.button("补充到").value
    lin.card(number)
    lin.tap("撤回")
    lin.tap("撤回")
    lin.press(old)
    lin.read_all()
    assert last_move(town, number) == "withdraw"


# --- for the desk ---------------------------------------------------------------------------------------------


def test_open_cases_of_others_that_look_alike_are_found(town: Town, lin: Owner) -> None:
    number = lin.file(ONE_MATTER[0][0])
    alikes = [
        town.owner(name).file(facts)
        for name, facts in (("赵磊", ONE_MATTER[0][1]), ("孙梅", "变压器坏了，整个工业园停电"))
    ]
    town.owner("钱多").file(TWO_MATTERS[1][0])
    lin.file("工业园变压器坏了，又停电了", Kind.COMPLAINT)
    found = town.read(alike, town.case(number))
    assert {case.number for case, _share in found} == set(alikes)
    assert [share for _case, share in found] == sorted((share for _case, share in found), reverse=True)
    assert all(ALIKE <= share <= 1 for _case, share in found)


def test_ended_cases_are_not_joined_with(town: Town, lin: Owner) -> None:
    number = lin.file(ONE_MATTER[0][0])
    zhao = town.owner("赵磊")
    zhao.card(zhao.file(ONE_MATTER[0][1]))
    zhao.tap("撤回")
    zhao.tap("撤回")
    assert town.read(alike, town.case(number)) == []


def test_the_same_enterprise_needs_less_likeness(town: Town, lin: Owner) -> None:
    told, again = "楼下工地夜里施工噪音太大，没有办夜间许可。", "工地半夜还在施工，噪音吵得没法睡"
    assert share(gist(told, BOOK), gist(again, BOOK)) < ALIKE
    number = lin.file(told)
    partner = town.owner("林父", enterprise="晓林面馆").file(again)
    town.owner("赵磊").file(again)
    assert [case.number for case, _share in town.read(alike, town.case(number))] == [partner]


def test_a_case_of_few_words_is_like_nothing(town: Town, lin: Owner) -> None:
    assert town.read(alike, town.case(lin.file("好的"))) == []


def test_the_desk_may_join_a_case_with_one_that_looks_like_it(town: Town, lin: Owner) -> None:
    desk = town.official("陈岚", Role.DISPATCHER)
    number = lin.file(ONE_MATTER[0][0])
    desk.dispatch(number, "供电公司")
    zhao = town.owner("赵磊")
    later = zhao.file(ONE_MATTER[0][1])
    desk.card(later)
    assert number in shown(desk.last)
    desk.tap(f"与 {number} 并件")
    desk.tap("并件")
    assert town.case(later).merged_into == town.case(number).id


def test_who_may_not_join_sees_no_likeness(town: Town, lin: Owner) -> None:
    desk = town.official("陈岚", Role.DISPATCHER)
    clerk = town.official("吴敏", Role.LIAISON, unit="gongdian")
    number, other = lin.file(ONE_MATTER[0][0]), town.owner("赵磊").file(ONE_MATTER[0][1])
    desk.dispatch(number, "供电公司")
    assert other not in shown(clerk.card(number))
    assert other in shown(desk.card(number))
