"""A complaint about a unit is never with that unit alone, nor is a group with such a complaint in it."""

from __future__ import annotations

import pytest

from domain.case import Kind, Role, Status
from domain.errors import NotLeftToTheAccused, NotToTheAccused
from tests.handlers.page_moves import accuse, handled, move
from tests.people import Official, Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


def test_what_turns_out_a_complaint_about_a_unit_does_not_stay_with_it_alone(
    small_town: Town, owner: Owner, desk: Official, handler: Official, park: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("郑凯收了钱不办事"))
    accuse(small_town, number, "gongdian")
    with pytest.raises(NotToTheAccused):
        move(small_town, desk, number, "reclassify", kind="complaint")
    move(small_town, desk, number, "involve", unit=small_town.units["yuanqu"])
    move(small_town, desk, number, "reclassify", kind="complaint")
    assert small_town.case(number).recused == (handler.id,)
    handler.card(number)
    assert "没有" in words(handler.last)


def test_the_other_unit_of_a_complaint_does_not_leave_it_to_the_accused_alone(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    liaison = small_town.official("吴敏", Role.LIAISON, unit="yuanqu")
    number = owner.file("收费不合理", Kind.COMPLAINT)
    accuse(small_town, number, "gongdian")
    handled(small_town, desk, handler, number, "yuanqu")
    with pytest.raises(NotLeftToTheAccused):
        move(small_town, liaison, number, "return", text="不归我们", better=0)


# --- groups -----------------------------------------------------------------------------------------------------


def test_a_complaint_about_a_unit_does_not_join_what_that_unit_alone_has(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    first = handled(small_town, desk, handler, owner.file("变压器装不上"))
    second = neighbour.file("收费不合理", Kind.COMPLAINT)
    accuse(small_town, second, "gongdian")
    with pytest.raises(NotToTheAccused):
        move(small_town, desk, second, "merge", into=small_town.case(first).id)
    assert small_town.case(second).status is Status.FILED


def test_a_group_with_a_complaint_about_a_unit_does_not_go_to_that_unit_alone(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    first = owner.file("变压器装不上")
    move(small_town, desk, first, "accept")
    second = neighbour.file("收费不合理", Kind.COMPLAINT)
    accuse(small_town, second, "gongdian")
    move(small_town, desk, second, "merge", into=small_town.case(first).id)
    with pytest.raises(NotToTheAccused):
        move(small_town, desk, first, "dispatch", lead=small_town.units["gongdian"])
    move(small_town, desk, first, "dispatch", lead=small_town.units["yuanqu"])
    with pytest.raises(NotToTheAccused):
        move(small_town, desk, first, "reassign", unit=small_town.units["gongdian"], text="改派")


def test_a_group_does_not_join_what_the_unit_that_one_of_it_is_about_has_alone(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    third = small_town.owner("孙立", enterprise="立新五金")
    top = handled(small_town, desk, handler, owner.file("变压器装不上"))
    middle = neighbour.file("整条街停电三天")
    move(small_town, desk, middle, "accept")
    complaint = third.file("收费不合理", Kind.COMPLAINT)
    accuse(small_town, complaint, "gongdian")
    move(small_town, desk, complaint, "merge", into=small_town.case(middle).id)
    with pytest.raises(NotToTheAccused):
        move(small_town, desk, middle, "merge", into=small_town.case(top).id)
    assert small_town.case(complaint).merged_into == small_town.case(middle).id


def test_an_assisting_unit_does_not_leave_a_group_to_the_unit_that_one_of_it_is_about(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    liaison = small_town.official("钱二", Role.LIAISON, unit="yuanqu")
    top = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    complaint = neighbour.file("收费不合理", Kind.COMPLAINT)
    accuse(small_town, complaint, "gongdian")
    move(small_town, desk, complaint, "merge", into=small_town.case(top).id)
    with pytest.raises(NotLeftToTheAccused):
        move(small_town, liaison, top, "return", text="不归我们管", better=0)
