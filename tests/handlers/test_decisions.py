"""Decisions, from the chair: endings, more time, the head's check, the final review."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Matter, Role, Status
from domain.deadlines import Term
from domain.errors import Missing, OnceOnly
from storage import people
from tests.handlers.decision_chairs import POWER, decide, give_to_head, letters, more, signed
from tests.handlers.page_moves import due_of, handled, heard_now, move, under_review
from tests.people import Official, Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


# --- ending -----------------------------------------------------------------------------------------------------


def test_an_ending_is_agreed_and_told_to_everybody(
    small_town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    number = signed(owner, desk, handler)
    more(desk, number, "拟终止")
    desk.tap("起诉")
    desk.say("业主已向法院起诉")
    desk.tap("提交审批")
    assert small_town.case(number).status is Status.HANDLING
    chief.heard("拟终止这件")
    decide(chief, number, "同意终止")

    assert "业主已向法院起诉" in owner.heard("已终止办理").text
    handler.heard("已终止")
    assert "业主已向法院起诉" in letters(small_town, number)[-1]
    assert small_town.case(number).status is Status.TERMINATED


def test_an_ending_that_is_not_approved_goes_on(
    small_town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    number = signed(owner, desk, handler)
    more(desk, number, "拟终止")
    desk.tap("起诉")
    desk.say("听说要起诉")
    desk.tap("提交审批")
    chief.card(number)
    chief.tap("不同意")
    chief.say("还没有起诉")

    desk.heard("还没有起诉")
    assert small_town.case(number).status is Status.HANDLING
    owner.not_heard("终止")


# --- more time --------------------------------------------------------------------------------------------------


def ask_time(handler: Official, number: str, day: str = "3月13日") -> None:
    more(handler, number, "申请延期")
    handler.say(day)
    handler.say("变压器要从外地调货")


def test_more_time_is_granted_and_the_owner_hears_why(
    small_town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    number = signed(owner, desk, handler)
    ask_time(handler, number)
    heard = chief.heard("申请延期").text
    assert "变压器要从外地调货" in heard
    decide(chief, number, "同意延期")

    handler.heard("3月13日")
    assert "变压器要从外地调货" in owner.heard("3月13日 周五").text
    assert small_town.due(number, Term.HANDLE) == "2026-03-13 17:30"


def test_no_more_time_keeps_the_date(
    small_town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    number = signed(owner, desk, handler)
    before = small_town.due(number, Term.HANDLE)
    ask_time(handler, number)
    owner.read_all()
    chief.card(number)
    chief.tap("不同意延期")
    chief.say("货已经到了")

    assert "货已经到了" in handler.heard("货已经到了").text
    owner.silent()
    assert small_town.due(number, Term.HANDLE) == before


def test_two_units_ask_and_the_approver_says_whose_time_it_is(
    small_town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    helper = small_town.official("钱二", Role.HANDLER, unit="zhujian")
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER, "住建局", weight="多个部门")
    handler.sign(number)
    helper.sign(number)
    ask_time(handler, number, "3月31日")
    ask_time(helper, number, "3月9日")

    chief.card(number)
    chief.tap("同意延期")
    chief.tap("住建局")
    assert "3月9日" in words(chief.last)
    chief.tap("同意延期")

    assert small_town.due(number, Term.ASSIST) == "2026-03-09 17:30"
    assert small_town.due(number, Term.HANDLE) == "2026-03-24 17:30"
    assert small_town.case(number).pending(Matter.EXTENSION) is not None


def test_who_grants_more_time_grants_what_was_asked_for(
    small_town: Town, owner: Owner, desk: Official, handler: Official, chief: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    asked = due_of(small_town, number) + timedelta(days=1)
    move(small_town, handler, number, "ask_time", date=asked.date().isoformat(), text="等配件")
    move(small_town, chief, number, "grant_time", date="2031-01-01", text="另有安排")
    assert due_of(small_town, number) == asked


def test_more_time_granted_after_the_limit_has_grown_brings_no_date_nearer(
    small_town: Town, owner: Owner, desk: Official, handler: Official, chief: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    before = due_of(small_town, number)
    move(small_town, handler, number, "ask_time", date=(before.date() + timedelta(days=1)).isoformat(), text="等配件")
    move(small_town, desk, number, "reclassify", kind="suggestion")
    grown = due_of(small_town, number)
    assert grown > before
    owner.read_all()
    move(small_town, chief, number, "grant_time")
    assert due_of(small_town, number) == grown
    owner.heard(f"{grown.month}月{grown.day}日")


def test_an_assisting_unit_that_gets_no_more_time_hears_its_own_date(
    small_town: Town, owner: Owner, desk: Official, handler: Official, park: Official, chief: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    move(small_town, park, number, "sign")
    own, lead = due_of(small_town, number, "yuanqu"), due_of(small_town, number)
    assert own < lead
    wanted = (own.date() + timedelta(days=3)).isoformat()
    move(small_town, park, number, "ask_time", date=wanted, text="等配件")
    park.read_all()
    move(small_town, chief, number, "deny_time", text="不能再等")
    assert f"{own.month}月{own.day}日" in park.heard("不能再等").text


def test_more_time_of_an_assisting_unit_is_no_news_to_the_owner_whose_date_stays(
    small_town: Town, owner: Owner, desk: Official, handler: Official, park: Official, chief: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    move(small_town, park, number, "sign")
    wanted = (due_of(small_town, number, "yuanqu").date() + timedelta(days=3)).isoformat()
    move(small_town, park, number, "ask_time", date=wanted, text="等配件")
    owner.read_all()
    move(small_town, chief, number, "grant_time")
    assert due_of(small_town, number, "yuanqu").date().isoformat() == wanted
    owner.silent()


def test_time_that_was_granted_is_not_asked_for_again_by_the_unit_that_gets_the_part(
    small_town: Town, owner: Owner, desk: Official, handler: Official, park: Official, chief: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    move(small_town, handler, number, "ask_time", date="2026-03-17", text="等设备到货")
    move(small_town, chief, number, "grant_time")
    move(small_town, desk, number, "reassign", unit=small_town.units["yuanqu"], text="归园区管")
    move(small_town, park, number, "sign")
    assert small_town.due(number, Term.HANDLE) == "2026-03-17 17:30"
    with pytest.raises(OnceOnly):
        move(small_town, park, number, "ask_time", date="2026-03-24", text="再等等")


# --- the head's check -------------------------------------------------------------------------------------------


@pytest.fixture
def to_check(small_town: Town, owner: Owner, desk: Official, handler: Official, head: Official) -> str:
    office = small_town.db.office
    small_town.db.office = replace(office, rulebook=replace(office.rulebook, head_checks=True))
    number = signed(owner, desk, handler)
    give_to_head(handler, number)
    return number


def test_the_head_releases_an_answer(
    small_town: Town, owner: Owner, handler: Official, head: Official, to_check: str
) -> None:
    owner.not_heard("变压器明天装")
    head.heard("变压器明天装")
    head.say("/approvals")
    assert head.offers(to_check)
    decide(head, to_check, "核准答复")

    assert "变压器明天装" in owner.heard("问题解决了吗").text
    handler.heard("已发给诉求人")
    assert small_town.case(to_check).status is Status.ANSWERED
    head.say("/approvals")
    head.heard("没有等您审批的件")


def test_the_head_wants_a_better_answer(
    small_town: Town, owner: Owner, handler: Official, head: Official, to_check: str
) -> None:
    head.card(to_check)
    head.tap("退回答复")
    head.say("写清楚几点钟")

    handler.heard("写清楚几点钟")
    owner.not_heard("变压器明天装")
    handler.card(to_check)
    assert handler.offers("办结答复")
    assert small_town.case(to_check).status is Status.HANDLING


def test_the_time_to_release_an_answer_rests_while_the_owner_is_asked_for_more(
    small_town: Town, owner: Owner, handler: Official, head: Official, to_check: str
) -> None:
    move(small_town, handler, to_check, "ask", text="请发供电合同")
    small_town.forward(days=4)
    head.not_heard("超期")
    move(small_town, owner, to_check, "supply", text="合同已经寄出")

    (check,) = [one for one in small_town.running(to_check) if one.term is Term.CHECK]
    assert check.due.at > small_town.now
    decide(head, to_check, "核准答复")
    assert small_town.case(to_check).status is Status.ANSWERED


def test_who_would_release_an_answer_while_the_owner_is_asked_for_more_hears_what_it_waits_for(
    small_town: Town, owner: Owner, handler: Official, head: Official, to_check: str
) -> None:
    case = small_town.case(to_check).id
    small_town.write(people.give_role, head.id, Role.LIAISON, small_town.now, small_town.units["gongdian"])
    head.press(f"f:release:{case}")
    move(small_town, handler, to_check, "ask", text="请发供电合同")
    head.tap("核准答复")
    assert "正在等诉求人补充" in head.last.text
    head.press(f"f:release:{case}")
    assert "正在等诉求人补充" in head.last.text
    handler.press(f"f:answer:{case}")
    assert "正在等诉求人补充" in handler.last.text

    move(small_town, owner, to_check, "supply", text="合同已经寄出")
    decide(head, to_check, "核准答复")
    head.press(f"f:release:{case}")
    assert "办过了" in head.last.text


def test_a_head_of_another_unit_sees_no_answer_to_release(small_town: Town, to_check: str) -> None:
    other = small_town.official("外人", Role.HEAD, unit="zhujian")
    other.say("/approvals")
    other.heard("没有等您审批的件")
    other.press(f"f:release:{to_check}")
    assert small_town.case(to_check).status is Status.HANDLING


# --- the last word ----------------------------------------------------------------------------------------------


def test_the_final_review_ends_with_a_written_conclusion(
    small_town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    head = small_town.official("孙立", Role.HEAD, unit="gongdian")
    number = signed(owner, desk, handler)
    handler.answer(number, "已经装好")
    redo(owner, number, "还是没电")
    head.sign(number)
    head.answer(number, "线路已换")
    redo(owner, number, "今天又停了")

    assert "今天又停了" in chief.heard("最终复核").text
    chief.say("/approvals")
    assert chief.offers(number)
    chief.card(number)
    chief.tap("作出结论")
    chief.say("现场核查：线路合格，停电因户内线路老化")
    chief.tap("办不到")
    chief.tap("作出结论")

    assert "户内线路老化" in owner.heard("户内线路老化").text
    assert small_town.case(number).status is Status.ANSWERED


def test_the_owners_own_words_are_no_conclusion_of_the_final_review(
    small_town: Town, owner: Owner, desk: Official, handler: Official, chief: Official
) -> None:
    number = under_review(small_town, owner, desk, handler)
    with pytest.raises(Missing):
        move(small_town, chief, number, "conclude", outcome="solved")


def test_head_and_leader_hear_that_a_case_goes_into_the_final_review(
    small_town: Town, owner: Owner, desk: Official, handler: Official, head: Official
) -> None:
    leader = small_town.official("罗毅", Role.LEADER)
    under_review(small_town, owner, desk, handler)
    for who in (head, leader):
        assert "供电公司有一件转由优化办负责人复核" in heard_now(who)


def redo(owner: Owner, number: str, why: str) -> None:
    owner.press(f"f:redo:{number}")
    owner.say(why)
