"""Every move an official may make has its form on the page, and each form is complete."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.board.fields import Field
from bot.board.forms import AT_ONCE, FORMS
from domain import permits
from domain.case import Role
from domain.lifecycle import MOVES, NAMES, ROWS
from storage import approvals, papers
from tests.bot.board_visitors import Office, Visitor

NOT_OFFICIALS = {permits.owner, permits.clock, permits.anyone_filing}
OFFICIALS_MOVES = sorted({move.name for move in MOVES if set(move.by) - NOT_OFFICIALS})


@pytest.fixture
async def approver(office: Office) -> Visitor:
    return await office.signed_in("周正", Role.APPROVER)


@pytest.fixture
async def liaison(office: Office) -> Visitor:
    return await office.signed_in("吴敏", Role.LIAISON, unit="gongdian")


def test_every_move_of_an_official_has_its_form_and_no_form_is_without_its_move() -> None:
    assert set(FORMS) == set(OFFICIALS_MOVES)
    assert set(FORMS) <= set(NAMES)
    assert {move for move, _form in AT_ONCE.values()} <= set(FORMS)


@pytest.mark.parametrize("name", OFFICIALS_MOVES)
def test_a_form_asks_for_everything_some_row_of_its_move_needs(name: str) -> None:
    asked = {field.name for field in FORMS[name].fields}
    rows = [row for row in ROWS[name] if set(row.by) - NOT_OFFICIALS]
    assert all(set(row.needs) <= asked for row in rows), [row.needs for row in rows]


def test_no_two_fields_of_a_form_have_one_name() -> None:
    for form in FORMS.values():
        names = [field.name for field in form.fields]
        assert len(set(names)) == len(names)
        assert all(replace(field) == field for field in form.fields if isinstance(field, Field))


async def filed(office: Office, facts: str = "变压器装不上") -> str:
    return office.file("林晓", facts)


async def do(visitor: Visitor, number: str, move: str, **fields: str) -> None:
    answer = await visitor.send(f"/board/case/{number}/{move}", **fields)
    assert answer.status == 303, (move, re.findall(r'class="said fault"[^>]*>([^<]*)', answer.text))


async def handled(office: Office, desk: Visitor, handler: Visitor, facts: str = "变压器装不上") -> str:
    number = await filed(office, facts)
    await do(desk, number, "take", lead=str(office.town.units["gongdian"]))
    await do(handler, number, "sign")
    return number


async def test_a_refusal_is_proposed_by_one_and_approved_by_another(
    office: Office, desk: Visitor, approver: Visitor
) -> None:
    number = await filed(office)
    await do(desk, number, "propose_refusal", ground="scope", text="不属于本办职责")
    assert (await desk.send(f"/board/case/{number}/refuse")).status == 403
    page = await approver.get("/board")
    assert number in page.text
    assert "不属于本办职责" in (await approver.get(f"/board/case/{number}")).text
    await do(approver, number, "refuse")
    assert str(office.town.case(number).status) == "refused"
    assert office.town.read(papers.of_case, office.town.case(number).id)


async def test_an_answer_that_waits_for_the_head_is_shown_to_the_unit_and_not_to_the_desk(
    office: Office, desk: Visitor, handler: Visitor
) -> None:
    number = await handled(office, desk, handler)
    office.app.db.office = replace(
        office.app.db.office, rulebook=replace(office.app.db.office.rulebook, head_checks=True)
    )
    head = await office.signed_in("孙立", Role.HEAD, unit="gongdian")
    assert (await handler.send(f"/board/case/{number}/answer", text="x", outcome="solved")).status in (403, 409)
    await do(handler, number, "propose_answer", text="还没有审过的答复", outcome="solved")
    assert number in (await head.get("/board")).text
    assert "还没有审过的答复" in (await head.get(f"/board/case/{number}")).text
    assert "还没有审过的答复" not in (await desk.get(f"/board/case/{number}")).text
    await do(head, number, "release")
    assert str(office.town.case(number).status) == "answered"


async def test_who_proposed_something_does_not_decide_on_it_in_another_role(office: Office) -> None:
    both = await office.signed_in("两职", Role.DISPATCHER, Role.APPROVER)
    number = await filed(office)
    await do(both, number, "propose_refusal", ground="scope", text="不属于本办职责")
    answer = await both.send(f"/board/case/{number}/refuse")
    assert answer.status == 403
    assert str(office.town.case(number).status) == "filed"


async def test_a_ground_that_is_not_listed_is_not_taken(office: Office, desk: Visitor) -> None:
    number = await filed(office)
    for ground in ("", "because", "settled"):
        answer = await desk.send(f"/board/case/{number}/propose_refusal", ground=ground, text="不属于本办职责")
        assert answer.status == 422
    assert office.town.read(approvals.of_case, office.town.case(number).id) == ()


async def test_more_time_is_asked_for_and_granted(
    office: Office, desk: Visitor, approver: Visitor, handler: Visitor
) -> None:
    number = await handled(office, desk, handler)
    for wrong in ("2026-03-01", "tomorrow", "2026-99-99", "9999-12-31"):
        answer = await handler.send(f"/board/case/{number}/ask_time", date=wrong, text="设备还没到货")
        assert answer.status == 422, wrong
        assert "设备还没到货" in answer.text
    await do(handler, number, "ask_time", date="2026-03-13", text="设备还没到货")
    await do(approver, number, "grant_time")
    assert any(one.due.day.isoformat() == "2026-03-13" for one in office.town.running(number))


async def test_a_unit_sends_a_case_back_and_the_dispatcher_gives_it_to_another(
    office: Office, desk: Visitor, liaison: Visitor
) -> None:
    number = await filed(office)
    await do(desk, number, "take", lead=str(office.town.units["gongdian"]))
    await do(liaison, number, "return", better=str(office.town.units["gongshui"]), text="属于供水")
    assert (await liaison.get(f"/board/case/{number}")).status == 404  # no part in it any more
    await do(desk, number, "dispatch", lead=str(office.town.units["gongshui"]))
    lead = office.town.case(number).lead
    assert lead is not None
    assert lead.unit == office.town.units["gongshui"]


async def test_a_part_is_given_to_a_colleague_and_to_nobody_else(
    office: Office, desk: Visitor, handler: Visitor, liaison: Visitor
) -> None:
    number = await handled(office, desk, handler)
    stranger = office.official("外人", Role.HANDLER, unit="gongshui")
    assert liaison.official is not None
    for person in (stranger.id, 0, 10**12):
        answer = await handler.send(f"/board/case/{number}/reassign", handler=str(person), text="休假")
        assert answer.status == 422
    await do(handler, number, "reassign", handler=str(liaison.official.id), text="休假")
    lead = office.town.case(number).lead
    assert lead is not None
    assert lead.handler == liaison.official.id


async def test_two_cases_are_joined_by_the_number_of_the_leading_one(
    office: Office, desk: Visitor, handler: Visitor
) -> None:
    leading = await handled(office, desk, handler)
    other = await filed(office, "我家的变压器也装不上")
    for wrong in (other, "20260303-9999", "x" * 200, "%", "０"):
        answer = await desk.send(f"/board/case/{other}/merge", into=wrong)
        assert answer.status == 422, wrong
    await do(desk, other, "merge", into=leading)
    assert str(office.town.case(other).status) == "merged"
    await do(desk, other, "unmerge", text="不是一回事")
    assert str(office.town.case(other).status) == "accepted"


async def test_money_paid_back_is_read_in_yuan_and_kept_in_fen(office: Office, desk: Visitor, handler: Visitor) -> None:
    number = await handled(office, desk, handler)
    for wrong in ("-5", "1e9", "0", "12.345", "9" * 29, "①"):
        assert (await handler.send(f"/board/case/{number}/repay", amount_fen=wrong)).status == 422, wrong
    await do(handler, number, "repay", amount_fen="1,250.5", text="多收的检测费")
    steps = (await handler.get(f"/board/case/{number}")).text
    assert "多收的检测费" in steps


async def test_whoever_a_case_is_about_does_not_see_it_from_then_on(office: Office, desk: Visitor) -> None:
    number = await filed(office)
    leader = await office.signed_in("高远", Role.LEADER)
    assert leader.official is not None
    assert (await leader.get(f"/board/case/{number}")).status == 200
    await do(desk, number, "recuse", person=str(leader.official.id))
    assert (await leader.get(f"/board/case/{number}")).status == 404
    assert number not in (await leader.get("/board/cases")).text
    assert (await leader.get("/board/cases", q=number)).status == 200
    assert number not in (await leader.get("/board/cases", q="变压器装不上")).text
