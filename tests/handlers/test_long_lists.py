"""An official with more cases than one message holds: paging, and finding one by a word or its number."""

import pytest

from domain.case import Role
from tests.people import Official, Owner, Town
from tests.people import words as shown

UNIT = "供电公司"


@pytest.fixture
def liaison(town: Town, owner: Owner, desk: Official) -> Official:
    """Has ten cases to sign."""
    clerk = town.official("吴敏", Role.LIAISON, unit="gongdian")
    for number in range(1, 11):
        desk.dispatch(owner.file(f"第{number}号变压器装不上"), UNIT)
    return clerk


def test_a_list_goes_on_where_it_stopped(liaison: Official) -> None:
    liaison.say("/tasks")
    assert "第8号" in shown(liaison.last)
    assert "第9号" not in shown(liaison.last)

    liaison.tap("后面的")
    assert "第8号" not in shown(liaison.last)
    assert "第9号" in shown(liaison.last)
    assert "第10号" in shown(liaison.last)
    assert not liaison.offers("后面的")


def test_a_word_after_the_list_finds_the_case(liaison: Official) -> None:
    liaison.say("/tasks")
    liaison.say("第9号")
    liaison.say("1")

    assert "第9号变压器" in shown(liaison.heard("待签收"))


def test_a_word_that_finds_nothing_is_offered_as_a_filing(liaison: Official) -> None:
    liaison.say("/tasks")
    liaison.say("路灯坏了")

    liaison.heard("要帮您登记吗")


def test_an_owner_who_looked_at_their_cases_is_not_searched_for(owner: Owner, number: str) -> None:
    owner.say("/my")
    owner.say("变压器装不上")

    owner.heard("要帮您登记吗")
