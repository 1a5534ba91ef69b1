"""Signing in to the officials' pages: by a link from one's own chat, once; and how little anybody else learns."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.board import PAGES, guard
from bot.board.sessions import COOKIE, IDLE, LONGEST, Page
from bot.slowing import TokenBuckets
from domain.case import Role
from domain.errors import BadDeclaration
from tests.bot.board_visitors import Office, Visitor

# --- the link ---------------------------------------------------------------------------------------------------


async def test_a_link_from_the_chat_signs_in_once(office: Office) -> None:
    path = office.link(office.official("陈岚", Role.DISPATCHER))
    first, second = office.visitor(), office.visitor()
    assert (await first.get(path)).status == 200
    assert (await first.get(path)).status == 200  # looking does not spend it
    entered = await first.post(path)
    assert (entered.status, entered.headers["Location"]) == (303, "/board")
    assert (await first.get("/board")).status == 200
    refused = await second.post(path)
    assert refused.status == 403
    assert (await second.get("/board")).status == 401


async def test_the_cookie_is_for_these_pages_alone_and_no_script_reads_it(office: Office) -> None:
    visitor = office.visitor()
    answer = await visitor.post(office.link(office.official("陈岚", Role.DISPATCHER)))
    cookie = answer.cookies[COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("/board", "Lax", True, True)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_of_many_who_press_at_once_one_gets_in(office: Office) -> None:
    path = office.link(office.official("陈岚", Role.DISPATCHER))
    answers = await asyncio.gather(*(office.visitor().post(path) for _browser in range(8)))
    assert sorted(answer.status for answer in answers) == [303, *[403] * 7]
    assert len(office.kept_sessions()) == 1


async def test_a_link_is_over_after_ten_minutes(office: Office) -> None:
    path = office.link(office.official("陈岚", Role.DISPATCHER))
    office.forward(timedelta(minutes=11))
    assert (await office.visitor().post(path)).status == 403


@pytest.mark.parametrize("code", ["AAAAA-AAAAA", "x", "a" * 40, "%00", "%F0%9F%98%80", "..%2f.."])
async def test_a_code_nobody_gave_out_is_answered_like_one_that_is_over(office: Office, code: str) -> None:
    used = office.link(office.official("陈岚", Role.DISPATCHER))
    await office.visitor().post(used)
    over = await office.visitor().post(used)
    guessed = await office.visitor().post(f"/board/in/{code}")
    assert (guessed.status, guessed.text) == (over.status, over.text)


async def test_somebody_elses_link_does_not_make_one_into_them(office: Office, desk: Visitor) -> None:
    path = office.link(office.official("周正", Role.APPROVER))
    assert (await desk.post(path)).status == 403
    assert "陈岚" in (await desk.get("/board")).text
    assert (await office.visitor().post(path)).status == 403  # and it is of no use to anybody any more


async def test_the_person_hears_in_the_chat_that_somebody_signed_in_and_can_end_it_there(office: Office) -> None:
    official = office.official("陈岚", Role.DISPATCHER)
    visitor = office.visitor()
    await visitor.post(office.link(official))
    assert (await visitor.get("/board")).status == 200
    office.say(official, press="f:board:out")
    assert (await visitor.get("/board")).status == 401
    assert any("您刚登录了网页办公" in text for text in office.told(official))


async def test_a_fresh_link_and_signing_out_everywhere_end_the_links_before(office: Office) -> None:
    official = office.official("陈岚", Role.DISPATCHER)
    first, second = office.link(official), office.link(official)
    assert (await office.visitor().post(first)).status == 403
    office.say(official, press="f:board:out")
    assert (await office.visitor().post(second)).status == 403


async def test_an_owner_gets_no_link(office: Office) -> None:
    owner = office.official("林晓")
    office.say(owner, text="/board")
    assert not any("/board/in/" in text for text in office.told(owner))


async def test_a_link_of_somebody_who_lost_every_role_since_is_over(office: Office) -> None:
    official = office.official("陈岚", Role.DISPATCHER)
    path = office.link(official)
    office.leave(official)
    assert (await office.visitor().post(path)).status == 403


async def test_trying_many_codes_is_slowed_down(office: Office) -> None:
    visitor = office.visitor()
    answers = [await visitor.post(f"/board/in/AAAAA-{n:05d}") for n in range(25)]
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_whoever_tries_codes_keeps_nobody_else_out(office: Office) -> None:
    stranger, path = office.visitor(), office.link(office.official("陈岚", Role.DISPATCHER))
    while (await stranger.post("/board/in/AAAAA-00000")).status != 429:
        pass
    assert (await office.visitor().post(path)).status == 303


# --- the session ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["none", "first", "last", "longer", "words", "huge"])
async def test_a_cookie_that_was_not_given_by_the_office_opens_nothing(
    office: Office, desk: Visitor, change: str
) -> None:
    real = desk.cookie()
    other = "A" if real[0] != "A" else "B"
    forged = {
        "none": "",
        "first": other + real[1:],
        "last": real[:-1] + ("A" if real[-1] != "A" else "B"),
        "longer": real + "A",
        "words": "hello",
        "huge": "a" * 3000,
    }[change]
    answer = await office.visitor(forged).get("/board")
    assert answer.status == 401
    assert "陈岚" not in answer.text
    assert (await desk.get("/board")).status == 200


async def test_a_session_ends_when_it_is_idle_and_at_the_end_of_the_day(office: Office, desk: Visitor) -> None:
    for _hour in range(int(LONGEST / timedelta(hours=1)) - 1):
        office.forward(timedelta(hours=1))
        assert (await desk.get("/board")).status == 200
    office.forward(timedelta(hours=1))
    assert (await desk.get("/board")).status == 401
    again = await office.signed_in("陈岚", Role.DISPATCHER)
    office.forward(IDLE)
    assert (await again.get("/board")).status == 401


async def test_who_loses_every_role_loses_the_session_at_once(office: Office, desk: Visitor) -> None:
    assert desk.official is not None
    office.leave(desk.official)
    answer = await desk.get("/board")
    assert answer.status == 401
    assert "陈岚" not in answer.text


async def test_signing_out_ends_this_session_and_everywhere_ends_all(office: Office, desk: Visitor) -> None:
    assert desk.official is not None
    other = office.visitor()
    await other.post(office.link(desk.official))
    assert (await desk.send("/board/out")).status == 200
    assert (await desk.get("/board")).status == 401
    assert (await other.get("/board")).status == 200
    third = office.visitor()
    await third.post(office.link(desk.official))
    assert (await third.send("/board/out", everywhere="1")).status == 200
    assert (await other.get("/board")).status == 401


async def test_a_form_without_the_token_of_this_very_session_changes_nothing(office: Office, desk: Visitor) -> None:
    other = await office.signed_in("周正", Role.APPROVER)
    for forged in ("", "0" * 64, await other.token(), "长" * 30):
        assert (await desk.post("/board/out", csrf=forged)).status == 422
    assert (await desk.get("/board")).status == 200


async def test_a_form_from_another_site_changes_nothing(office: Office, desk: Visitor) -> None:
    token = await desk.token()
    answer = await desk.post("/board/out", csrf=token, headers={"Origin": "https://elsewhere.example"})
    assert answer.status == 403
    assert (await desk.get("/board")).status == 200


# --- every page -------------------------------------------------------------------------------------------------


async def test_nobody_sees_any_page_without_signing_in(office: Office) -> None:
    visitor = office.visitor()
    seen = set()
    for one in PAGES:
        path = re.sub(r"\{\w+\}", "20260303-0001", one.path)
        answer = await visitor.ask(one.method, path)
        assert answer.status == 401, one.path
        assert "Content-Security-Policy" in answer.headers
        seen.add(answer.text)
    assert len(seen) == 1


@pytest.mark.parametrize("path", ["/board/", "/board/nothing", "/board/case", "/board/case/1/2/3", "/board/%2e%2e%2fx"])
async def test_an_address_without_a_page_tells_nobody_anything(office: Office, desk: Visitor, path: str) -> None:
    signed_out = (await office.visitor().get("/board")).text
    for method in ("GET", "POST", "DELETE"):
        answer = await desk.ask(method, path)
        assert answer.status == 404
        assert "这里没有页面" in answer.text
        stranger = await office.visitor().ask(method, path)
        assert (stranger.status, stranger.text) == (401, signed_out)


async def test_more_than_a_page_takes_is_refused_kindly(desk: Visitor) -> None:
    answer = await desk.post("/board/case/20260303-0001/accept", text="长" * 400_000)
    assert answer.status == 413
    assert "请分几次提交" in answer.text


async def test_no_page_is_kept_by_browsers_and_none_has_script_or_style_in_it(desk: Visitor) -> None:
    answer = await desk.get("/board")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=", answer.text)


def test_a_page_without_a_right_or_declared_twice_is_refused_at_the_start() -> None:
    guard.check(PAGES)
    nobodys = Page("GET", "/board/x", PAGES[0].show, "everything")  # type: ignore[arg-type]
    with pytest.raises(BadDeclaration, match="without a right"):
        guard.check((*PAGES, nobodys))
    with pytest.raises(BadDeclaration, match="twice"):
        guard.check((*PAGES, PAGES[0]))


def test_a_pace_lets_a_burst_through_and_then_so_many_a_minute() -> None:
    now = [0.0]
    pace = TokenBuckets(3, 6, lambda: now[0])
    assert [pace.wait_seconds("a") for _time in range(4)] == [0, 0, 0, 10]
    assert pace.wait_seconds("b") == 0
    now[0] = 10.0
    assert [pace.wait_seconds("a") for _time in range(2)] == [0, 10]


async def test_signed_in_sessions_are_kept_as_digests_only(office: Office, desk: Visitor) -> None:
    kept = office.kept_sessions()
    assert len(kept) == 1
    assert desk.cookie() not in "".join(kept)
