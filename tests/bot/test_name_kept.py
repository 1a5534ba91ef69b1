"""A name kept from the unit is kept on every road: lateness, handing on, more time, search by any spelling, pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.case import Role
from tests.bot.board_visitors import Office, office_with_pages
from tests.handlers.test_names import SECRETS, said_to
from tests.people import Official, Owner, Town

UNIT_ROLES = (Role.HANDLER, Role.LIAISON, Role.HEAD)


@pytest.fixture
def owner(small_town: Town) -> Owner:
    return small_town.owner("林晓", enterprise="晓林面馆", phone="+8613800000000")


@pytest.fixture
def unit(small_town: Town) -> list[Official]:
    return [small_town.official(f"供电{role}", role, unit="gongdian") for role in UNIT_ROLES]


def test_through_lateness_more_time_and_handing_on(small_town: Town, owner: Owner, unit: list[Official]) -> None:
    desk = small_town.official("陈岚", Role.DISPATCHER)
    number = owner.file("变压器装不上", naming="保密")
    desk.dispatch(number, "供电公司")
    unit[0].sign(number)
    for official in unit:
        for asked in (
            "ask_time",
            "return",
            "reassign",
            "involve",
            "propose_termination",
            "more",
            "story",
            "why",
            "urge",
        ):
            official.press(f"f:{asked}:{number}")
            official.say("有困难，需要再想办法")
            official.say("取消")
    small_town.forward(workdays=12)
    owner.card(number)
    owner.tap("催办")
    for official in unit:
        for words in ("/tasks", number, "/late", "/handover"):
            official.say(words)

    assert any("逾期" in said_to(small_town, official) or "🔴" in said_to(small_town, official) for official in unit)
    for official in unit:
        assert number in said_to(small_town, official)
        assert [secret for secret in SECRETS if secret in said_to(small_town, official)] == []


def test_no_spelling_of_the_enterprise_or_the_phone_finds_the_case_for_the_unit(
    small_town: Town, owner: Owner, unit: list[Official]
) -> None:
    desk = small_town.official("陈岚", Role.DISPATCHER)
    number = owner.file("变压器装不上", naming="保密")
    desk.dispatch(number, "供电公司")
    for official in unit:
        for asked in ("晓林面馆", "晓林", "小林面馆", "xiaolinmianguan", "xlmg", "林晓", "13800000000", "0000-0000"):
            official.read_all()
            official.say(f"/search {asked}")
            assert number not in "".join(message.text for message in official.unread), asked
            assert not official.offers(number), asked


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_with_pages(tmp_path) as running:
        yield running


async def test_no_page_of_the_unit_shows_it(office: Office) -> None:
    office.town.owner("林晓", enterprise="晓林面馆", phone="+8613800000000")
    number = office.file("林晓", "变压器装不上", naming="保密")
    desk = office.town.official("陈岚", Role.DISPATCHER)
    desk.dispatch(number, "供电公司")
    dispatcher = await office.signed_in("周派", Role.DISPATCHER)
    assert "晓林面馆" in (await dispatcher.get(f"/board/case/{number}")).text
    for role in UNIT_ROLES:
        visitor = await office.signed_in(f"供电{role}", role, unit="gongdian")
        pages = [await visitor.get(path) for path in ("/board", "/board/cases", f"/board/case/{number}")]
        pages.append(await visitor.get(f"/board/case/{number}/print"))
        pages += [await visitor.get("/board/cases", q=word) for word in ("变压器", number)]
        assert pages[2].status == 200
        assert [secret for page in pages for secret in SECRETS if secret in page.text] == []
        for word in ("晓林面馆", "xlmg", "13800000000"):
            assert f"/board/case/{number}" not in (await visitor.get("/board/cases", q=word)).text
