"""How a case ends, from the chair: urged, withdrawn, answered, visited, closed, redone."""

from domain.case import Kind, Role, Status
from domain.deadlines import Term
from storage import events, visits
from tests.people import Official, Owner, Town

# --- withdrawn, urged -------------------------------------------------------------------------------------------


def test_urging_reaches_the_handler_once_a_working_day(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    owner.card(signed)
    owner.tap("催办")
    handler.heard("诉求人在催办这件")
    handler.read_all()
    assert not owner.offers("催办")
    owner.press(f"f:urge:{signed}")
    owner.heard("下一个工作日（3月4日 周三）可以再催")
    handler.silent()

    town.forward(workdays=1)
    handler.read_all()
    owner.card(signed)
    owner.tap("催办")
    handler.heard("诉求人在催办这件")


def test_withdrawing_ends_everything(town: Town, owner: Owner, handler: Official, signed: str) -> None:
    owner.card(signed)
    owner.tap("撤回")
    owner.tap("确认撤回")

    owner.heard("已撤回")
    handler.heard("诉求人已撤回这件")
    assert town.running(signed) == []
    town.forward(workdays=10)
    owner.silent()
    assert town.case(signed).status is Status.WITHDRAWN


def test_a_unit_whose_case_was_withdrawn_hears_it_and_is_led_nowhere(small_town: Town) -> None:
    owner, desk = small_town.owner("林晓"), small_town.official("陈岚", Role.DISPATCHER)
    liaison = small_town.official("吴敏", Role.LIAISON, unit="zhujian")
    number = owner.file("门口的路灯坏了")
    desk.dispatch(number, "住建局")
    owner.card(number)
    owner.tap("撤回")
    owner.tap("撤回")
    told = liaison.heard("撤回")
    assert number in told.title
    assert (told.facts, told.buttons) == ((), ())


# --- answered, visited, closed ----------------------------------------------------------------------------------


def test_a_satisfied_owner_closes_the_case(town: Town, owner: Owner, handler: Official, answered: str) -> None:
    assert "已经装好通电" in owner.heard("供电公司答复了您的诉求").text
    owner.tap("解决了")
    owner.tap("满意")
    owner.say("跳过")

    owner.heard("这件已结案")
    handler.heard("诉求人评价：满意")
    (visit,) = town.read(visits.of_case, town.case(answered).id)
    assert (visit.solved, visit.level, visit.words) == (True, 4, "")
    assert town.running(answered) == []


def test_an_owner_who_says_nothing_is_reminded_twice_then_the_case_closes_unrated(
    town: Town, owner: Owner, handler: Official, answered: str
) -> None:
    owner.read_all()
    said = []
    for day in ("04", "05", "06", "09", "10"):
        town.forward(to=f"2026-03-{day} 12:00")
        said.append(sum("提醒一下" in message.text for message in owner.read_all()))
    assert said == [1, 0, 1, 0, 0]

    town.forward(to="2026-03-10 17:31")
    owner.heard("先结案了")
    assert town.case(answered).status is Status.CLOSED
    assert town.read(visits.of_case, town.case(answered).id) == []
    town.forward(to="2026-03-11 09:00")
    handler.heard("诉求人到期未评价")


def test_silence_counts_from_when_the_question_was_shown(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    owner.away()
    handler.answer(signed, "已经装好通电")
    town.forward(to="2026-03-06 10:00")
    assert town.due(signed, Term.CLOSE) == ""
    owner.back()

    assert town.due(signed, Term.CLOSE) == "2026-03-13 17:30"


def test_a_question_that_reached_nobody_becomes_a_call_and_closes_nothing(
    town: Town, owner: Owner, desk: Official, handler: Official, signed: str
) -> None:
    owner.away()
    handler.answer(signed, "已经装好通电")
    town.forward(workdays=15)
    assert town.case(signed).status is Status.ANSWERED
    desk.say("/calls")
    desk.tap(signed)
    assert "138 0000 0000" in desk.heard("请致电").text
    desk.tap("接通了，对方还没想好")

    assert town.due(signed, Term.CLOSE) == "2026-03-31 17:30"
    desk.say("/calls")
    desk.heard("没有要打的电话")
    town.forward(to="2026-03-31 17:31")
    assert town.case(signed).status is Status.CLOSED


def test_what_an_owner_says_on_the_phone_is_logged_with_who_phoned(
    town: Town, owner: Owner, desk: Official, answered: str
) -> None:
    desk.card(answered)
    for label in ("电话回访", "接通了，对方已表态", "解决了", "非常满意"):
        desk.tap(label)
    desk.say("办得快")

    owner.heard("按电话里说好的")
    (visit,) = town.read(visits.of_case, town.case(answered).id)
    assert (visit.level, visit.words, visit.by) == (5, "办得快", desk.id)
    last = town.read(events.of_case, town.case(answered).id)[-1]
    assert (last.move, last.role, last.actor) == ("visit", Role.DISPATCHER, desk.id)


def test_a_rating_that_comes_late_changes_nothing(town: Town, owner: Owner, answered: str) -> None:
    town.forward(workdays=6)
    owner.tap("解决了")

    owner.heard("这一步已经办过了")
    assert town.read(visits.of_case, town.case(answered).id) == []


# --- redone -----------------------------------------------------------------------------------------------------


def test_not_solved_goes_into_a_second_round_with_the_head(
    town: Town, owner: Owner, handler: Official, head: Official, answered: str
) -> None:
    leader = town.official("高远", Role.LEADER)
    town.forward(workdays=1)
    owner.tap("没解决")
    owner.say("还是停电")
    owner.tap("要求重办")

    owner.heard("已要求重办，并告知单位负责人")
    assert "还是停电" in handler.heard("第2次办理").text
    for official in (head, leader):
        official.heard("有一件进入第2次办理")
    assert town.case(answered).status is Status.DISPATCHED
    assert town.due(answered, Term.HANDLE) == "2026-03-11 17:30"


def test_the_second_round_is_answered_and_visited_like_the_first(
    town: Town, owner: Owner, handler: Official, answered: str
) -> None:
    owner.tap("没解决")
    owner.say("还是停电")
    owner.tap("要求重办")
    handler.sign(answered)
    handler.answer(answered, "换了一台新的")

    assert "换了一台新的" in owner.heard("问题解决了吗").text
    town.forward(workdays=6)
    owner.heard("先结案了")
    assert town.case(answered).round == 2


def test_the_lowest_ratings_offer_to_have_it_redone(town: Town, owner: Owner, answered: str) -> None:
    owner.tap("解决了")
    owner.tap("非常不满意")
    owner.say("拖得太久")
    owner.tap("要求重办")

    owner.heard("已要求重办")
    (visit,) = town.read(visits.of_case, town.case(answered).id)
    assert visit.words == "拖得太久"
    assert town.case(answered).round == 2


def test_a_closed_case_is_redone_within_thirty_days_and_not_later(
    town: Town, owner: Owner, handler: Official, answered: str
) -> None:
    town.forward(to="2026-04-02 09:00")
    owner.card(answered)
    assert owner.offers("要求重办")
    town.forward(to="2026-04-02 10:00")
    owner.card(answered)
    assert not owner.offers("要求重办")
    owner.press(f"f:redo:{answered}")

    owner.heard("这一步的时限已过，截止日是4月2日")
    assert town.case(answered).status is Status.CLOSED


def test_an_answer_given_at_once_is_redone_by_handing_it_to_a_unit(town: Town, owner: Owner, desk: Official) -> None:
    number = owner.file("怎么办执照", Kind.INQUIRY)
    desk.tell(number, "带身份证到窗口就行", "当即答复")
    owner.tap("没解决")
    owner.say("窗口说不行")
    owner.tap("要求重办")

    assert "窗口说不行" in desk.heard("第2次办理").text
    assert (town.case(number).status, town.case(number).round) == (Status.ACCEPTED, 2)
    desk.dispatch(number, "审批局")
    owner.heard("交给审批局办理")


def test_an_owner_may_leave_an_unsolved_case_at_that(town: Town, owner: Owner, answered: str) -> None:
    for said in ("没解决", "还是停电", "不用了，到此为止", "不满意"):
        owner.say(said) if said == "还是停电" else owner.tap(said)

    owner.heard("已记为“没解决”")
    (visit,) = town.read(visits.of_case, town.case(answered).id)
    assert (visit.solved, visit.level, visit.words) == (False, 2, "还是停电")
    assert town.case(answered).status is Status.CLOSED


# --- after the office was down ----------------------------------------------------------------------------------


def test_silence_does_not_close_a_case_whose_reminders_our_downtime_ate(
    town: Town, owner: Owner, answered: str
) -> None:
    owner.read_all()
    town.sleep(to="2026-03-17 10:00")
    town.tick(2)

    owner.heard("还在等您的评价")
    owner.silent()
    assert town.case(answered).status is Status.ANSWERED
    town.forward(to="2026-03-24 17:31")
    owner.heard("先结案了")
    assert town.case(answered).status is Status.CLOSED


def test_a_pause_that_ran_out_meanwhile_reminds_its_owner_of_nothing(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    handler.tell(signed, "请发营业执照", "请求补充")
    owner.read_all()
    town.sleep(to="2026-03-17 10:00")
    town.tick()

    owner.heard("补充材料的时间到了")
    owner.silent()


def test_of_two_reminders_missed_only_the_last_is_said(town: Town, owner: Owner, answered: str) -> None:
    owner.read_all()
    town.sleep(to="2026-03-06 10:00")
    town.tick(times=2)

    owner.heard("提醒一下")
    owner.silent()
