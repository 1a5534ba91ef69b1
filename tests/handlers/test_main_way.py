"""A case on its main way, from the chair: filed, accepted, dispatched, signed, asked for more, answered, closed."""

import pytest

from domain.case import AssignmentState, Kind, Role, Status
from domain.deadlines import Term
from tests.people import Official, Owner, Town

HELPERS = (("钱一", "yuanqu"), ("钱二", "zhujian"))
POWER, PARK = "供电公司", "园区管委会"


# --- accepted ---------------------------------------------------------------------------------------------------


def test_whoever_files_hears_the_number_and_by_when_it_is_decided(owner: Owner, desk: Official, number: str) -> None:
    assert "3月6日 周五 17:30前告诉您是否受理" in owner.last.text
    assert "3月4日 周三 17:30前决定是否受理" in desk.heard(number).text


def test_three_working_days_of_silence_accept(town: Town, owner: Owner, desk: Official, number: str) -> None:
    town.forward(to="2026-03-06 17:29")
    owner.not_heard("已受理")
    town.forward(to="2026-03-06 17:31")

    assert "3月9日 周一 17:30前交给责任单位" in owner.heard("已受理").text
    desk.not_heard("自动受理")
    town.forward(to="2026-03-09 08:30")
    desk.heard("到期没有作决定，已自动受理")
    assert town.case(number).status is Status.ACCEPTED


def test_weekends_and_holidays_are_no_working_days_of_silence(town: Town, owner: Owner) -> None:
    town.forward(to="2026-04-03 10:00")
    number = owner.file("变压器装不上")

    assert town.due(number, Term.SILENCE) == "2026-04-09 17:30"


def test_an_inquiry_is_answered_at_once(town: Town, owner: Owner, desk: Official) -> None:
    number = owner.file("怎么办执照", Kind.INQUIRY)
    desk.tell(number, "带身份证到窗口就行", "当即答复")

    assert "带身份证到窗口就行" in owner.heard("问题解决了吗").text
    assert town.case(number).status is Status.ANSWERED


@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.COMPLAINT, Kind.SUGGESTION])
def test_nothing_but_an_inquiry_is_answered_at_once(town: Town, owner: Owner, desk: Official, kind: Kind) -> None:
    number = owner.file("变压器装不上", kind)
    desk.card(number)
    assert not desk.offers("当即答复")

    desk.press(f"f:answer_now:{number}")
    if not desk.offers("派单台"):
        desk.say("先这样吧")
    desk.heard("只有咨询可以当即答复")
    assert town.case(number).status is Status.FILED


# --- dispatched, assisted, signed -------------------------------------------------------------------------------


def test_dispatching_tells_the_owner_and_every_unit(town: Town, owner: Owner, desk: Official, number: str) -> None:
    lead = town.official("吴敏", Role.LIAISON, unit="gongdian")
    assisting = [
        town.official(name, Role.LIAISON, unit=unit) for name, unit in (("钱一", "yuanqu"), ("钱二", "zhujian"))
    ]
    outside = town.official("钱三", Role.LIAISON, unit="jiwei")
    desk.dispatch(number, POWER, PARK, "住建局", weight="多个部门")

    assert "3月24日 周二 17:30前给您答复" in owner.heard("交给供电公司办理").text
    assert "答复时限：3月24日 周二 17:30" in lead.heard(number).text
    for liaison in assisting:
        assert "协办时限：3月6日 周五 17:30" in liaison.heard("请协助供电公司").text
    outside.silent()


def test_one_tap_on_a_likely_unit_accepts_and_dispatches(town: Town, owner: Owner, desk: Official) -> None:
    number = owner.file("变压器增容，电费和电表都有问题，经常停电跳闸")
    desk.tap("→ 供电公司")

    owner.heard("交给供电公司办理")
    assert town.case(number).status is Status.DISPATCHED


def test_an_assisting_unit_that_is_done_tells_the_lead(
    town: Town, owner: Owner, desk: Official, handler: Official, number: str
) -> None:
    helper = town.official("钱一", Role.HANDLER, unit="yuanqu")
    desk.dispatch(number, POWER, PARK)
    handler.sign(number)
    owner.read_all()
    helper.tell(number, "场地已经腾出来了", "协办完成")

    assert "场地已经腾出来了" in handler.heard("园区管委会已完成协办").text
    owner.silent()
    part = town.case(number).of_unit(town.units["yuanqu"])
    assert part is not None
    assert part.state is AssignmentState.ANSWERED
    assert town.due(number, Term.ASSIST) == ""


def test_signing_tells_the_owner_who_is_on_it(town: Town, owner: Owner, signed: str) -> None:
    said = owner.heard("供电公司已接手您的诉求").text
    assert "3月4日 周三 17:30前联系您" in said
    assert "3月10日 周二 17:30前答复您" in said


def test_who_signs_second_is_told_that_it_is_done(town: Town, handler: Official, desk: Official, number: str) -> None:
    colleague = town.official("郑二", Role.HANDLER, unit="gongdian")
    desk.dispatch(number, POWER)
    handler.sign(number)
    colleague.press(f"f:sign:{number}")

    colleague.heard("这一步已经办过了")
    assert colleague.offers("查看详情")
    lead = town.case(number).lead
    assert lead is not None
    assert lead.handler == handler.id


def test_another_unit_can_do_nothing_with_a_case(town: Town, signed: str) -> None:
    stranger = town.official("钱三", Role.HANDLER, unit="jiwei")
    for flow in ("case", "sign", "progress", "ask", "answer", "story", "why"):
        stranger.press(f"f:{flow}:{signed}")
        stranger.heard("没有查到您名下编号")


def test_progress_reaches_the_owner_and_is_the_first_contact(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    assert town.due(signed, Term.CONTACT) == "2026-03-04 17:30"
    handler.tell(signed, "师傅明天上门")

    assert "师傅明天上门" in owner.heard("有新进展").text
    assert town.due(signed, Term.CONTACT) == ""


# --- asked for more ---------------------------------------------------------------------------------------------


def test_the_date_moves_by_exactly_the_working_days_the_owner_took(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    town.forward(to="2026-03-05 10:00")
    handler.tell(signed, "请发营业执照", "请求补充")
    assert "3月12日 周四 17:30前发来" in owner.heard("请发营业执照").text
    town.forward(to="2026-03-09 15:00")
    owner.tap("现在补充")
    owner.say("这是执照号码")

    assert "这是执照号码" in handler.heard("诉求人已补充材料").text
    assert town.due(signed, Term.HANDLE) == "2026-03-12 17:30"
    assert town.case(signed).status is Status.HANDLING


def test_supplying_the_same_day_moves_nothing(town: Town, owner: Owner, handler: Official, signed: str) -> None:
    handler.tell(signed, "请发营业执照", "请求补充")
    owner.card(signed)
    owner.tap("补充材料")
    owner.say("这是执照号码")

    assert town.due(signed, Term.HANDLE) == "2026-03-10 17:30"


def test_five_days_of_waiting_are_all_there_is(town: Town, owner: Owner, handler: Official, signed: str) -> None:
    handler.tell(signed, "请发营业执照", "请求补充")
    town.forward(to="2026-03-05 12:00")
    owner.card(signed)
    owner.tap("补充材料")
    owner.say("这是执照号码")
    handler.tell(signed, "还要照片", "请求补充")
    assert town.due(signed, Term.SUPPLEMENT) == "2026-03-10 17:30"
    town.forward(to="2026-03-10 17:31")

    owner.heard("补充材料的时间到了")
    town.forward(to="2026-03-11 09:00")
    handler.heard("诉求人没有按时补充")
    assert town.due(signed, Term.HANDLE) == "2026-03-17 17:30"
    handler.card(signed)
    assert not handler.offers("请求补充")
    handler.press(f"f:ask:{signed}")
    handler.heard("机会已经用完")


def test_before_acceptance_the_owner_is_asked_once(town: Town, owner: Owner, desk: Official, number: str) -> None:
    desk.tell(number, "在哪个镇", "请求补充")
    town.forward(to="2026-03-04 12:00")
    owner.tap("现在补充")
    owner.say("在河口镇")

    desk.heard("在河口镇")
    assert town.due(number, Term.SILENCE) == "2026-03-09 17:30"
    assert town.case(number).status is Status.FILED
    desk.card(number)
    assert not desk.offers("请求补充")


def test_a_case_is_not_accepted_by_silence_while_it_waits_for_its_owner(
    town: Town, owner: Owner, desk: Official, number: str
) -> None:
    desk.tell(number, "在哪个镇", "请求补充")
    town.forward(to="2026-03-09 12:00")
    owner.not_heard("已受理")

    assert town.case(number).status is Status.WAITING


def test_an_owner_who_is_waited_for_is_reminded_twice(town: Town, owner: Owner, handler: Official, signed: str) -> None:
    handler.tell(signed, "请发营业执照", "请求补充")
    owner.read_all()
    said = []
    for day in ("04", "05", "06", "07", "08", "09"):
        town.forward(to=f"2026-03-{day} 12:00")
        said.append(sum("在等您补充材料" in message.text for message in owner.read_all()))

    assert said == [1, 0, 1, 0, 0, 0]
