"""People and units at the page: the administrator's alone, and the same doings as in the chat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.case import Role
from storage import deputies, people
from tests.bot.board_visitors import Office, Official, Visitor


@pytest.fixture
def handler(office: Office) -> Official:
    return office.official("郑凯", Role.HANDLER, unit="gongdian")


def held(office: Office, who: Official) -> list[tuple[Role, int | None]]:
    found = office.app.db.read_now(people.holdings, who.id, office.now)
    return [(one.role, one.unit) for one in found]


async def test_the_list_shows_people_roles_and_units_without_a_liaison(
    office: Office, administrator: Visitor, handler: Official
) -> None:
    shown = (await administrator.get("/board/people")).text
    assert "郑凯" in shown
    assert "供电公司 承办人" in shown
    assert "没有联络员" in shown
    office.official("吴敏", Role.LIAISON, unit="zhujian")
    found = (await administrator.get("/board/people", q="吴")).text
    assert ">吴敏</a>" in found
    assert ">郑凯</a>" not in found


async def test_only_an_administrator_sees_or_does_anything_here(office: Office, handler: Official) -> None:
    for role in (Role.DISPATCHER, Role.APPROVER, Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN):
        visitor = await office.signed_in(f"某{role}", role)
        for path in ("/board/people", f"/board/people/{handler.id}"):
            answer = await visitor.get(path)
            assert answer.status == 403
            assert "郑凯" not in answer.text
        assert (await visitor.send(f"/board/people/{handler.id}/left", sure="1")).status == 403
    assert (await office.visitor().get("/board/people")).status == 401
    assert held(office, handler) == [(Role.HANDLER, office.town.units["gongdian"])]


async def test_roles_are_given_and_ended_and_the_person_is_told(
    office: Office, administrator: Visitor, handler: Official
) -> None:
    zhujian = office.town.units["zhujian"]
    page = f"/board/people/{handler.id}"
    given = await administrator.send(f"{page}/give", role="liaison", unit=str(zhujian), project="0")
    assert (given.status, given.headers["Location"]) == (303, f"{page}?said=give")
    assert (Role.LIAISON, zhujian) in held(office, handler)
    assert any("您现在是" in text for text in office.told(handler))
    again = await administrator.send(f"{page}/give", role="liaison", unit=str(zhujian), project="0")
    assert again.status == 422
    shown = (await administrator.get(page)).text
    first = shown.split('name="given" value="')[1].split('"')[0]
    assert (await administrator.send(f"{page}/take", given=first)).status == 303
    assert held(office, handler) == [(Role.LIAISON, zhujian)]


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("give", {"role": "handler", "unit": "0"}),
        ("give", {"role": "handler", "unit": "999"}),
        ("give", {"role": "owner"}),
        ("give", {"role": "clock"}),
        ("give", {"role": "inspector", "project": "77"}),
        ("give", {}),
        ("take", {"given": "999"}),
        ("take", {"given": "²"}),
        ("rename", {"name": " \n "}),
        ("depute", {"deputy": "1", "first": "x", "last": "y"}),
        ("depute", {"deputy": "999", "first": "2026-03-03", "last": "2026-03-04"}),
        ("end", {"standing": "5"}),
        ("left", {}),
        ("unknown", {}),
    ],
)
async def test_nonsense_changes_nothing(
    office: Office, administrator: Visitor, handler: Official, deed: str, fields: dict[str, str]
) -> None:
    answer = await administrator.send(f"/board/people/{handler.id}/{deed}", **fields)
    assert answer.status == 422
    assert held(office, handler) == [(Role.HANDLER, office.town.units["gongdian"])]


@pytest.mark.parametrize("person", ["0", "999999", "x", "²", "9" * 40, "-1"])
async def test_nobody_is_found_under_a_wrong_number(administrator: Visitor, person: str) -> None:
    assert (await administrator.get(f"/board/people/{person}")).status == 422
    assert (await administrator.send(f"/board/people/{person}/rename", name="某人")).status == 422


async def test_a_form_without_the_token_does_nothing(office: Office, administrator: Visitor, handler: Official) -> None:
    answer = await administrator.post(f"/board/people/{handler.id}/left", sure="1")
    assert answer.status == 422
    assert held(office, handler) != []


async def test_a_deputy_is_named_for_somebody_and_both_hear_of_it(
    office: Office, administrator: Visitor, handler: Official
) -> None:
    other = office.official("吴敏", Role.HANDLER, unit="zhujian")
    page = f"/board/people/{handler.id}"
    sent = {"deputy": str(other.id), "first": "2026-03-03", "last": "2026-03-05"}
    assert (await administrator.send(f"{page}/depute", **sent)).status == 303
    assert (Role.HANDLER, office.town.units["gongdian"]) in held(office, other)
    assert any("吴敏 代理您" in text for text in office.told(handler))
    assert any("您代理 郑凯" in text for text in office.told(other))
    standing = office.app.db.read_now(deputies.every, office.now)[0].id
    assert "由 吴敏 代理" in (await administrator.get(page)).text
    assert (await administrator.send(f"{page}/end", standing=str(standing))).status == 303
    assert (Role.HANDLER, office.town.units["gongdian"]) not in held(office, other)


async def test_whoever_has_left_is_signed_out_and_holds_nothing(office: Office, administrator: Visitor) -> None:
    desk = await office.signed_in("陈岚", Role.DISPATCHER)
    assert desk.official is not None
    assert (await desk.get("/board")).status == 200
    left = await administrator.send(f"/board/people/{desk.official.id}/left", sure="1")
    assert (left.status, left.headers["Location"]) == (303, "/board/people?said=left")
    assert (await desk.get("/board")).status == 401
    assert held(office, desk.official) == []
    office.forward(timedelta(minutes=1))
    office.say(desk.official, text="/board")
    assert "/board/in/" not in office.told(desk.official)[-1]


async def test_the_last_administrator_stays(office: Office, administrator: Visitor) -> None:
    assert administrator.official is not None
    answer = await administrator.send(f"/board/people/{administrator.official.id}/left", sure="1")
    assert answer.status == 422
    assert "唯一的管理员" in answer.text


async def test_a_name_is_shown_as_text_and_nothing_else(
    office: Office, administrator: Visitor, handler: Official
) -> None:
    page = f"/board/people/{handler.id}"
    assert (await administrator.send(f"{page}/rename", name="<b>郑</b>  \x00凯")).status == 303
    shown = (await administrator.get(page)).text
    assert "<b>郑" not in shown
    assert "&lt;b&gt;郑&lt;/b&gt; 凯" in shown
