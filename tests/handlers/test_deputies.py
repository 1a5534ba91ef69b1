"""Somebody is away: a deputy stands in with dates, sees what the absent one saw, acts in both names, and it ends."""

from datetime import datetime

from domain import lifecycle
from domain.case import Case, Role
from domain.people import Holding
from handlers import casework
from handlers.turn import Turn, at_desk
from storage import events, people
from storage.transaction import Tx
from tests.people import Official, Person, Town, words
from tests.town import moment

POWER = "供电公司"


def name_deputy(person: Person, name: str, last: str = "3月6日", first: str = "今天") -> None:
    person.say("/deputy")
    if person.offers("指定代理人"):
        person.tap("指定代理人")
    if person.offers("另一个人"):
        person.tap("另一个人")
    person.say(name)
    person.tap(name)
    person.say(first)
    person.say(last)
    person.tap("确定")


def held(town: Town, person: Person) -> tuple[Holding, ...]:
    return town.read(people.holdings, person.id, town.now)


def step(town: Town, number: str, move: str) -> dict[str, object]:
    kept = town.read(events.latest, town.case(number).id, move)
    assert kept is not None
    assert kept.content is not None
    return kept.content


def test_a_deputy_does_the_work_of_the_absent_one_and_the_story_names_both(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    other = town.official("吴敏", Role.HANDLER, unit="zhujian")
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    other.press(f"f:case:{town.case(number).id}")
    other.not_heard("变压器")
    other.read_all()
    name_deputy(handler, "吴敏")
    handler.heard("吴敏")
    other.heard("您代理 郑凯")
    other.sign(number)
    assert town.case(number).lead is not None
    assert step(town, number, "sign") == {"for": handler.id}
    other.tap("办理经过")
    assert "吴敏（代郑凯）" in other.last.text
    owner.card(number)
    owner.tap("办理经过")
    assert "吴敏" not in owner.last.text
    assert "郑凯" not in owner.last.text
    assert "（代理人）" in owner.last.text


def test_pushes_reach_the_deputy_while_it_lasts_and_no_longer(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    helper = town.official("许宁", Role.APPROVER)
    name_deputy(desk, "许宁")
    helper.read_all()
    number = owner.file("门口的路灯坏了")
    helper.heard(number)
    desk.heard(number)
    town.forward(to="2026-03-06 23:59")
    assert any(one.standing_in_for == desk.id for one in held(town, helper))
    town.forward(to="2026-03-09 10:00")
    assert all(one.standing_in_for is None for one in held(town, helper))
    helper.read_all()
    later = owner.file("门口又积水了")
    helper.not_heard(later)
    desk.heard(later)


def test_what_waits_for_the_morning_after_the_last_day_is_not_for_the_deputy(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    other = town.official("吴敏", Role.HANDLER, unit="zhujian")
    number = owner.file("变压器装不上")
    name_deputy(handler, "吴敏", "3月4日")
    town.forward(to="2026-03-04 20:00")
    other.read_all()
    desk.dispatch(number, POWER)
    town.forward(to="2026-03-05 09:30")
    handler.heard(number)
    assert not any(number in words(message) for message in other.read_all())


def test_what_waits_for_the_morning_is_not_for_a_deputy_whose_standing_in_was_ended(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    other = town.official("吴敏", Role.HANDLER, unit="zhujian")
    number = owner.file("变压器装不上")
    name_deputy(handler, "吴敏")
    town.forward(to="2026-03-03 20:00")
    other.read_all()
    desk.dispatch(number, POWER)
    handler.say("/deputy")
    handler.tap("结束第 1 项")
    town.forward(to="2026-03-04 09:30")
    other.heard("郑凯")
    assert not any(number in words(message) for message in other.read_all())


def test_it_begins_on_its_first_day_and_not_before(small_town: Town) -> None:
    desk, helper = small_town.official("陈岚", Role.DISPATCHER), small_town.official("许宁", Role.APPROVER)
    name_deputy(desk, "许宁", "3月5日", "3月5日")
    kept = small_town.now
    for when, stands in (("03-04 23:59", False), ("03-05 00:00", True), ("03-05 23:59", True), ("03-06 00:00", False)):
        small_town.now = moment(f"2026-{when}")
        assert any(one.standing_in_for for one in held(small_town, helper)) is stands, when
    small_town.now = kept


def test_a_deputy_of_a_deputy_has_nothing_of_the_first(small_town: Town) -> None:
    first, second, third = (
        small_town.official(name, role)
        for name, role in (("陈岚", Role.DISPATCHER), ("许宁", Role.APPROVER), ("梁静", Role.SUPERVISOR))
    )
    name_deputy(first, "许宁")
    name_deputy(second, "梁静")
    assert [one.role for one in held(small_town, third)] == [Role.SUPERVISOR, Role.APPROVER]


def test_only_an_official_may_stand_in_and_nobody_for_themselves(small_town: Town) -> None:
    desk = small_town.official("陈岚", Role.DISPATCHER)
    small_town.owner("林晓")
    desk.say("/deputy")
    desk.say("林晓")
    desk.heard("没有找到“林晓”")
    desk.say("/deputy")
    desk.say("陈岚")
    desk.heard("没有找到“陈岚”")


def test_an_absence_has_an_end_within_reason(small_town: Town) -> None:
    desk, helper = small_town.official("陈岚", Role.DISPATCHER), small_town.official("许宁", Role.APPROVER)
    name_deputy(desk, "许宁", "2027-03-03")
    desk.heard("代理最长")
    assert all(one.standing_in_for is None for one in held(small_town, helper))


def test_whoever_is_back_earlier_ends_it_and_the_other_hears_so(small_town: Town) -> None:
    desk, helper = small_town.official("陈岚", Role.DISPATCHER), small_town.official("许宁", Role.APPROVER)
    name_deputy(desk, "许宁")
    helper.read_all()
    desk.tap("结束第 1 项")
    helper.heard("代理提前结束")
    assert all(one.standing_in_for is None for one in held(small_town, helper))
    for old in ("f:deputy:end.1", "f:deputy:end.99", "f:deputy:end.²", "f:deputy:end." + "9" * 30):
        helper.press(old)
        helper.heard("已经结束")


def test_a_strangers_button_ends_nobodys_standing_in(small_town: Town) -> None:
    desk, helper = small_town.official("陈岚", Role.DISPATCHER), small_town.official("许宁", Role.APPROVER)
    stranger = small_town.official("梁静", Role.SUPERVISOR)
    name_deputy(desk, "许宁")
    stranger.press("f:deputy:end.1")
    stranger.heard("已经结束")
    assert any(one.standing_in_for == desk.id for one in held(small_town, helper))


def test_a_deputy_may_not_decide_what_they_or_the_absent_approver_proposed(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    chief = small_town.official("许宁", Role.APPROVER, Role.DISPATCHER)
    helper = small_town.official("陈岚", Role.DISPATCHER)
    number = owner.file("两家店铺之间的租金纠纷")
    propose_refusal(small_town, chief, number)
    name_deputy(chief, "陈岚")
    assert not decides(small_town, helper, number), "what the absent one proposed"
    chief.say("/deputy")
    chief.tap("结束第 1 项")
    assert not decides(small_town, chief, number)
    other = small_town.official("梁静", Role.APPROVER)
    assert decides(small_town, other, number)


def test_what_a_deputy_proposed_is_not_decided_by_the_one_who_comes_back(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    chief = small_town.official("许宁", Role.APPROVER, Role.DISPATCHER)
    helper = small_town.official("梁静", Role.APPROVER)
    number = owner.file("两家店铺之间的租金纠纷")
    name_deputy(chief, "梁静")
    propose_refusal(small_town, helper, number)
    assert not decides(small_town, helper, number)
    assert not decides(small_town, chief, number)


def propose_refusal(town: Town, person: Official, number: str) -> None:
    town.write(_propose, person, town.case(number).id, town.now)


def _propose(tx: Tx, person: Official, case: int, now: datetime) -> None:
    ground = tx.office.rulebook.refusal_grounds[0].code
    casework.move(_turn(tx, person, now), case, "propose_refusal", ground=ground, text="两家店之间的事")


def _turn(tx: Tx, person: Official, now: datetime) -> Turn:
    one = people.get(tx, person.id)
    assert one is not None
    return at_desk(tx, one, now)


def decides(town: Town, person: Official, number: str) -> bool:
    """Whether one of the person's roles, own or stood in for, may refuse the case now."""
    return town.read(_may_refuse, person, town.case(number), town.now)


def _may_refuse(tx: Tx, person: Official, case: Case, now: datetime) -> bool:
    return any(lifecycle.may(case, "refuse", actor, now, tx.office) for actor in _turn(tx, person, now).actors)


def test_who_holds_a_role_in_many_units_fits_on_a_button(small_town: Town) -> None:
    boss, many = small_town.official("周正", Role.APPROVER), small_town.official("吴敏", Role.LIAISON, unit="gongdian")

    def give_all(tx: Tx) -> None:
        for unit in set(small_town.units.values()) - {small_town.units["gongdian"]}:
            people.give_role(tx, many.id, Role.LIAISON, small_town.now, unit)

    small_town.write(give_all)
    boss.say("/deputy")
    if boss.offers("另一个人"):
        boss.tap("另一个人")
    boss.say("吴敏")

    shown = boss.button("吴敏").label
    assert f"等{len(small_town.units)}个角色" in shown
    assert len(shown) < 40
