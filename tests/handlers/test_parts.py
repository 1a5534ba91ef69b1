"""The units' parts, from the chair: given to other hands, one more unit, more time, each for itself."""

import pytest

from domain.case import AssignmentState, Kind, Role, Status
from domain.deadlines import Term
from domain.errors import Refused
from tests.handlers.decision_chairs import more
from tests.handlers.page_moves import accuse, handled, move
from tests.people import Official, Owner, Town, words

POWER, PARK, BUILDING = "供电公司", "园区管委会", "住建局"


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


@pytest.fixture
def signed(dispatched: str, handler: Official) -> str:
    handler.sign(dispatched)
    return dispatched


def units_on(town: Town, number: str) -> dict[int, AssignmentState]:
    return {part.unit: part.state for part in town.case(number).assignments}


# --- other hands ------------------------------------------------------------------------------------------------


def test_a_liaison_gives_it_to_a_colleague(
    small_town: Town, owner: Owner, liaison: Official, handler: Official, signed: str
) -> None:
    colleague = small_town.official("王强", Role.HANDLER, unit="gongdian")
    before = small_town.due(signed, Term.HANDLE)
    owner.read_all()
    more(liaison, signed, "改派")
    assert not liaison.offers("郑凯")
    liaison.tap("王强")
    liaison.say("郑凯出差，请接着联系业主")

    colleague.heard("郑凯出差，请接着联系业主")
    handler.heard("郑凯出差")
    owner.silent()
    lead = small_town.case(signed).lead
    assert lead is not None
    assert lead.handler == colleague.id
    assert small_town.due(signed, Term.HANDLE) == before


def test_where_there_is_no_colleague_one_is_told_what_to_do(small_town: Town, owner: Owner, desk: Official) -> None:
    alone = small_town.official("孤身", Role.HANDLER, unit="zhujian")
    number = owner.file("消防验收没有人来")
    desk.dispatch(number, BUILDING)
    alone.sign(number)
    more(alone, number, "改派")
    alone.heard("请管理员邀请同事")


def test_the_desk_gives_it_to_another_unit_and_the_date_stays(
    small_town: Town, owner: Owner, desk: Official, handler: Official, signed: str
) -> None:
    other = small_town.official("钱二", Role.LIAISON, unit="zhujian")
    before = small_town.due(signed, Term.HANDLE)
    more(desk, signed, "改派")
    assert not desk.offers(POWER)
    desk.tap(BUILDING)
    desk.say("配电房归住建")

    other.heard("配电房归住建")
    handler.heard("配电房归住建")
    told = owner.heard(BUILDING).text
    assert "3月10日 周二 17:30" in told
    assert small_town.due(signed, Term.HANDLE) == before
    handler.say("/tasks")
    assert not handler.offers(signed)


def test_the_desk_says_whose_part_another_unit_gets(
    small_town: Town, desk: Official, handler: Official, number: str
) -> None:
    desk.dispatch(number, POWER, BUILDING, weight="多个部门")
    handler.sign(number)
    more(desk, number, "改派")
    desk.tap(BUILDING)
    desk.tap(PARK)
    desk.say("园区自己的物业")

    on = units_on(small_town, number)
    assert on[small_town.units["zhujian"]] is AssignmentState.RECALLED
    assert on[small_town.units["yuanqu"]] is AssignmentState.ASSIGNED
    assert on[small_town.units["gongdian"]] is AssignmentState.SIGNED


def test_one_more_unit_is_asked_to_assist(small_town: Town, desk: Official, signed: str) -> None:
    helper = small_town.official("钱二", Role.LIAISON, unit="zhujian")
    more(desk, signed, "加派协办")
    desk.tap(BUILDING)

    assert "请协助供电公司" in helper.heard("请协助").text
    assert small_town.due(signed, Term.ASSIST) == "2026-03-06 17:30"


def test_a_part_that_a_unit_does_not_have_goes_to_nobody(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    owner.read_all()
    facts = {"unit": small_town.units["zhujian"], "from_unit": small_town.units["yuanqu"], "text": "改派"}
    with pytest.raises(Refused):
        move(small_town, desk, number, "reassign", **facts)
    owner.silent()


def test_another_assisting_unit_is_no_other_unit_for_the_owner(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu")
    owner.read_all()
    facts = {"unit": small_town.units["zhujian"], "from_unit": small_town.units["yuanqu"], "text": "改派"}
    move(small_town, desk, number, "reassign", **facts)
    owner.silent()


# --- more time --------------------------------------------------------------------------------------------------


def test_more_time_is_asked_within_bounds_that_are_told(
    small_town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    chief = small_town.official("周正", Role.APPROVER)
    owner.read_all()
    more(handler, signed, "申请延期")
    assert "3月17日" in handler.last.text
    handler.say("3月10日")
    handler.heard("不能早于3月11日")
    handler.say("4月20日")
    handler.heard("不能晚于3月17日")
    handler.say("3月13日")
    handler.say("要从外地调货")

    assert "3月13日 周五" in chief.heard("要从外地调货").text
    owner.silent()
    assert small_town.due(signed, Term.HANDLE) == "2026-03-10 17:30"


def test_on_the_last_day_it_is_too_late_to_ask(small_town: Town, handler: Official, signed: str) -> None:
    small_town.forward(to="2026-03-10 09:00")
    handler.press(f"f:ask_time:{signed}")
    handler.heard("3月9日")
    assert small_town.case(signed).approvals == ()


def test_time_is_asked_for_once(small_town: Town, handler: Official, signed: str) -> None:
    more(handler, signed, "申请延期")
    handler.say("3月13日")
    handler.say("要从外地调货")
    handler.press(f"f:ask_time:{signed}")
    assert len(small_town.case(signed).approvals) == 1
    handler.card(signed)
    assert "要从外地调货" in words(handler.last)


# --- a complaint, and each for itself ---------------------------------------------------------------------------


def test_the_accused_unit_comes_last_and_never_alone(
    small_town: Town, owner: Owner, desk: Official, liaison: Official
) -> None:
    number = owner.file("供电公司的人吃拿卡要", Kind.COMPLAINT)
    accuse(small_town, number, "gongdian")
    desk.card(number)
    desk.tap("受理并交办")
    labels = [button.label for row in desk.last.buttons for button in row]
    assert labels.index(POWER) > labels.index("税务局") if "税务局" in labels else labels.index(POWER) > 2
    desk.tap(POWER)
    assert "不能只交给它自己办" in desk.last.text
    assert not desk.offers("不需要")
    desk.tap("纪委")
    desk.tap("就这些")
    desk.tap("牵头单位统一答复")
    desk.tap("交办")
    assert small_town.case(number).status is Status.DISPATCHED


def test_a_tap_that_would_send_a_complaint_to_the_accused_alone_is_refused(
    small_town: Town, owner: Owner, desk: Official
) -> None:
    number = owner.file("供电公司的人吃拿卡要", Kind.COMPLAINT)
    accuse(small_town, number, "gongdian")
    desk.press(f"f:take:{small_town.case(number).id}.{small_town.units['gongdian']}")
    desk.heard("不能只交给")
    assert small_town.case(number).status is Status.FILED


def test_each_unit_answers_for_itself(small_town: Town, owner: Owner, desk: Official, handler: Official) -> None:
    other = small_town.official("钱二", Role.HANDLER, unit="zhujian")
    number = owner.file("一条路三家管")
    desk.card(number)
    desk.tap("受理并交办")
    for label in (POWER, BUILDING, "就这些", "各单位分别答复", "多个部门", "交办"):
        desk.tap(label)
    assert small_town.case(number).joint
    assert "供电公司、住建局" in owner.heard("分别给您答复").text
    assert "3月24日 周二 17:30" in other.heard("分别答复").text
    handler.sign(number)
    other.sign(number)
    handler.answer(number, "电缆已下地")
    assert "其他单位" in words(handler.last)

    told = owner.heard("电缆已下地").text
    assert BUILDING in told
    assert small_town.case(number).status is Status.HANDLING
    other.answer(number, "路面已恢复")
    assert "路面已恢复" in owner.heard("问题解决了吗").text
    assert small_town.case(number).status is Status.ANSWERED


def test_a_head_works_on_a_case_that_came_back(small_town: Town, owner: Owner, handler: Official, signed: str) -> None:
    head = small_town.official("孙立", Role.HEAD, unit="gongdian")
    handler.answer(signed, "已经装好")
    owner.press(f"f:redo:{signed}")
    owner.say("还是没电")
    head.card(signed)
    head.tap("签收")
    head.answer(signed, "线路已换")
    assert small_town.case(signed).status is Status.ANSWERED


# --- who has no right -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ["return", "reassign", "involve", "ask_time", "more"])
def test_whoever_has_no_right_learns_nothing(small_town: Town, owner: Owner, signed: str, flow: str) -> None:
    outside = small_town.official("外人", Role.LIAISON, unit="zhujian")
    stranger = small_town.owner("路人")
    before = small_town.case(signed)
    for who in (outside, stranger):
        who.press(f"f:{flow}:{before.id}")
        unknown = words(who.last)
        who.press(f"f:{flow}:{before.id + 900}")
        assert words(who.last).replace(str(before.id + 900), str(before.id)) == unknown
    assert small_town.case(signed) == before


def test_what_is_rarer_lies_behind_a_button_and_leads_back(small_town: Town, handler: Official, signed: str) -> None:
    handler.card(signed)
    assert not handler.offers("申请延期")
    handler.tap("更多")
    assert handler.offers("申请延期")
    handler.tap("回到")
    assert handler.offers("办结答复")


def test_a_leader_urges_and_the_unit_hears_who(small_town: Town, owner: Owner, handler: Official, signed: str) -> None:
    leader = small_town.official("高远", Role.LEADER)
    handler.read_all()
    more(leader, signed, "催办")
    assert "承办的同志已收到通知" in words(leader.last)
    handler.heard("高远")
    leader.press(f"f:urge:{signed}")
    leader.heard("催过")
    handler.silent()
    owner.press(f"f:urge:{signed}")
    handler.heard("诉求人在催办")
