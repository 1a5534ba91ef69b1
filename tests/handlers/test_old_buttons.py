"""Buttons and numbers that are old, forged or another's: answered kindly, and nothing changes or is learnt by them."""

from __future__ import annotations

import pytest

from domain.case import Role
from domain.errors import UnknownCase
from tests.handlers.page_moves import handled, move
from tests.people import Official, Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


def test_an_old_button_of_a_case_that_was_withdrawn_is_answered_kindly_and_in_no_number_of_ours(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = owner.file("变压器装不上")
    move(small_town, desk, number, "accept")
    move(small_town, desk, number, "dispatch", lead=small_town.units["gongdian"])
    handler.card(number)
    sign = handler.button("签收").value
    move(small_town, owner, number, "withdraw")
    handler.read_all()
    handler.press(sign)
    heard = handler.heard("可能已转给别人办，或已经办结")
    assert "编号为" not in words(heard)
    handler.press("f:sign:999999")
    assert words(handler.last) == words(heard)


def test_a_button_that_says_neither_solved_nor_not_is_no_word_of_the_owner(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    move(small_town, handler, number, "answer", text="已处理", outcome="solved")
    owner.press(f"f:rate:{small_town.case(number).id}.perhaps")
    assert owner.offers("没解决")


def test_a_button_of_a_unit_that_is_gone_is_refused_with_a_word(small_town: Town) -> None:
    owner, desk = small_town.owner("林晓"), small_town.official("陈岚", Role.DISPATCHER)
    case = small_town.case(owner.file("门口的路灯坏了"))
    for unit in ("999", "²", "9" * 30, "-1"):
        desk.press(f"f:take:{case.id}.{unit}")
        desk.heard(unit[:20])
        assert small_town.case(case.number).status == "filed"


def test_a_number_that_is_not_theirs_is_the_same_as_one_there_is_not(
    small_town: Town, owner: Owner, neighbour: Owner
) -> None:
    number = owner.file("变压器装不上")
    with pytest.raises(UnknownCase):
        move(small_town, neighbour, number, "withdraw")
