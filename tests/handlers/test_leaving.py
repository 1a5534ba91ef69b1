"""Leaving: rights end at once, tasks go on with those who stay, old buttons teach nothing, the story shows it."""

from datetime import datetime, timedelta

import pytest

from domain.case import Actor, Role
from domain.people import Holding
from handlers import casework
from handlers.invitations import Invitation, invite
from handlers.turn import at_desk
from storage import codes, deputies, events, people, sessions
from storage.transaction import Tx
from tests.handlers.page_moves import heard_now
from tests.people import Official, Owner, Person, Town, words

POWER = "供电公司"
IDLE = timedelta(hours=2)


@pytest.fixture
def admin(town: Town) -> Official:
    return town.official("管管", Role.ADMINISTRATOR)


@pytest.fixture
def liaison(town: Town) -> Official:
    return town.official("吴敏", Role.LIAISON, unit="gongdian")


def held(town: Town, person: Person) -> list[Role]:
    return [one.role for one in holdings(town, person)]


def holdings(town: Town, person: Person) -> tuple[Holding, ...]:
    return town.read(people.holdings, person.id, town.now)


def gone(admin: Official, person: Person) -> None:
    """The administrator says in the chat that somebody has left."""
    admin.say("/people")
    admin.say(person.name)
    admin.tap(person.name)
    admin.tap("已离开")
    admin.tap("是的，已离开")


def handler_of(town: Town, number: str) -> int | None:
    lead = town.case(number).lead
    assert lead is not None
    return lead.handler


def test_open_tasks_go_to_the_liaison_and_the_story_shows_it(
    town: Town, owner: Owner, signed: str, handler: Official, liaison: Official, admin: Official
) -> None:
    handler.read_all()
    gone(admin, handler)
    admin.heard("1 件在办件已转交")
    assert held(town, handler) == []
    assert handler_of(town, signed) == liaison.id
    liaison.heard(signed)
    handler.heard("感谢您的付出")
    handler.silent()
    step = town.read(events.latest, town.case(signed).id, "reassign")
    assert step is not None
    assert step.role == Role.CLOCK
    liaison.card(signed)
    liaison.tap("办理经过")
    assert "原承办人已离开本单位" in liaison.last.text


def test_without_a_liaison_every_handler_is_asked_and_the_desk_is_told(
    town: Town, signed: str, handler: Official, desk: Official, admin: Official
) -> None:
    colleague = town.official("冯超", Role.HANDLER, unit="gongdian")
    desk.read_all()
    gone(admin, handler)
    assert handler_of(town, signed) is None
    colleague.heard(signed)
    desk.heard("没有联络员")
    colleague.tell(signed, "已经约好周五施工")
    assert town.read(events.latest, town.case(signed).id, "progress") is not None


def test_old_buttons_cards_and_questions_teach_nothing_afterwards(
    town: Town, signed: str, handler: Official, liaison: Official, admin: Official
) -> None:
    case = town.case(signed).id
    handler.card(signed)
    handler.tap("反馈进展")
    gone(admin, handler)
    handler.say("变压器明天到货")
    learned = heard_now(handler)
    for press in ("case", "story", "why", "progress", "answer", "ask", "readers", "sign"):
        handler.press(f"f:{press}:{case}")
        learned += heard_now(handler)
    for said in ("/tasks", signed, f"/case {signed}", f"/search {signed}", "/handover", "/team", "/deputy", "/board"):
        handler.say(said)
        learned += heard_now(handler)
    assert len(learned) > 500
    assert "变压器装不上" not in learned
    assert "晓林面馆" not in learned
    assert POWER not in learned
    assert town.read(events.latest, case, "progress") is None


def test_pushes_in_line_are_not_sent_to_somebody_who_has_left(
    town: Town, owner: Owner, signed: str, handler: Official, liaison: Official, admin: Official
) -> None:
    handler.read_all()
    handler.away()
    owner.card(signed)
    owner.tap("催办")
    gone(admin, handler)
    handler.back()
    handler.not_heard("催")
    handler.heard("感谢您的付出")
    town.forward(workdays=5)
    handler.silent()


def test_what_did_not_reach_somebody_is_not_said_when_they_are_back_after_leaving(
    town: Town, owner: Owner, desk: Official, admin: Official
) -> None:
    phone = town.phone("许燕", Official)
    phone.say("你好")
    town.write(people.give_role, phone.id, Role.HANDLER, town.now, town.units["gongdian"], None)
    number = owner.file("变压器装不上")
    phone.blocked = True
    desk.dispatch(number, POWER)
    town.show()
    gone(admin, phone)
    phone.come_back()
    assert not any(number in words(message) for message in phone.read_all())


def test_pages_codes_and_deputies_end_too(town: Town, handler: Official, liaison: Official, admin: Official) -> None:
    absent = town.official("冯超", Role.HEAD, unit="gongdian")
    later = town.now + timedelta(days=9)
    secret = town.write(sessions.begin, handler.id, town.now, timedelta(hours=12))
    invited = Invitation(Role.DISPATCHER, person=handler.id)
    code = town.write(invite, invited, town.now)
    town.write(deputies.add, handler.id, liaison.id, town.now, later, town.now)
    town.write(deputies.add, absent.id, handler.id, town.now, later, town.now)
    gone(admin, handler)
    assert town.read(sessions.find, secret, town.now, IDLE) is None
    assert town.write(codes.use, code, ("invite",), town.now) is None
    assert town.read(deputies.every, town.now) == []
    assert held(town, liaison) == [Role.LIAISON]
    absent.heard("代理已结束")
    liaison.heard("代理已结束")


def test_an_invitation_made_by_somebody_who_has_left_is_worth_nothing(town: Town, admin: Official) -> None:
    rogue = town.official("钱二", Role.ADMINISTRATOR)
    rogue.say("/invite")
    while not rogue.offers("管理员"):
        rogue.tap("新")
    rogue.tap("管理员")
    rogue.say("跳过")
    code = next(part for part in rogue.last.text.split() if part.count("-") == 1 and len(part) == 11)
    gone(admin, rogue)
    rogue.say(f"/join {code}")
    assert held(town, rogue) == []
    rogue.heard("无效")


def test_the_last_administrator_stays(town: Town, admin: Official) -> None:
    gone(admin, admin)
    admin.heard("唯一的管理员")
    assert held(town, admin) == [Role.ADMINISTRATOR]


def test_one_role_ends_and_the_others_stay(town: Town, signed: str, handler: Official, admin: Official) -> None:
    town.write(people.give_role, handler.id, Role.LIAISON, town.now, town.units["zhujian"])
    admin.say("/people")
    admin.say("郑")
    admin.tap("郑凯")
    admin.tap("停用：供电公司 承办人")
    admin.tap("停用")
    admin.heard("已停用")
    assert held(town, handler) == [Role.LIAISON]
    assert handler_of(town, signed) is None
    handler.heard("承办人")
    handler.card(signed)
    assert "变压器" not in words(handler.last)


def test_a_head_ends_a_handlers_right_in_the_own_unit_alone(
    town: Town, signed: str, handler: Official, liaison: Official
) -> None:
    head = town.official("高峰", Role.HEAD, unit="gongdian")
    town.write(people.give_role, handler.id, Role.HANDLER, town.now, town.units["zhujian"])
    head.say("/team")
    head.tap("郑凯 已离开")
    head.tap("是的，已离开")
    head.heard("1 件")
    assert [(one.role, one.unit) for one in holdings(town, handler)] == [(Role.HANDLER, town.units["zhujian"])]
    foreign = town.official("别处", Role.HEAD, unit="zhujian")
    foreign.press(f"f:team_left:{liaison.id}.{town.units['gongdian']}")
    foreign.press(f"f:team_left:{handler.id}.{town.units['gongdian']}")
    assert held(town, liaison) == [Role.LIAISON]
    for nonsense in ("", "1", "²", "9" * 40, "-1.-1", f"{head.id}.{town.units['gongdian']}"):
        head.press(f"f:team_left:{nonsense}")
    assert held(town, head) == [Role.HEAD]


def test_a_reminder_that_waited_is_not_told_to_whoever_lost_the_role(
    town: Town, signed: str, handler: Official, liaison: Official, admin: Official
) -> None:
    """A handler of two units who leaves one hears nothing more of its cases, by whatever road."""
    town.write(people.give_role, handler.id, Role.HANDLER, town.now, town.units["zhujian"])
    head = town.official("高峰", Role.HEAD, unit="gongdian")
    town.forward(to="2026-03-09 17:00")
    head.say("/team")
    head.tap("郑凯 已离开")
    head.tap("是的，已离开")
    handler.read_all()
    town.forward(to="2026-03-12 12:00")
    handler.not_heard(signed)
    liaison.heard(signed)


def test_tasks_are_handed_to_a_colleague_all_at_once(
    town: Town, signed: str, handler: Official, desk: Official, owner: Owner, liaison: Official
) -> None:
    second = owner.file("线路老化")
    desk.dispatch(second, POWER)
    handler.sign(second)
    liaison.read_all()
    handler.say("/handover")
    handler.tap("全部 2 件")
    handler.tap("吴敏")
    handler.say("两件都已约好现场")
    handler.heard("2 件已移交")
    liaison.heard(signed)
    liaison.heard(second)
    assert {handler_of(town, one) for one in (signed, second)} == {liaison.id}
    handler.say("/handover")
    handler.heard("没有可以转交")


def test_a_colleague_gets_what_they_may_have_and_no_more(
    town: Town, owner: Owner, signed: str, desk: Official, handler: Official, liaison: Official
) -> None:
    second = owner.file("水压太低，楼上没水")
    desk.dispatch(second, POWER)
    handler.sign(second)
    case = town.case(signed).id
    town.write(casework.act, case, "recuse", Actor(desk.id, Role.DISPATCHER), town.now, person=liaison.id)
    handler.say("/handover")
    handler.tap("全部 2 件")
    handler.tap("吴敏")
    handler.say("请接着办")
    handler.heard("1 件已移交")
    assert [handler_of(town, one) for one in (signed, second)] == [handler.id, liaison.id]


def test_roles_are_given_to_known_people_and_names_corrected(town: Town, admin: Official, handler: Official) -> None:
    admin.say("/people")
    admin.say("郑凯")
    admin.tap("郑凯")
    admin.tap("授予角色")
    admin.tap("分管领导")
    admin.tap("全部，或按项目")
    admin.tap("全部")
    admin.heard("已授予")
    assert held(town, handler) == [Role.HANDLER, Role.LEADER]
    handler.heard("您现在是分管领导")
    admin.tap("改名")
    admin.say("  郑  凯凯 ")
    admin.heard("郑 凯凯")
    for nonsense in ("", "0", "999999", "²", "9" * 40):
        for press in ("people", "give_role", "rename", "left", "take_role", "deputy_for"):
            admin.press(f"f:{press}:{nonsense}" if nonsense else f"f:{press}")
    assert held(town, handler) == [Role.HANDLER, Role.LEADER]


def test_owners_are_not_found_by_name(town: Town, admin: Official, owner: Owner) -> None:
    admin.say("/people")
    admin.say("林晓")
    admin.heard("没有找到")
    assert "晓林面馆" not in words(admin.last)


def test_a_decision_on_what_somebody_proposed_who_has_left_goes_to_those_who_stay(
    town: Town, owner: Owner, number: str, desk: Official, admin: Official
) -> None:
    other, chief = town.official("何静", Role.DISPATCHER), town.official("许宁", Role.APPROVER)
    case = town.case(number).id
    ground = town.db.office.rulebook.refusal_grounds[0].code
    town.write(_made, desk, case, "propose_refusal", town.now, ground=ground, text="两家店之间的事")
    gone(admin, desk)
    desk.read_all()
    other.read_all()
    town.write(_made, chief, case, "refuse", town.now)
    desk.silent()
    town.show()
    other.heard(number)


def _made(tx: Tx, by: Official, case: int, move: str, now: datetime, **facts: str) -> None:
    one = people.get(tx, by.id)
    assert one is not None
    casework.move(at_desk(tx, one, now), case, move, **facts)
