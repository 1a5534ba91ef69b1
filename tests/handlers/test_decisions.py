"""Proposals and decisions, from the chair: refusals, objections, endings, more time, the head's check, reviews."""

from dataclasses import replace

import pytest

from domain.case import Kind, Matter, Role, Status
from domain.deadlines import Term
from storage import papers
from tests.people import Official, Owner, Town, words

POWER = "供电公司"


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


@pytest.fixture
def chief(small_town: Town) -> Official:
    return small_town.official("周正", Role.APPROVER)


@pytest.fixture
def number(owner: Owner) -> str:
    return owner.file("隔壁厂欠我货款不还")


@pytest.fixture
def proposed(number: str, desk: Official) -> str:
    return propose(desk, number)


@pytest.fixture
def refused(proposed: str, chief: Official) -> str:
    decide(chief, proposed, "同意不予受理")
    return proposed


def propose(desk: Official, number: str, text: str = "两家企业之间的合同纠纷") -> str:
    more(desk, number, "拟不予受理")
    desk.tap("民事纠纷")
    desk.say(text)
    desk.tap("提交审批")
    return number


def more(who: Official, number: str, label: str) -> None:
    """A rarer move: the card, “more”, the line."""
    who.card(number)
    who.tap("更多")
    who.tap(label)


def decide(who: Official, number: str, label: str) -> None:
    """The button of the card, and the same words once more under what is decided on."""
    who.card(number)
    who.tap(label)
    who.tap(label)


def letters(town: Town, number: str) -> list[str]:
    return [paper.body for paper in town.read(papers.of_case, town.case(number).id)]


# --- refusal ----------------------------------------------------------------------------------------------------


def test_a_refusal_is_proposed_by_one_and_decided_on_by_another(
    small_town: Town, owner: Owner, desk: Official, chief: Official, proposed: str
) -> None:
    heard = chief.heard("拟不予受理这件").text
    assert "两家企业之间的合同纠纷" in heard
    owner.not_heard("受理")
    assert small_town.case(proposed).status is Status.FILED

    chief.card(proposed)
    chief.tap("同意不予受理")
    asked = words(chief.last)
    assert "民事纠纷" in asked
    assert "两家企业之间的合同纠纷" in asked
    assert small_town.case(proposed).status is Status.FILED
    chief.tap("同意不予受理")

    told = owner.heard("没有受理").text
    assert "两家企业之间的合同纠纷" in told
    assert "3月17日 周二" in told
    desk.heard("周正已同意")
    assert small_town.case(proposed).status is Status.REFUSED
    [letter] = letters(small_town, proposed)
    assert "两家企业之间的合同纠纷" in letter
    assert "2026年3月17日 周二" in letter
    assert letter.endswith("2026年3月3日 周二")


def test_a_refusal_that_is_not_approved_leaves_everything_as_it_was(
    small_town: Town, owner: Owner, desk: Official, chief: Official, proposed: str
) -> None:
    chief.card(proposed)
    chief.tap("不同意")
    assert "理由：两家企业之间的合同纠纷" in chief.last.text
    chief.say("涉及政府承诺，应当受理")

    desk.heard("涉及政府承诺，应当受理")
    owner.not_heard("受理")
    assert small_town.case(proposed).status is Status.FILED
    desk.card(proposed)
    assert desk.offers("交办")


def test_nobody_approves_what_they_proposed_themselves(small_town: Town, owner: Owner) -> None:
    both = small_town.official("陈周", Role.DISPATCHER, Role.APPROVER)
    number = propose(both, owner.file("隔壁厂欠我货款不还"))
    both.card(number)
    assert not both.offers("同意不予受理")

    both.press(f"f:refuse:{number}")
    both.heard("由别人来定")
    assert small_town.case(number).status is Status.FILED


def test_an_old_button_of_a_decision_that_was_taken_is_answered_kindly(
    small_town: Town, owner: Owner, chief: Official, refused: str
) -> None:
    owner.read_all()
    chief.press(f"f:refuse:{refused}")
    chief.heard("这一步已经办过了")
    owner.silent()
    assert small_town.case(refused).status is Status.REFUSED


def test_what_was_read_is_what_is_decided_on(
    small_town: Town, owner: Owner, desk: Official, chief: Official, proposed: str
) -> None:
    """Another approver has denied it meanwhile, and another one was proposed: the first yes does not approve it."""
    chief.card(proposed)
    chief.tap("同意不予受理")
    yes = chief.button("同意不予受理").value
    other = small_town.official("郭平", Role.APPROVER)
    other.card(proposed)
    other.tap("不同意")
    other.say("理由不够")
    propose(desk, proposed, "另一个理由")
    chief.press(yes)

    assert small_town.case(proposed).status is Status.FILED
    chief.heard("这一步已经办过了")
    owner.not_heard("没有受理")


@pytest.mark.parametrize("move", ["refuse", "deny_refusal", "propose_refusal", "terminate", "uphold", "conclude"])
def test_whoever_has_no_right_learns_nothing(small_town: Town, owner: Owner, proposed: str, move: str) -> None:
    stranger = small_town.owner("路人")
    worker = small_town.official("外人", Role.HEAD, unit="zhujian")
    before = small_town.case(proposed)
    for who in (stranger, worker, owner):
        who.read_all()
        who.press(f"f:{move}:{proposed}")
        assert "货款" not in words(who.last)
        assert "合同" not in words(who.last)
    assert small_town.case(proposed) == before


# --- objection --------------------------------------------------------------------------------------------------


def test_an_owner_objects_once_and_the_head_of_the_office_accepts_after_all(
    small_town: Town, owner: Owner, desk: Official, chief: Official, refused: str
) -> None:
    owner.tap("申请复核")
    assert "3月17日 周二" in owner.last.text
    owner.say("这是政府采购的款子，不是两家企业的事")
    assert "自动受理" in owner.last.text
    assert "政府采购" in chief.heard("申请复核").text
    chief.say("待我审批")
    assert chief.offers(refused)

    chief.card(refused)
    assert not chief.offers("受理并交办")
    chief.tap("改为受理")
    assert "政府采购" in chief.last.text
    chief.tap("改为受理")

    owner.heard("已受理")
    desk.heard(refused)
    assert small_town.case(refused).status is Status.ACCEPTED
    desk.say("/desk")
    assert desk.offers(refused)


def test_a_refusal_that_stands_is_the_last_word_in_a_letter(
    small_town: Town, owner: Owner, chief: Official, refused: str
) -> None:
    owner.tap("申请复核")
    owner.say("我不同意")
    chief.card(refused)
    chief.tap("维持不予受理")
    assert "我不同意" in chief.last.text
    chief.say("合同双方都是企业，请走司法途径")
    chief.tap("维持不予受理")

    told = owner.heard("不予受理").text
    assert "合同双方都是企业" in told
    assert "行政复议" in told
    assert "合同双方都是企业" in letters(small_town, refused)[-1]
    assert small_town.case(refused).status is Status.REFUSED
    owner.card(refused)
    assert not owner.offers("申请复核")
    owner.press(f"f:object:{refused}")
    assert small_town.case(refused).status is Status.REFUSED


def test_the_time_to_object_ends(small_town: Town, owner: Owner, refused: str) -> None:
    small_town.forward(to="2026-03-17 17:31")
    owner.press(f"f:object:{refused}")
    owner.heard("3月17日")
    assert small_town.case(refused).status is Status.REFUSED


def test_an_objection_waits_with_the_approver_and_not_at_the_desk(
    small_town: Town, owner: Owner, desk: Official, refused: str
) -> None:
    owner.tap("申请复核")
    owner.say("我不同意")
    desk.say("/desk")
    assert not desk.offers(refused)


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


def signed(owner: Owner, desk: Official, handler: Official) -> str:
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    handler.sign(number)
    return number


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


# --- the head's check -------------------------------------------------------------------------------------------


@pytest.fixture
def head(small_town: Town) -> Official:
    return small_town.official("孙立", Role.HEAD, unit="gongdian")


@pytest.fixture
def to_check(small_town: Town, owner: Owner, desk: Official, handler: Official, head: Official) -> str:
    office = small_town.db.office
    small_town.db.office = replace(office, rulebook=replace(office.rulebook, head_checks=True))
    number = signed(owner, desk, handler)
    handler.card(number)
    handler.tap("办结答复")
    handler.say("变压器明天装")
    handler.tap("解决了")
    handler.tap("送负责人核准")
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


def redo(owner: Owner, number: str, why: str) -> None:
    owner.press(f"f:redo:{number}")
    owner.say(why)


# --- the list ---------------------------------------------------------------------------------------------------


def test_what_waits_is_a_short_list_with_a_way_on(
    small_town: Town, owner: Owner, desk: Official, chief: Official
) -> None:
    numbers = [propose(desk, owner.file(f"第{n}笔货款不还", Kind.REQUEST)) for n in range(9)]
    chief.say("待我审批")
    assert chief.last.title == "9件等您审批"
    assert not chief.offers(numbers[-1])
    chief.tap("后面的")
    assert chief.offers(numbers[-1])


def test_what_waits_stands_in_the_morning_digest(
    small_town: Town, owner: Owner, desk: Official, chief: Official, proposed: str
) -> None:
    chief.read_all()
    small_town.forward(to="2026-03-04 09:30")
    assert chief.heard(proposed).title


def test_the_lists_of_what_waits_hold_on_every_database(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    chief, head = town.official("周正", Role.APPROVER), town.official("孙立", Role.HEAD, unit="gongdian")
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    town.db.office = replace(town.db.office, rulebook=replace(town.db.office.rulebook, head_checks=True))
    objected, checked = propose(desk, owner.file("隔壁厂欠我货款不还")), signed(owner, desk, handler)
    decide(chief, objected, "同意不予受理")
    owner.press(f"f:object:{objected}")
    owner.say("这是政府采购款")
    handler.card(checked)
    for words_or_label in ("办结答复", "变压器明天装", "解决了", "送负责人核准"):
        (handler.say if words_or_label == "变压器明天装" else handler.tap)(words_or_label)

    chief.say("/approvals")
    assert chief.offers(objected)
    assert not chief.offers(checked)
    head.say("/approvals")
    assert head.offers(checked)
    assert not head.offers(objected)
