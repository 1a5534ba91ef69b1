"""What reading the rules sentence by sentence found: accused units of groups, own proposals, more time, who is told."""

from __future__ import annotations

import pytest

from domain.case import Kind, Role, Status
from domain.deadlines import Term
from domain.errors import NotLeftToTheAccused, NotToTheAccused, OnceOnly, OwnProposal
from storage import deputies
from tests.handlers.test_found_by_review import accuse, handled, move
from tests.people import Official, Owner, Person, Town, moment, words


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


@pytest.fixture
def head(small_town: Town) -> Official:
    return small_town.official("马宏", Role.HEAD, unit="gongdian")


def said(who: Person) -> str:
    return "\n".join(words(message) for message in who.read_all())


def again(town: Town, owner: Owner, handler: Official, number: str) -> None:
    """The unit answers, and the owner wants it redone."""
    move(town, handler, number, "answer", text="已处理", outcome="solved")
    move(town, owner, number, "redo", text="还是没电")


def under_review(town: Town, owner: Owner, desk: Official, handler: Official) -> str:
    """A case that was redone so often that the approver has the last word."""
    number = handled(town, desk, handler, owner.file("变压器装不上"))
    again(town, owner, handler, number)
    move(town, handler, number, "sign")
    again(town, owner, handler, number)
    return number


# --- a complaint about a unit is never with that unit alone -----------------------------------------------------


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


# --- approvals --------------------------------------------------------------------------------------------------


def test_who_proposed_a_refusal_does_not_let_it_stand_against_an_objection(
    small_town: Town, owner: Owner, approver: Official
) -> None:
    both = small_town.official("何静", Role.DISPATCHER, Role.APPROVER)
    number = owner.file("变压器装不上")
    move(small_town, both, number, "propose_refusal", ground="civil", text="合同纠纷")
    move(small_town, approver, number, "refuse")
    move(small_town, owner, number, "object", text="不是合同纠纷")
    both.card(number)
    assert not both.offers("维持")
    with pytest.raises(OwnProposal):
        move(small_town, both, number, "uphold", text="维持原决定")
    move(small_town, approver, number, "uphold", text="维持原决定")
    assert small_town.case(number).status is Status.REFUSED


def test_time_that_was_granted_is_not_asked_for_again_by_the_unit_that_gets_the_part(
    small_town: Town, owner: Owner, desk: Official, handler: Official, helper: Official, approver: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    move(small_town, handler, number, "ask_time", date="2026-03-17", text="等设备到货")
    move(small_town, approver, number, "grant_time")
    move(small_town, desk, number, "reassign", unit=small_town.units["yuanqu"], text="归园区管")
    move(small_town, helper, number, "sign")
    assert small_town.due(number, Term.HANDLE) == "2026-03-17 17:30"
    with pytest.raises(OnceOnly):
        move(small_town, helper, number, "ask_time", date="2026-03-24", text="再等等")


def test_what_led_a_group_under_review_and_is_withdrawn_leaves_the_others_to_the_desk(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official, approver: Official
) -> None:
    top = under_review(small_town, owner, desk, handler)
    other = neighbour.file("整条街停电三天")
    move(small_town, desk, other, "merge", into=small_town.case(top).id)
    desk.read_all()
    move(small_town, owner, top, "withdraw")
    assert small_town.case(other).status is Status.ACCEPTED
    assert small_town.due(other, Term.DISPATCH)
    assert other in said(desk)
    desk.dispatch(other, "供电公司")
    assert small_town.case(other).status is Status.DISPATCHED


# --- whom a complaint is about ----------------------------------------------------------------------------------


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
    small_town: Town, owner: Owner, desk: Official, accused: Official, helper: Official, complaint: str
) -> None:
    move(small_town, accused, complaint, "sign")
    move(small_town, helper, complaint, "sign")
    move(small_town, helper, complaint, "answer", text="已核实", outcome="explained")
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
    assert number not in said(handler) + said(deputy)


# --- who is told, and of which day ------------------------------------------------------------------------------


def test_a_head_who_handles_a_second_round_hears_what_its_handler_hears(
    small_town: Town, owner: Owner, desk: Official, handler: Official, head: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    again(small_town, owner, handler, number)
    move(small_town, head, number, "sign")
    head.read_all()
    handler.read_all()
    owner.card(number)
    owner.tap("补充")
    owner.say("下午都在店里")
    head.heard("下午都在店里")
    small_town.forward(to="2026-03-05 10:00")
    head.heard("快到期")
    handler.not_heard("快到期")
    move(small_town, owner, number, "urge")
    head.heard("催办")
    move(small_town, head, number, "answer", text="这次装好了", outcome="solved")
    move(small_town, owner, number, "visit", solved=True, level=5)
    head.heard("已销号")


def test_a_head_who_handles_an_assisting_part_hears_what_the_owner_adds(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    assisting = small_town.official("秦川", Role.HEAD, unit="yuanqu")
    staff = small_town.official("许燕", Role.HANDLER, unit="yuanqu")
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu", joint=True)
    move(small_town, staff, number, "answer", text="已协调", outcome="solved")
    again(small_town, owner, handler, number)
    move(small_town, assisting, number, "sign")
    assisting.read_all()
    owner.card(number)
    owner.tap("补充")
    owner.say("下午都在店里")
    assisting.heard("下午都在店里")
    staff.heard("下午都在店里")


def test_head_and_leader_hear_that_a_case_goes_into_the_final_review(
    small_town: Town, owner: Owner, desk: Official, handler: Official, head: Official
) -> None:
    leader = small_town.official("罗毅", Role.LEADER)
    under_review(small_town, owner, desk, handler)
    for who in (head, leader):
        assert "供电公司有一件转由优化办负责人复核" in said(who)


def test_a_unit_that_takes_over_after_the_first_contact_names_no_day_for_it(
    small_town: Town, owner: Owner, desk: Official, handler: Official, helper: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    move(small_town, handler, number, "progress", text="去看过现场")
    move(small_town, desk, number, "reassign", unit=small_town.units["yuanqu"], text="归园区管")
    owner.read_all()
    move(small_town, helper, number, "sign")
    assert f"已接手您的诉求{number}，3月10日 周二 17:30前答复您" in owner.heard("已接手").text


def test_nobody_is_told_to_expect_something_by_a_day_that_has_passed(
    small_town: Town, owner: Owner, desk: Official, handler: Official, helper: Official
) -> None:
    supervisor = small_town.official("梁静", Role.SUPERVISOR)
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    small_town.forward(to="2026-03-12 10:00")
    owner.read_all()
    move(small_town, desk, number, "reassign", unit=small_town.units["yuanqu"], text="归园区管")
    move(small_town, helper, number, "sign")
    move(small_town, desk, number, "reclassify", kind="inquiry")
    heard = [words(message) for message in owner.read_all()]
    assert [("本应在3月10日" in one, "17:30前答复您" in one) for one in heard] == [(True, False)] * 3
    helper.read_all()
    move(small_town, supervisor, number, "supervise", text="请尽快办结")
    assert "本应在3月10日 周二 17:30前答复" in words(helper.heard("督办函"))


def test_an_owner_hears_which_unit_has_it_when_the_group_joins_another(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official, helper: Official
) -> None:
    third = small_town.owner("孙立", enterprise="立新五金")
    top = handled(small_town, desk, handler, owner.file("变压器装不上"))
    middle = neighbour.file("整条街停电三天")
    move(small_town, desk, middle, "accept")
    move(small_town, desk, middle, "dispatch", lead=small_town.units["yuanqu"])
    low = third.file("我们店也停电")
    move(small_town, desk, low, "merge", into=small_town.case(middle).id)
    third.read_all()
    move(small_town, desk, middle, "merge", into=small_town.case(top).id)
    third.heard("已交给供电公司")


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
