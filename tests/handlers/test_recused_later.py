"""Whom a case turns out to be about in the end: named later, waited for by night, or by a case that joins."""

from __future__ import annotations

import pytest

from domain.case import Kind, Role
from storage import deputies, people
from tests.handlers.page_moves import accuse, handled, heard_now, move
from tests.people import Official, Owner, Town, moment, words


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


@pytest.fixture
def accused(small_town: Town) -> Official:
    return small_town.official("王强", Role.HANDLER, unit="gongdian")


@pytest.fixture
def complaint(small_town: Town, owner: Owner, desk: Official, accused: Official) -> str:
    """A complaint about the power company, which only assists with it; it names nobody yet."""
    number = owner.file("供电公司收费不合理", Kind.COMPLAINT)
    move(small_town, desk, number, "accept")
    own, power = small_town.units["yuanqu"], small_town.units["gongdian"]
    move(small_town, desk, number, "dispatch", lead=own, assisting=(power,))
    accused.read_all()
    return number


def test_whom_the_owner_names_later_hears_nothing_of_it_and_sees_the_complaint_no_more(
    small_town: Town, owner: Owner, accused: Official, complaint: str
) -> None:
    colleague = small_town.official("郑凯", Role.HANDLER, unit="gongdian")
    owner.card(complaint)
    owner.tap("补充")
    owner.say("是王强收的钱")
    accused.silent()
    colleague.heard("是王强收的钱")
    assert "收费" not in words(accused.card(complaint))


def test_whom_the_owner_names_when_it_is_not_solved_does_not_get_it_again(
    small_town: Town, owner: Owner, desk: Official, accused: Official, park: Official, complaint: str
) -> None:
    move(small_town, accused, complaint, "sign")
    move(small_town, park, complaint, "sign")
    move(small_town, park, complaint, "answer", text="已核实", outcome="explained")
    accused.read_all()
    move(small_town, owner, complaint, "redo", text="王强还没有退钱")
    accused.silent()
    assert accused.id in small_town.case(complaint).recused


def test_whom_an_addition_named_is_kept_from_what_becomes_a_complaint_later(
    small_town: Town, owner: Owner, desk: Official, accused: Official
) -> None:
    number = owner.file("变压器装不上")
    accuse(small_town, number, "gongdian")
    owner.card(number)
    owner.tap("补充")
    owner.say("王强要收红包")
    move(small_town, desk, number, "reclassify", kind="complaint")
    assert small_town.case(number).recused == (accused.id,)


@pytest.mark.parametrize("standing_in", [False, True])
def test_what_waits_for_the_morning_does_not_reach_whom_the_case_turns_out_to_be_about(
    small_town: Town, owner: Owner, desk: Official, handler: Official, standing_in: bool
) -> None:
    deputy = small_town.official("许宁", Role.HANDLER, unit="jiaotong")
    if standing_in:
        small_town.write(
            deputies.add, handler.id, deputy.id, small_town.now, moment("2026-04-01 00:00"), small_town.now
        )
    small_town.forward(to="2026-03-03 20:00")
    number = owner.file("经办人态度恶劣", Kind.COMPLAINT)
    move(small_town, desk, number, "accept")
    move(small_town, desk, number, "dispatch", lead=small_town.units["gongdian"])
    move(small_town, desk, number, "recuse", person=handler.id)
    small_town.forward(to="2026-03-04 10:00")
    assert number not in heard_now(handler) + heard_now(deputy)


def test_what_did_not_reach_whom_it_is_about_is_not_said_when_they_are_back(
    small_town: Town, owner: Owner, desk: Official
) -> None:
    phone = small_town.phone("王强", Official)
    phone.say("你好")
    small_town.write(people.give_role, phone.id, Role.HANDLER, small_town.now, small_town.units["gongdian"], None)
    number = owner.file("供电公司收费不合理", Kind.COMPLAINT)
    move(small_town, desk, number, "accept")
    own, power = small_town.units["yuanqu"], small_town.units["gongdian"]
    phone.blocked = True
    move(small_town, desk, number, "dispatch", lead=own, assisting=(power,))
    small_town.show()
    owner.card(number)
    owner.tap("补充")
    owner.say("是王强收的钱")
    phone.come_back()
    assert not any("收费" in words(message) for message in phone.read_all())


def test_whom_a_joined_complaint_is_about_hears_nothing_the_owner_adds(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    first = handled(small_town, desk, handler, owner.file("变压器装不上"))
    second = neighbour.file("经办人态度恶劣", Kind.COMPLAINT)
    move(small_town, desk, second, "recuse", person=handler.id)
    move(small_town, desk, second, "merge", into=small_town.case(first).id)
    handler.read_all()
    neighbour.card(second)
    neighbour.tap("补充")
    neighbour.say("他还要我请客")
    assert not [one for one in handler.read_all() if "请客" in words(one) or second in words(one)]
