"""Erasing an owner: afterwards no table, no file of the database and nobody's chat knows them; the chains verify."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import text

from domain.case import Role
from storage import events, wishes
from storage.tables import metadata
from storage.transaction import Tx
from tests.people import Official, Owner, Town

NAME, SHOP, PHONE = "林晓禾", "晓禾手工面馆", "+8613855556666"
MATTER, ADDITION, ANSWER = "门口变压器漏油烧坏了灶台", "厨师老魏手臂也烫伤了", "已为晓禾手工面馆更换变压器"
SECRETS = (NAME, SHOP, "13855556666", "138 5555 6666", MATTER, ADDITION, ANSWER, "灶台", "很不满意的话")


def everything_kept(tx: Tx) -> str:
    """Every row of every table, as text."""
    found = []
    for table in metadata.sorted_tables:
        for row in tx.connection.execute(text(f"SELECT * FROM {table.name}")):
            found.append(f"{table.name}: {tuple(row)!r}")
    return "\n".join(found)


def left_of(kept: str) -> list[str]:
    """The secrets that are still there, with the row they stand in."""
    return [line[:300] for line in kept.splitlines() for secret in SECRETS if secret in line]


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner(NAME, enterprise=SHOP, phone=PHONE)


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def handler(town: Town) -> Official:
    return town.official("周承办", Role.HANDLER, Role.LIAISON, unit="gongdian")


def live(town: Town, owner: Owner, desk: Official, handler: Official) -> str:
    """A whole case, with files, an addition, an answer and a rating; officials look at all of it."""
    number = owner.file(MATTER)
    desk.dispatch(number, "供电公司")
    handler.sign(number)
    owner.card(number)
    owner.tap("补充情况")
    owner.send("漏油照片.jpg", text=ADDITION)
    handler.answer(number, ANSWER)
    for official in (desk, handler):
        for words in (number, f"/story {number}", f"/search {NAME}", f"/search {SHOP}"):
            official.say(words)
    owner.tap("解决了")
    owner.tap("满意")
    owner.say("很不满意的话")
    return number


def ask_for_erasure(owner: Owner) -> None:
    owner.say("/privacy")
    owner.tap("清除我的资料")
    owner.tap("全部清除")


def test_after_the_time_for_second_thoughts_no_table_knows_the_owner(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = live(town, owner, desk, handler)
    assert left_of(town.read(everything_kept)) != []
    ask_for_erasure(owner)
    owner.heard("10分钟后清除全部内容")
    town.forward(hours=1)

    assert left_of(town.read(everything_kept)) == []
    case = town.case(number)
    assert (case.number, str(case.status), case.facts) == (number, "closed", "")
    steps = town.read(events.of_case, case.id)
    assert len(steps) >= 6
    assert {step.content for step in steps} == {None}
    assert [one for one in town.read(lambda tx: list(events.verify(tx))) if isinstance(one, events.Broken)] == []


def test_the_report_holds_numbers_only(town: Town, owner: Owner, desk: Official, handler: Official) -> None:
    live(town, owner, desk, handler)
    ask_for_erasure(owner)
    town.forward(hours=1)
    report = town.read(wishes.of_person, owner.id)[0].report
    assert report["cases"] == 1
    assert report["files"] == 1
    assert {type(count) for count in report.values()} == {int}


def test_officials_who_look_again_learn_only_that_it_was_erased(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = live(town, owner, desk, handler)
    ask_for_erasure(owner)
    town.forward(hours=1)
    desk.say(number)
    desk.heard(number)
    desk.say(f"/story {number}")
    desk.heard("已依法清除")
    assert left_of(msgspec.json.encode(list(desk.shown.values())[-2:]).decode()) == []
