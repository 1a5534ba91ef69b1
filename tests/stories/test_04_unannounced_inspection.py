"""Story 4, city B: two officers inspect and fine two firms without approval.

An owner asks the bot whether the inspection is registered, hears that it is not, and makes a complaint of that answer
with one tap. It goes past the officers' own unit to the supervisors. (This office keeps no register yet, and says so.)
"""

import pytest

from domain.case import Kind, Naming, Role, Status
from tests.people import Official, Owner, Town, number_in, words

TOLD = "今天上午市监局两个人来店里检查，一个叫马强，没出示文件，罚了3000元"


def asked(owner: Owner) -> str:
    """Ask, hear that nothing is registered, complain with one tap; returns the number."""
    owner.say("查检查")
    owner.say(TOLD)
    answer = words(owner.heard("没有查到市监局这次检查的登记"))
    assert "还没有启用检查登记" in answer
    owner.tap("转成投诉")
    return number_in(owner.heard("您的编号是"))


@pytest.fixture
def people(town: Town) -> dict[str, Official]:
    return {
        "desk": town.official("陈岚", Role.DISPATCHER),
        "supervisor": town.official("秦肃", Role.SUPERVISOR),
        "officer": town.official("马强", Role.HANDLER, unit="shijian"),
        "liaison": town.official("孙联", Role.LIAISON, unit="shijian"),
        "head": town.official("高局", Role.HEAD, unit="shijian"),
    }


def test_one_tap_makes_a_complaint_that_goes_past_the_unit(town: Town, people: dict[str, Official]) -> None:
    owner = town.owner("何川", enterprise="河口茶行")
    number = asked(owner)
    case = town.case(number)
    assert (case.kind, case.naming, case.facts) == (Kind.COMPLAINT, Naming.KEPT, TOLD)
    assert (case.named_unit, case.recused) == (town.units["shijian"], (people["officer"].id,))
    assert number in words(people["supervisor"].heard("投诉的是市监局"))
    for name in ("officer", "liaison", "head"):
        people[name].silent()


def test_it_is_not_offered_to_the_unit_and_cannot_go_to_it_alone(town: Town, people: dict[str, Official]) -> None:
    number, desk = asked(town.owner("何川")), people["desk"]
    desk.card(number)
    assert not desk.offers("→ 市监局")
    desk.press(f"f:take:{town.case(number).id}.{town.units['shijian']}")
    assert "不能只交给它自己办" in words(desk.last)
    assert town.case(number).status is Status.FILED
    desk.dispatch(number, "纪委监委")
    assert town.case(number).lead is not None


def test_whom_it_names_never_sees_it(town: Town, people: dict[str, Official]) -> None:
    """Even where the unit takes part beside another, the officer who is named learns nothing."""
    number, desk, officer = asked(town.owner("何川")), people["desk"], people["officer"]
    desk.dispatch(number, "纪委监委", "市监局")
    people["liaison"].heard("请协助纪委监委")
    officer.silent()
    case = town.case(number)
    for attempt in (f"/case {number}", f"/story {number}", number, f"/search {number}", "/search 马强", "/tasks"):
        officer.say(attempt)
        assert "罚了3000" not in words(officer.last)
        assert "纪委监委" not in words(officer.last)
    officer.press(f"f:sign:{case.id}")
    assert all(part.handler is None for part in town.case(number).assignments)
    town.forward(workdays=6)
    assert not [message for message in officer.unread if number in words(message)]
    assert "河口" not in "".join(words(message) for message in people["liaison"].shown.values())


def test_a_second_firm_is_joined_and_both_are_told(town: Town, people: dict[str, Official]) -> None:
    first, second = town.owner("何川"), town.owner("林晓")
    one, other = asked(first), asked(second)
    desk = people["desk"]
    handler = town.official("方舟", Role.HANDLER, unit="jiwei")
    desk.dispatch(one, "纪委监委")
    desk.press(f"f:merge:{town.case(other).id}.{town.case(one).id}")
    desk.tap(JOIN)
    handler.sign(one)
    handler.answer(one, "检查未经批准，罚款已撤销并退还")
    for owner in (first, second):
        owner.heard("罚款已撤销并退还")


JOIN = "并件"


def test_who_leaves_it_at_that_has_filed_nothing(town: Town, people: dict[str, Official]) -> None:
    owner = town.owner("何川")
    owner.say("查检查")
    owner.say("昨天来了两个人，没说是哪个单位")
    owner.tap("不清楚")
    owner.heard("没有查到")
    owner.tap("先不用")
    owner.heard("随时可以投诉")
    for official in people.values():
        official.silent()


def test_a_unit_that_is_only_to_help_may_have_the_complaint(town: Town, people: dict[str, Official]) -> None:
    owner, desk = town.owner("何川"), people["desk"]
    number = owner.file("隔壁超市卖过期食品，请市监局来管一管", Kind.COMPLAINT, about_it=False)
    assert town.case(number).named_unit is None
    desk.dispatch(number, "市监局")
    people["liaison"].heard("请签收")
