"""Refusals, from the chair: proposed by one, decided on by another, told with a ground and a letter, objected to."""

import pytest

from domain.case import Role, Status
from domain.errors import OwnProposal
from tests.handlers.decision_chairs import decide, letters, propose
from tests.handlers.page_moves import move
from tests.people import Official, Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


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


def test_who_proposed_a_refusal_does_not_let_it_stand_against_an_objection(
    small_town: Town, owner: Owner, chief: Official
) -> None:
    both = small_town.official("何静", Role.DISPATCHER, Role.APPROVER)
    number = owner.file("变压器装不上")
    move(small_town, both, number, "propose_refusal", ground="civil", text="合同纠纷")
    move(small_town, chief, number, "refuse")
    move(small_town, owner, number, "object", text="不是合同纠纷")
    both.card(number)
    assert not both.offers("维持")
    with pytest.raises(OwnProposal):
        move(small_town, both, number, "uphold", text="维持原决定")
    move(small_town, chief, number, "uphold", text="维持原决定")
    assert small_town.case(number).status is Status.REFUSED
