"""What a second reading of the rules found: groups, accused units, dates and words that had gone astray."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from domain.case import Kind, Role, Status
from domain.errors import Missing, NotLeftToTheAccused, NotToTheAccused, Refused, UnknownCase
from handlers import casework
from handlers.turn import at_desk
from storage import people
from storage.tables import cases
from storage.transaction import Tx
from tests.people import Official, Owner, Person, Town, words

POWER, PARK, BUILDING = "供电公司", "园区管委会", "住建局"


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


@pytest.fixture
def neighbour(small_town: Town) -> Owner:
    return small_town.owner("赵启明", enterprise="启明印章厂")


@pytest.fixture
def approver(small_town: Town) -> Official:
    return small_town.official("周正", Role.APPROVER)


@pytest.fixture
def helper(small_town: Town) -> Official:
    return small_town.official("许燕", Role.HANDLER, unit="yuanqu")


def move(town: Town, who: Person, number: str, name: str, **facts: object) -> None:
    """A move as somebody of the office makes it on a page, where anything may be sent."""

    def made(tx: Tx) -> None:
        person = people.get(tx, who.id)
        assert person is not None
        casework.move(at_desk(tx, person, town.now), town_id, name, **facts)

    town_id = town.case(number).id
    town.write(made)
    town.show()


def handled(town: Town, desk: Official, handler: Official, number: str, *assisting: str, joint: bool = False) -> str:
    """The case is with the power company, and signed."""
    move(town, desk, number, "accept")
    units = tuple(town.units[code] for code in assisting)
    move(town, desk, number, "dispatch", lead=town.units["gongdian"], assisting=units, joint=joint)
    move(town, handler, number, "sign")
    return number


def story(who: Person, number: str) -> str:
    who.say(f"/story {number}")
    return words(who.last)


# --- groups -----------------------------------------------------------------------------------------------------


def test_what_joins_a_case_under_final_review_is_answered_with_it(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official, approver: Official
) -> None:
    first = handled(small_town, desk, handler, owner.file("变压器装不上"))
    for _round in range(2):
        move(small_town, handler, first, "answer", text="已处理", outcome="solved")
        move(small_town, owner, first, "redo", text="还是没电")
        if small_town.case(first).status is Status.DISPATCHED:
            move(small_town, handler, first, "sign")
    second = neighbour.file("整条街停电三天")
    move(small_town, desk, second, "merge", into=small_town.case(first).id)
    neighbour.read_all()
    move(small_town, approver, first, "conclude", text="结论：月底前换新变压器", outcome="solved")
    assert small_town.case(second).status is Status.ANSWERED
    neighbour.heard("月底前换新变压器")


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


def accuse(town: Town, number: str, unit: str) -> None:
    """The complaint names this unit."""

    def named(tx: Tx) -> None:
        tx.execute(update(cases).where(cases.c.number == number).values(named_unit_id=town.units[unit]))

    town.write(named)


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


def test_words_between_officials_on_the_leading_case_are_not_in_the_others_stories(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    first = handled(small_town, desk, handler, owner.file("变压器装不上"))
    second = neighbour.file("整条街停电三天")
    move(small_town, desk, second, "merge", into=small_town.case(first).id)
    neighbour.read_all()
    move(small_town, handler, first, "reassign", handler=0, text="这位老板很难缠，交给别人")
    neighbour.silent()
    assert "难缠" not in story(neighbour, second)
    assert "难缠" not in story(owner, first)


# --- accused units ----------------------------------------------------------------------------------------------


def test_what_turns_out_a_complaint_about_a_unit_does_not_stay_with_it_alone(
    small_town: Town, owner: Owner, desk: Official, handler: Official, helper: Official
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


# --- dates ------------------------------------------------------------------------------------------------------


def test_more_time_granted_after_the_limit_has_grown_brings_no_date_nearer(
    small_town: Town, owner: Owner, desk: Official, handler: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    before = _due(small_town, number)
    move(small_town, handler, number, "ask_time", date=(before.date() + timedelta(days=1)).isoformat(), text="等配件")
    move(small_town, desk, number, "reclassify", kind="suggestion")
    grown = _due(small_town, number)
    assert grown > before
    owner.read_all()
    move(small_town, approver, number, "grant_time")
    assert _due(small_town, number) == grown
    owner.heard(f"{grown.month}月{grown.day}日")


def _due(town: Town, number: str, unit: str = "gongdian") -> datetime:
    """When the part of the unit is due."""
    found = [one for one in town.running(number) if one.unit == town.units[unit]]
    return max(one.due.at for one in found if str(one.term) in ("handle", "assist"))


def test_an_assisting_unit_that_gets_no_more_time_hears_its_own_date(
    small_town: Town, owner: Owner, desk: Official, handler: Official, helper: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    move(small_town, helper, number, "sign")
    own, lead = _due(small_town, number, "yuanqu"), _due(small_town, number)
    assert own < lead
    wanted = (own.date() + timedelta(days=3)).isoformat()
    move(small_town, helper, number, "ask_time", date=wanted, text="等配件")
    helper.read_all()
    move(small_town, approver, number, "deny_time", text="不能再等")
    assert f"{own.month}月{own.day}日" in helper.heard("不能再等").text


def test_more_time_of_an_assisting_unit_is_no_news_to_the_owner_whose_date_stays(
    small_town: Town, owner: Owner, desk: Official, handler: Official, helper: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    move(small_town, helper, number, "sign")
    wanted = (_due(small_town, number, "yuanqu").date() + timedelta(days=3)).isoformat()
    move(small_town, helper, number, "ask_time", date=wanted, text="等配件")
    owner.read_all()
    move(small_town, approver, number, "grant_time")
    assert _due(small_town, number, "yuanqu").date().isoformat() == wanted
    owner.silent()


# --- forged and missing facts -----------------------------------------------------------------------------------


def test_a_part_that_a_unit_does_not_have_goes_to_nobody(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    owner.read_all()
    facts = {"unit": small_town.units["zhujian"], "from_unit": small_town.units["yuanqu"], "text": "改派"}
    with pytest.raises(Refused):
        move(small_town, desk, number, "reassign", **facts)
    owner.silent()


def test_the_owners_own_words_are_no_conclusion_of_the_final_review(
    small_town: Town, owner: Owner, desk: Official, handler: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    for _round in range(2):
        move(small_town, handler, number, "answer", text="已处理", outcome="solved")
        move(small_town, owner, number, "redo", text="还是没电")
        if small_town.case(number).status is Status.DISPATCHED:
            move(small_town, handler, number, "sign")
    with pytest.raises(Missing):
        move(small_town, approver, number, "conclude", outcome="solved")


def test_who_grants_more_time_grants_what_was_asked_for(
    small_town: Town, owner: Owner, desk: Official, handler: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    asked = _due(small_town, number) + timedelta(days=1)
    move(small_town, handler, number, "ask_time", date=asked.date().isoformat(), text="等配件")
    move(small_town, approver, number, "grant_time", date="2031-01-01", text="另有安排")
    assert _due(small_town, number) == asked


def test_a_number_that_is_not_theirs_is_the_same_as_one_there_is_not(
    small_town: Town, owner: Owner, neighbour: Owner
) -> None:
    number = owner.file("变压器装不上")
    with pytest.raises(UnknownCase):
        move(small_town, neighbour, number, "withdraw")


def test_another_kind_during_the_final_review_names_a_date(
    small_town: Town, owner: Owner, desk: Official, handler: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    for _round in range(2):
        move(small_town, handler, number, "answer", text="已处理", outcome="solved")
        move(small_town, owner, number, "redo", text="还是没电")
        if small_town.case(number).status is Status.DISPATCHED:
            move(small_town, handler, number, "sign")
    owner.read_all()
    move(small_town, desk, number, "reclassify", kind="complaint")
    assert "月" in owner.heard(number).text


def test_another_assisting_unit_is_no_other_unit_for_the_owner(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    owner.read_all()
    facts = {"unit": small_town.units["zhujian"], "from_unit": small_town.units["yuanqu"], "text": "改派"}
    move(small_town, desk, number, "reassign", **facts)
    owner.silent()


def test_a_button_that_says_neither_solved_nor_not_is_no_word_of_the_owner(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    move(small_town, handler, number, "answer", text="已处理", outcome="solved")
    owner.press(f"f:rate:{small_town.case(number).id}.perhaps")
    assert owner.offers("没解决")
