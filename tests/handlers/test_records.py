"""What is put right or down, from the chair: kinds, other bodies, letters, money, the ledger, whom it is about."""

import pytest

from domain.case import Kind, Role, Status, Weight
from domain.deadlines import Term
from handlers.money import fen_of
from storage import ledger, papers
from storage.ledger import Entry
from tests.handlers.decision_chairs import more
from tests.people import Official, Owner, Town, words

POWER = "供电公司"


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


@pytest.fixture
def supervisor(small_town: Town) -> Official:
    return small_town.official("秦肃", Role.SUPERVISOR)


@pytest.fixture
def signed(owner: Owner, desk: Official, handler: Official) -> str:
    number = owner.file("供电公司让我们赞助48600元")
    desk.dispatch(number, POWER)
    handler.sign(number)
    owner.read_all()
    return number


def entries(town: Town, number: str) -> list[Entry]:
    return list(town.read(ledger.of_case, town.case(number).id))


# --- kinds ------------------------------------------------------------------------------------------------------


def test_a_case_becomes_another_kind_and_the_owner_hears_the_new_date(
    small_town: Town, owner: Owner, desk: Official, signed: str
) -> None:
    more(desk, signed, "转类")
    assert not desk.offers("诉求")
    desk.tap("投诉")

    told = owner.heard("投诉").text
    assert "3月24日 周二 17:30" in told
    assert small_town.case(signed).kind is Kind.COMPLAINT
    assert small_town.due(signed, Term.HANDLE) == "2026-03-24 17:30"


def test_a_kind_with_weights_asks_for_one(small_town: Town, owner: Owner, desk: Official) -> None:
    number = owner.file("办证要跑几趟", Kind.INQUIRY)
    more(desk, number, "转类")
    desk.tap("诉求")
    desk.tap("多个部门")
    assert small_town.case(number).kind is Kind.REQUEST
    assert small_town.case(number).weight is Weight.CROSS


def test_a_clue_goes_no_open_way_and_nothing_is_changed(
    small_town: Town, owner: Owner, desk: Official, signed: str
) -> None:
    before = small_town.case(signed)
    more(desk, signed, "转类")
    desk.tap("问题线索")
    desk.heard("密")
    owner.silent()
    assert small_town.case(signed) == before


# --- other bodies -----------------------------------------------------------------------------------------------


def test_a_case_is_passed_on_and_their_answer_comes_back(
    small_town: Town, owner: Owner, desk: Official, handler: Official, signed: str
) -> None:
    more(desk, signed, "移交")
    desk.say("县人民法院")
    desk.say("合同纠纷归法院，电话0000-6200000")
    assert small_town.case(signed).status is Status.HANDLING
    assert "县人民法院" in words(desk.last)
    desk.tap("移交")

    told = owner.heard("县人民法院").text
    assert "0000-6200000" in told
    handler.heard("县人民法院")
    assert small_town.case(signed).status is Status.TRANSFERRED
    desk.card(signed)
    desk.tap("转达答复")
    desk.say("法院已立案")
    assert "法院已立案" in owner.heard("法院已立案").text


def test_a_body_has_a_short_name(small_town: Town, desk: Official, signed: str) -> None:
    more(desk, signed, "移交")
    desk.say("某" * 61)
    desk.heard("最多60")
    assert small_town.case(signed).status is Status.HANDLING


# --- supervision, money, the ledger -----------------------------------------------------------------------------


def test_a_supervision_letter_reaches_every_unit_and_its_head(
    small_town: Town, owner: Owner, handler: Official, supervisor: Official, signed: str
) -> None:
    head = small_town.official("孙立", Role.HEAD, unit="gongdian")
    more(supervisor, signed, "发督办函")
    supervisor.say("请退还赞助款并说明情况")
    assert POWER in words(supervisor.last)
    supervisor.tap("发出督办函")

    for who in (handler, head):
        heard = who.heard("请退还赞助款").text
        assert "2026-0001" in heard
        assert "3月10日 周二 17:30" in heard
    [letter] = small_town.read(papers.of_case, small_town.case(signed).id)
    assert letter.number == "2026-0001"
    assert POWER in letter.body
    assert "请退还赞助款并说明情况" in letter.body


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("48600", 4_860_000),
        ("48,600.50元", 4_860_050),
        ("4.86万", 4_860_000),
        ("４８６００元", 4_860_000),
        ("¥ 48600", 4_860_000),
        ("1.2亿元", 12_000_000_000),
        ("0.01", 1),
        ("48600块钱。", 4_860_000),
    ],
)
def test_money_is_read_as_people_write_it(written: str, fen: int) -> None:
    assert fen_of(written) == fen


@pytest.mark.parametrize(
    "written", ["", "四万八", "-5", "1.234", "4,86", "1e9", "٤٨", "48600元4", "9" * 40, "999999亿", "4 8", "²", "NaN"]
)
def test_what_is_no_amount_is_not_guessed(written: str) -> None:
    assert fen_of(written) is None


def test_money_that_came_back_is_entered_and_told(
    small_town: Town, owner: Owner, supervisor: Official, signed: str
) -> None:
    more(supervisor, signed, "登记退款")
    supervisor.say("很多")
    supervisor.heard("没看出金额来")
    supervisor.say("0")
    supervisor.heard("金额要大于零")
    supervisor.say("4.86万")
    supervisor.say("赞助款已原路退回")
    assert "48,600元" in words(supervisor.last)
    assert entries(small_town, signed) == []
    supervisor.tap("记入台账")

    told = owner.heard("48,600元").text
    assert "赞助款已原路退回" in told
    [entry] = entries(small_town, signed)
    assert (entry.sort, entry.amount_fen) == ("repaid", 4_860_000)


@pytest.mark.parametrize(("line", "heard"), [("公开，", True), ("不公开", False)])
def test_a_criticism_is_entered_and_told_only_where_it_is_public(
    small_town: Town, owner: Owner, supervisor: Official, signed: str, line: str, heard: bool
) -> None:
    more(supervisor, signed, "记入台账")
    supervisor.say("责令书面检查")
    supervisor.tap(POWER)
    supervisor.tap(line)

    [entry] = entries(small_town, signed)
    assert (entry.sort, entry.unit) == ("censured", small_town.units["gongdian"])
    if heard:
        owner.heard("责令书面检查")
    else:
        owner.silent()


# --- whom it is about -------------------------------------------------------------------------------------------


def test_whom_a_case_is_about_does_not_see_it_any_more(
    small_town: Town, desk: Official, handler: Official, signed: str
) -> None:
    colleague = small_town.official("王强", Role.HANDLER, unit="gongdian")
    more(desk, signed, "设置回避")
    desk.tap("郑凯")
    assert "郑凯" in desk.last.text
    desk.tap("确认回避")

    handler.read_all()
    handler.press(f"f:case:{signed}")
    assert "赞助" not in words(handler.last)
    handler.say("/tasks")
    assert not handler.offers(signed)
    assert "回避" not in words(colleague.heard("换人承办"))
    colleague.say("/tasks")
    assert colleague.offers(signed)
    assert small_town.case(signed).recused == (handler.id,)


def test_somebody_who_is_not_near_is_found_by_name(small_town: Town, desk: Official, signed: str) -> None:
    far = small_town.official("贺某某", Role.HANDLER, unit="zhujian")
    more(desk, signed, "设置回避")
    desk.tap("另一个人")
    desk.say("贺某")
    desk.tap("贺某某")
    desk.tap("确认回避")
    assert small_town.case(signed).recused == (far.id,)


# --- who has no right -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ["reclassify", "transfer", "relay", "supervise", "repay", "censure", "recuse"])
def test_whoever_has_no_right_learns_nothing(small_town: Town, signed: str, flow: str) -> None:
    outside = small_town.official("外人", Role.LIAISON, unit="zhujian")
    stranger = small_town.owner("路人")
    before = small_town.case(signed)
    for who in (outside, stranger):
        who.press(f"f:{flow}:{before.id}")
        unknown = words(who.last)
        who.press(f"f:{flow}:{before.id + 900}")
        assert words(who.last).replace(str(before.id + 900), str(before.id)) == unknown
    assert small_town.case(signed) == before


@pytest.mark.parametrize("flow", ["transfer", "relay", "supervise", "censure", "recuse"])
def test_the_owner_and_the_handler_see_the_case_but_do_not_decide_on_it(
    small_town: Town, owner: Owner, handler: Official, signed: str, flow: str
) -> None:
    before = small_town.case(signed)
    for who in (owner, handler):
        who.press(f"f:{flow}:{before.id}")
        assert who.last.buttons
    assert small_town.case(signed) == before
