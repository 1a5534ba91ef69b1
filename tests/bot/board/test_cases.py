"""Cases on the officials' pages: who finds and reads which, how they are moved, and what others learn: nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from domain.case import Kind, Role
from storage import deputies, events, people, readings
from tests.bot.board_visitors import Answer, Office, Visitor

NUMBER = "20260303-0001"


@pytest.fixture
def number(office: Office) -> str:
    return office.file("林晓", "变压器装不上，等了三个月")


def unit_of(office: Office, code: str) -> str:
    return str(office.town.units[code])


async def dispatched(office: Office, desk: Visitor, number: str, unit: str = "gongdian") -> None:
    answer = await desk.send(f"/board/case/{number}/take", lead=unit_of(office, unit))
    assert answer.status == 303, answer.text


def numbers_in(answer: Answer) -> list[str]:
    return re.findall(r'class="case-number">([0-9-]+)<', answer.text)


# --- the desk ---------------------------------------------------------------------------------------------------


async def test_the_desk_shows_the_queue_and_one_click_accepts_and_dispatches(
    office: Office, desk: Visitor, number: str
) -> None:
    page = await desk.get("/board")
    assert numbers_in(page) == [number]
    form = re.search(rf'action="(/board/case/{number}/take)".*?name="lead" value="(\d+)"', page.text, re.DOTALL)
    assert form, "no likely unit"
    assert (await desk.send(form[1], lead=form[2])).status == 303
    case = office.town.case(number)
    assert case.lead is not None
    assert case.lead.unit == int(form[2])
    assert numbers_in(await desk.get("/board")) == []


async def test_each_sees_at_the_desk_what_their_roles_open(
    office: Office, desk: Visitor, handler: Visitor, number: str
) -> None:
    administrator = await office.signed_in("于管", Role.ADMINISTRATOR)
    assert numbers_in(await handler.get("/board")) == []
    await dispatched(office, desk, number)
    assert numbers_in(await handler.get("/board")) == [number]
    page = await administrator.get("/board")
    assert numbers_in(page) == []
    assert "/board/cases" not in page.text
    assert "/board/troubles" in page.text


# --- the list ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["投诉", "诉求"]),
        ({"kind": "complaint"}, ["投诉"]),
        ({"statuses": "open"}, ["投诉", "诉求"]),
        ({"statuses": "dispatched"}, ["诉求"]),
        ({"statuses": "ended"}, []),
        ({"enterprise": "林晓"}, ["诉求"]),
        ({"since": "2026-03-03", "until": "2026-03-03"}, ["投诉", "诉求"]),
        ({"since": "2026-03-04"}, []),
        ({"until": "2026-03-02"}, []),
        ({"overdue": "1"}, []),
        ({"mine": "1"}, ["投诉"]),
        ({"kind": "nonsense", "since": "yesterday", "unit": "１", "statuses": "%", "before": "-1"}, ["投诉", "诉求"]),
    ],
)
async def test_the_list_is_narrowed_by_its_filters(
    office: Office, desk: Visitor, number: str, query: dict[str, str], found: list[str]
) -> None:
    complaint = office.file("赵启明", "窗口排队两个小时没人管", Kind.COMPLAINT)
    await dispatched(office, desk, number)
    by_kind = {"投诉": complaint, "诉求": number}
    answer = await desk.get("/board/cases", **query)
    assert answer.status == 200
    assert numbers_in(answer) == [by_kind[kind] for kind in found]


@pytest.mark.parametrize("field", ["q", "enterprise", "since", "unit"])
async def test_what_no_database_takes_is_never_looked_for(desk: Visitor, number: str, field: str) -> None:
    page = await desk.get("/board/cases", **{field: "变压\x00器"})
    assert page.status == 200
    assert "\x00" not in page.text


async def test_the_list_is_narrowed_by_unit_and_by_lateness(office: Office, desk: Visitor, number: str) -> None:
    await dispatched(office, desk, number)
    assert numbers_in(await desk.get("/board/cases", unit=unit_of(office, "gongdian"))) == [number]
    assert numbers_in(await desk.get("/board/cases", unit=unit_of(office, "gongshui"))) == []
    office.forward(timedelta(days=60))
    desk = await office.signed_in("陈岚")
    assert numbers_in(await desk.get("/board/cases", overdue="1")) == [number]


async def test_a_long_list_is_paged_without_missing_or_repeating_a_case(office: Office, desk: Visitor) -> None:
    filed = [office.file("林晓", f"第{n}件事没有解决") for n in range(65)]
    seen: list[str] = []
    path: str | None = "/board/cases"
    while path:
        answer = await desk.get(path)
        seen += numbers_in(answer)
        more = re.search(r'href="(/board/cases\?[^"]*before=\d+)"', answer.text)
        path = more[1].replace("&amp;", "&") if more else None
    assert seen == filed[::-1]


async def test_a_unit_lists_and_finds_only_cases_it_has_a_part_in(
    office: Office, desk: Visitor, handler: Visitor, number: str
) -> None:
    other = office.file("赵启明", "门口水管漏水")
    assert numbers_in(await handler.get("/board/cases")) == []
    await dispatched(office, desk, number)
    await dispatched(office, desk, other, "gongshui")
    assert numbers_in(await handler.get("/board/cases")) == [number]
    assert numbers_in(await handler.get("/board/cases", unit=unit_of(office, "gongshui"))) == []
    assert numbers_in(await handler.get("/board/cases", q="水管")) == []
    assert (await handler.get("/board/cases", q=other)).status == 200
    assert numbers_in(await handler.get("/board/cases", q="变压器")) == [number]


async def test_nobody_learns_by_a_filter_whose_the_case_is(office: Office, desk: Visitor, handler: Visitor) -> None:
    kept = office.file("林晓", "窗口乱收费", Kind.COMPLAINT, naming="保密")
    await dispatched(office, desk, kept)
    assert numbers_in(await handler.get("/board/cases", enterprise="林晓")) == []
    assert numbers_in(await handler.get("/board/cases", q="林晓的店")) == []
    assert numbers_in(await handler.get("/board/cases")) == [kept]
    assert numbers_in(await desk.get("/board/cases", enterprise="林晓")) == [kept]
    for path in ("/board/cases", "/board", f"/board/case/{kept}", f"/board/case/{kept}/print"):
        assert "林晓" not in (await handler.get(path)).text
        assert "13800000000" not in (await handler.get(path)).text.replace(" ", "")


async def test_an_exact_number_leads_to_the_case(desk: Visitor, number: str) -> None:
    answer = await desk.get("/board/cases", q=f" {number} ")
    assert (answer.status, answer.headers["Location"]) == (303, f"/board/case/{number}")


async def test_searching_like_a_program_is_slowed_down(desk: Visitor) -> None:
    answers = [(await desk.get("/board/cases", q=f"词{n}")).status for n in range(35)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert (await desk.get("/board/cases")).status == 200


# --- one case ---------------------------------------------------------------------------------------------------


async def test_a_case_shows_its_facts_story_dates_and_record(office: Office, desk: Visitor, number: str) -> None:
    answer = await desk.get(f"/board/case/{number}")
    assert answer.status == 200
    for words in ("变压器装不上", "林晓的店", "138 0000 0000", "登记", "校验通过", "/receipt/", "第1个工作日"):
        assert words in answer.text, words
    assert "/board/case/" in answer.text


async def test_a_case_on_paper_has_no_menu_and_no_form(desk: Visitor, number: str) -> None:
    text = (await desk.get(f"/board/case/{number}/print")).text
    assert "变压器装不上" in text
    assert "<form" not in text
    assert "<nav" not in text


async def test_a_changed_record_is_pointed_out(office: Office, desk: Visitor, number: str) -> None:
    office.falsify(number)
    text = (await desk.get(f"/board/case/{number}")).text
    assert "校验不通过" in text
    assert "校验通过" not in text
    office.town.write(lambda tx: None)


async def test_every_reading_is_written_down_before_it_is_shown(office: Office, desk: Visitor, number: str) -> None:
    case = office.town.case(number)
    assert office.town.read(readings.of_case, case.id) == []
    await desk.get(f"/board/case/{number}")
    read = office.town.read(readings.of_case, case.id)
    assert [(one.name, one.role, one.how) for one in read] == [("陈岚", Role.DISPATCHER, "board")]


@pytest.mark.parametrize("role", [Role.HANDLER, Role.LIAISON, Role.HEAD, Role.INSPECTOR])
async def test_a_case_one_may_not_see_is_answered_like_one_there_is_not(
    office: Office, number: str, role: Role
) -> None:
    stranger = await office.signed_in("吴敏", role, unit="gongshui" if role is not Role.INSPECTOR else "")
    for rest in ("", "/print"):
        real = await stranger.get(f"/board/case/{number}{rest}")
        none = await stranger.get(f"/board/case/20260303-9999{rest}")
        assert (real.status, none.status) == (404, 404)
        assert real.text.replace(number, "") == none.text.replace("20260303-9999", "")
    for move in ("accept", "sign", "answer", "take", "nonsense"):
        real = await stranger.send(f"/board/case/{number}/{move}", text="x", once="1")
        none = await stranger.send(f"/board/case/20260303-9999/{move}", text="x", once="1")
        assert (real.status, none.status) == (404, 404)
        assert real.text.replace(number, "") == none.text.replace("20260303-9999", "")
    assert office.town.read(readings.of_case, office.town.case(number).id) == []


@pytest.mark.parametrize("number", ["0", "-1", "%00", "%F0%9F%98%80", "９", "a" * 300, "1;drop", "..%2F.."])
async def test_a_number_of_any_shape_is_answered_kindly(office: Office, desk: Visitor, number: str) -> None:
    for n in range(9):
        office.file("林晓", f"第{n}件事没有解决")
    assert (await desk.get(f"/board/case/{number}")).status == 404


# --- moves ------------------------------------------------------------------------------------------------------


async def test_a_case_goes_its_whole_way_on_the_pages(
    office: Office, desk: Visitor, handler: Visitor, number: str
) -> None:
    path = f"/board/case/{number}"
    await dispatched(office, desk, number)
    for move, fields in (
        ("sign", {}),
        ("progress", {"text": "已经到现场看过"}),
        ("answer", {"text": "变压器装好，已经通电", "outcome": "solved"}),
    ):
        answer = await handler.send(f"{path}/{move}", **fields)
        assert (answer.status, answer.headers.get("Location")) == (303, f"{path}?done={move}"), answer.text
    done = await desk.send(f"{path}/visit", solved="yes", level="5", words="很快")
    assert done.status == 303
    assert str(office.town.case(number).status) == "closed"
    assert "很快" in (await desk.get(path)).text


async def test_a_move_that_is_over_is_answered_with_how_it_stands(office: Office, desk: Visitor, number: str) -> None:
    await dispatched(office, desk, number)
    answer = await desk.send(f"/board/case/{number}/accept")
    assert answer.status == 409
    assert "待签收" in answer.text


async def test_who_sees_but_may_not_move_is_told_so(
    office: Office, desk: Visitor, handler: Visitor, number: str
) -> None:
    leader = await office.signed_in("高远", Role.LEADER)
    assert (await leader.get(f"/board/case/{number}")).status == 200
    assert (await leader.send(f"/board/case/{number}/accept")).status == 403
    assert str(office.town.case(number).status) == "filed"
    await dispatched(office, desk, number)
    assert (await desk.send(f"/board/case/{number}/sign")).status == 403


async def test_a_form_that_lacks_something_comes_back_with_what_was_typed(
    office: Office, desk: Visitor, handler: Visitor, number: str
) -> None:
    await dispatched(office, desk, number)
    await handler.send(f"/board/case/{number}/sign")
    for fields in ({"text": "<b>已经装好</b>"}, {"text": "<b>已经装好</b>", "outcome": "magic"}):
        answer = await handler.send(f"/board/case/{number}/answer", **fields)
        assert answer.status == 422
        assert "&lt;b&gt;已经装好&lt;/b&gt;</textarea>" in answer.text
    too_long = await handler.send(f"/board/case/{number}/answer", text="长" * 5001, outcome="solved")
    assert too_long.status == 422
    assert str(office.town.case(number).status) == "handling"


async def test_a_form_sent_twice_counts_once(office: Office, desk: Visitor, handler: Visitor, number: str) -> None:
    await dispatched(office, desk, number)
    await handler.send(f"/board/case/{number}/sign")
    page = await handler.get(f"/board/case/{number}")
    once = re.search(r'name="once" value="([^"]+)"', page.text)
    assert once
    for _time in range(2):
        answer = await handler.send(f"/board/case/{number}/progress", text="已经到现场看过", once=once[1])
        assert answer.status == 303
    steps = office.town.read(events.of_case, office.town.case(number).id)
    assert [step.move for step in steps].count("progress") == 1


async def test_of_two_who_dispatch_at_once_one_is_told_that_it_is_done(
    office: Office, desk: Visitor, number: str
) -> None:
    other = await office.signed_in("李冉", Role.DISPATCHER)
    units = [unit_of(office, "gongdian"), unit_of(office, "gongshui")]
    tokens = [await desk.token(), await other.token()]
    answers = await asyncio.gather(
        *(
            one.post(f"/board/case/{number}/take", csrf=token, lead=unit)
            for one, token, unit in zip((desk, other), tokens, units, strict=True)
        )
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    steps = office.town.read(events.of_case, office.town.case(number).id)
    assert [step.move for step in steps] == ["file", "accept", "dispatch"]


@pytest.mark.parametrize("lead", ["", "0", "999999", "１", "abc", "1 OR 1=1", "-1", "9" * 400])
async def test_a_unit_there_is_not_is_not_dispatched_to(office: Office, desk: Visitor, number: str, lead: str) -> None:
    answer = await desk.send(f"/board/case/{number}/take", lead=lead)
    assert answer.status == 422
    assert str(office.town.case(number).status) == "filed"


async def test_what_people_wrote_is_shown_as_text(office: Office, desk: Visitor) -> None:
    number = office.file("林晓", "<script>alert(1)</script>路灯坏了")
    for path in (f"/board/case/{number}", f"/board/case/{number}/print", "/board", "/board/cases"):
        text = (await desk.get(path)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


async def test_somebody_who_speaks_english_reads_english(office: Office, desk: Visitor, number: str) -> None:
    assert desk.official is not None
    office.town.write(people.change, desk.official.id, language="en")
    said = {
        "/board": ("Desk", "To decide on and dispatch", "Sign out everywhere"),
        "/board/cases": ("Cases", "Narrow the list", "everything open"),
        f"/board/case/{number}": ("What you can do", "Accept and dispatch", "Course of the case", "Verified"),
        f"/board/case/{number}/print": ("Print", "Dates"),
        "/board/case/nothing": ("There is nothing here for you", "To the desk"),
    }
    for path, words in said.items():
        text = (await desk.get(path)).text
        assert [word for word in words if word not in text] == [], path
        assert 'lang="en"' in text
    assert "This is not yours to do" in (await desk.get("/board/troubles")).text


async def test_a_deputy_works_on_the_pages_in_the_place_of_the_absent(office: Office, number: str) -> None:
    absent = office.official("陈岚", Role.DISPATCHER)
    deputy = await office.signed_in("郑凯", Role.HANDLER, unit="gongdian")
    assert (await deputy.get(f"/board/case/{number}")).status == 404
    assert deputy.official is not None
    start, end = office.now - timedelta(hours=1), office.now + timedelta(days=1)
    office.town.write(deputies.add, absent.id, deputy.official.id, start, end, office.now)
    assert numbers_in(await deputy.get("/board")) == [number]
    await dispatched(office, deputy, number)
    steps = office.town.read(events.of_case, office.town.case(number).id)
    assert [(step.content or {}).get("for") for step in steps if step.move == "dispatch"] == [absent.id]
