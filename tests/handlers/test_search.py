"""Searching in the chat: everybody among the cases they may see, and nobody learns that another one exists."""

from __future__ import annotations

import pytest

from domain.case import Role
from handlers.flows.search import MOST_SHOWN
from storage import items, search
from storage.items import Item
from tests.people import Official, Owner, Town
from tests.people import words as shown

UNIT = "供电公司"


@pytest.fixture
def lin(town: Town) -> Owner:
    return town.owner("林晓", enterprise="晓林面馆")


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


def looks_for(person: Owner | Official, words: str) -> str:
    person.say(f"/search {words}")
    return shown(person.last)


def found_by(person: Owner | Official, words: str) -> list[str]:
    """The numbers on the buttons of what is found: a text may quote the number looked for."""
    looks_for(person, words)
    return [button.label for row in person.last.buttons for button in row if button.value.startswith("f:case:")]


def test_an_official_finds_by_word_pinyin_and_part_of_the_number(town: Town, lin: Owner, desk: Official) -> None:
    number = lin.file("城东工业园的变压器坏了，停电三天。")
    for words in ("变压器", "停电", "bianyaqi", "byq", "面馆", number[2:], number):
        assert number in found_by(desk, words), words
    desk.say("1")
    assert "变压器坏了" in shown(desk.last)


def test_what_is_only_near_is_said_to_be_near(town: Town, lin: Owner, desk: Official) -> None:
    number = lin.file("城东工业园的变压器坏了，停电三天。")
    assert "没有完全一样的" in looks_for(desk, "变压气")
    assert number in shown(desk.last)
    assert "没有完全一样的" not in looks_for(desk, "变压器")


def test_nothing_found_leads_on(town: Town, desk: Official) -> None:
    assert "没有查到“龙卷风”" in looks_for(desk, "龙卷风")
    assert desk.last.buttons


def test_an_owner_finds_their_own_cases_and_no_others(town: Town, lin: Owner) -> None:
    mine, other = lin.file("门口路灯坏了"), town.owner("赵磊").file("楼下路灯坏了三个")
    found = found_by(lin, "ludeng")
    assert mine in found
    assert other not in found
    for words in (other, other[-4:], "楼下", "路灯坏了三个", "楼下路灯怀了"):
        assert other not in found_by(lin, words), words


def test_a_unit_finds_what_it_has_a_part_in(town: Town, lin: Owner, desk: Official) -> None:
    clerk = town.official("吴敏", Role.LIAISON, unit="gongdian")
    number, other = lin.file("变压器坏了"), lin.file("变压器太吵")
    assert number not in found_by(clerk, "变压器")
    desk.dispatch(number, UNIT)
    found = found_by(clerk, "变压器")
    assert number in found
    assert other not in found
    assert other not in found_by(clerk, other)


def test_a_kept_name_is_not_found_by_the_enterprise(town: Town, lin: Owner, desk: Official) -> None:
    clerk = town.official("吴敏", Role.LIAISON, unit="gongdian")
    number = lin.file("变压器坏了", naming="保密")
    desk.dispatch(number, UNIT)
    for words in ("面馆", "晓林面馆", "xiaolinmianguan", "xlmg", "晓林面管"):
        assert number not in found_by(clerk, words), words
        assert number in found_by(desk, words), words
    for words in ("变压器", "变压气", "byq", number):
        assert number in found_by(clerk, words), words


def test_an_administrator_finds_no_case(town: Town, lin: Owner) -> None:
    number = lin.file("变压器坏了")
    keeper = town.official("贺平", Role.ADMINISTRATOR)
    assert number not in found_by(keeper, "变压器")
    assert number not in found_by(keeper, number)


def test_somebody_a_case_is_about_does_not_find_it_by_exclusion(town: Town, lin: Owner, desk: Official) -> None:
    number = lin.file("窗口态度不好")
    desk.dispatch(number, UNIT)
    leader = town.official("罗成", Role.LEADER, unit="shuiwu" if "shuiwu" in town.units else "zhujian")
    assert number not in found_by(leader, "窗口态度")


def test_more_than_a_page_says_so(town: Town, lin: Owner, desk: Official) -> None:
    for place in range(MOST_SHOWN + 1):
        lin.file(f"第{place + 1}号路灯坏了")
    found = looks_for(desk, "路灯")
    assert "第9号" in found
    assert "第1号" not in found
    assert "还有更多" in found
    assert "还有更多" not in looks_for(desk, "第9号路灯")


def test_units_and_items_are_named_beside_the_cases(town: Town, lin: Owner, desk: Official) -> None:
    item = Item("gd-01", "变压器增容", town.units["gongdian"])
    town.write(items.save, [item])
    number = lin.file("变压器坏了")
    found = looks_for(desk, "变压器")
    assert number in found
    assert "事项：变压器增容（供电公司）" in found
    assert "单位：供电公司" in looks_for(lin, "gongdian")


@pytest.mark.parametrize(
    ("words", "code"),
    [("供电公司", "gongdian"), ("gdgs", "gongdian"), ("供店公司", "gongdian"), ("gongdiangonsi", "gongdian")],
)
def test_a_unit_is_found_by_its_name(small_town: Town, words: str, code: str) -> None:
    assert small_town.read(search.units_like, words)[0].id == small_town.units[code]


def test_a_unit_is_found_by_what_it_does_after_those_with_such_a_name(small_town: Town) -> None:
    found = [unit.code for unit in small_town.read(search.units_like, "占道经营")]
    assert found[0] == "chengguan"
    assert small_town.read(search.units_like, "") == []
    assert small_town.read(search.units_like, "龙卷风") == []
