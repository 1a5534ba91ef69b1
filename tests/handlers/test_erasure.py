"""Erasing an owner: afterwards no table, no file of the database and nobody's chat knows them; the chains verify."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import text

from domain import lifecycle
from domain.case import UNIT_ROLES, Actor, Kind, Role
from handlers import casework, leaving
from handlers.casework import Filed
from storage import events, papers, people, wishes
from storage.papers import Paper
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


# --- who may, and when ----------------------------------------------------------------------------------------------


def test_what_is_still_open_is_named_with_a_way_to_withdraw_it(town: Town, owner: Owner) -> None:
    number = owner.file(MATTER)
    owner.say("/erase")
    assert number in owner.heard("还没有办结").text
    assert town.read(wishes.of_person, owner.id) == []
    owner.tap("撤回第1件")
    owner.tap("撤回")
    ask_for_erasure(owner)
    town.forward(hours=1)
    assert left_of(town.read(everything_kept)) == []


def test_second_thoughts_keep_everything(town: Town, owner: Owner, desk: Official, handler: Official) -> None:
    number = live(town, owner, desk, handler)
    ask_for_erasure(owner)
    owner.tap("不清除了")
    owner.heard("一切照旧")
    town.forward(hours=1)
    assert town.case(number).facts == MATTER
    owner.press("f:keep")
    owner.heard("没有等待清除的申请")


def test_whoever_files_again_before_it_is_done_is_told_and_kept(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = live(town, owner, desk, handler)
    ask_for_erasure(owner)
    owner.file("又漏油了")
    town.forward(hours=1)
    owner.heard("您的资料没有清除")
    assert town.case(number).facts == MATTER
    assert town.read(wishes.of_person, owner.id)[0].report == {"not done": 1}


def test_somebody_in_office_is_asked_to_leave_it_first(town: Town, desk: Official) -> None:
    desk.say("/erase")
    desk.heard("您在这里担任职务")
    assert town.read(wishes.of_person, desk.id) == []


def test_a_case_in_which_a_unit_was_called_to_account_is_kept_until_its_day(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = live(town, owner, desk, handler)
    town.write(called_to_account, town.case(number).id, town)
    owner.say("/erase")
    owner.heard(f"{number}要保存到2029年3月3日")
    owner.tap("全部清除")
    town.forward(hours=1)
    assert town.case(number).facts == MATTER
    assert town.read(people.find, "web", owner.address) is None
    town.sleep(to="2029-03-04 09:00")
    town.tick()
    assert left_of(town.read(everything_kept)) == []


def called_to_account(tx: Tx, case: int, town: Town) -> None:
    papers.add(tx, Paper(case, "supervision", "督办函", f"请办理{MATTER}", town.now, number="2026-0001"))


# --- by letter ------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(town: Town) -> Official:
    return town.official("小于", Role.ADMINISTRATOR)


def test_an_administrator_acts_on_a_letter_without_reading_the_case(
    town: Town, owner: Owner, desk: Official, handler: Official, administrator: Official
) -> None:
    number = live(town, owner, desk, handler)
    administrator.say(f"/erase {number}")
    asked = administrator.heard("请确认来信确是本人所写")
    assert left_of(asked.text) == []
    administrator.tap("清除")
    owner.heard("有人来信请我们清除您的全部资料")
    town.forward(hours=23)
    assert town.case(number).facts == MATTER
    town.forward(hours=2)
    assert left_of(town.read(everything_kept)) == []


def test_who_is_no_administrator_any_more_erases_nobody_not_even_themselves(
    town: Town, owner: Owner, desk: Official, handler: Official, administrator: Official
) -> None:
    number = live(town, owner, desk, handler)
    administrator.say(f"/erase {number}")
    town.official("小何", Role.ADMINISTRATOR)
    town.write(leaving.leave, administrator.id, town.now)
    administrator.tap("清除")
    assert town.read(wishes.of_person, administrator.id) == []
    assert town.read(wishes.of_person, owner.id) == []


def test_the_owner_can_object_to_a_letter_they_did_not_write(
    town: Town, owner: Owner, desk: Official, handler: Official, administrator: Official
) -> None:
    number = live(town, owner, desk, handler)
    administrator.say(f"/erase {number}")
    administrator.tap("清除")
    owner.tap("不清除了")
    town.forward(days=2)
    assert town.case(number).facts == MATTER


def test_nobody_else_erases_somebody_or_learns_whether_a_number_is_one(
    town: Town, owner: Owner, desk: Official, handler: Official, administrator: Official
) -> None:
    number = live(town, owner, desk, handler)
    stranger = town.owner("赵启明")
    for asked in (number, number[:-1] + "9"):
        stranger.say(f"/erase {asked}")
        assert "永久清除" in stranger.last.text
        assert asked not in stranger.last.text
        stranger.say("取消")
    for asked in ("99999999-9999", "'; DROP TABLE cases", "1" * 190, "²"):
        administrator.say(f"/erase {asked}")
        administrator.heard("没有编号为")
    assert town.case(number).facts == MATTER


def test_a_case_taken_for_somebody_unknown_is_erased_by_its_number(
    town: Town, desk: Official, administrator: Official
) -> None:
    number = town.write(taken_for_somebody, desk.id, town)
    desk.say(number)
    administrator.say(f"/erase {number}")
    administrator.tap("清除")
    administrator.heard("还没有办结")
    town.write(end, number)
    administrator.say(f"/erase {number}")
    administrator.tap("清除")
    assert left_of(town.read(everything_kept)) == []


def taken_for_somebody(tx: Tx, official: int, town: Town) -> str:
    filed = Filed(Kind.REQUEST, MATTER, enterprise=SHOP, contact=PHONE)
    return casework.file(tx, filed, Actor(official, Role.DISPATCHER), None, town.now).number


def end(tx: Tx, number: str) -> None:
    tx.connection.execute(text("UPDATE cases SET status = 'closed' WHERE number = :number"), {"number": number})


# --- afterwards -----------------------------------------------------------------------------------------------------


def test_nothing_can_be_done_about_an_erased_case(town: Town, owner: Owner, desk: Official, handler: Official) -> None:
    number = live(town, owner, desk, handler)
    ask_for_erasure(owner)
    town.forward(hours=1)
    case = town.case(number)
    tried = [
        (move, actor) for move in lifecycle.NAMES for actor in (Actor(owner.id, Role.OWNER), *everyone(desk, handler))
    ]
    for move, actor in tried:
        assert not lifecycle.may(case, move, actor, town.now, town.db.office), move
    assert town.running(number) == []


def everyone(desk: Official, handler: Official) -> list[Actor]:
    office = (Role.DISPATCHER, Role.APPROVER, Role.SUPERVISOR, Role.LEADER, Role.CLOCK)
    return [*(Actor(desk.id, role) for role in office), *(Actor(handler.id, role, 1) for role in UNIT_ROLES)]


def test_others_lose_nothing(town: Town, owner: Owner, desk: Official, handler: Official) -> None:
    other = town.owner("赵启明", enterprise="启明印章厂", phone="+8613800000002")
    theirs = other.file("印章厂门口停电三天")
    live(town, owner, desk, handler)
    desk.dispatch(theirs, "供电公司")
    before = town.read(rows_of, other.id, town.case(theirs).id)
    ask_for_erasure(owner)
    town.forward(hours=1)
    assert town.read(rows_of, other.id, town.case(theirs).id) == before
    desk.say("/search 停电三天")
    desk.heard(theirs)


def rows_of(tx: Tx, person: int, case: int) -> list[str]:
    """Everything that is somebody's, but for what was read."""
    found = []
    for statement in (
        "SELECT * FROM people WHERE id = :person",
        "SELECT id, person_id, channel, address FROM addresses WHERE person_id = :person",
        "SELECT * FROM outbox WHERE person_id = :person ORDER BY id",
        "SELECT * FROM cases WHERE id = :case",
        "SELECT * FROM events WHERE case_id = :case ORDER BY seq",
        "SELECT * FROM deadlines WHERE case_id = :case ORDER BY id",
    ):
        found += [repr(tuple(row)) for row in tx.connection.execute(text(statement), {"person": person, "case": case})]
    return found


def test_what_was_learned_from_the_case_is_unlearned(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    before = town.read(learned)
    live(town, owner, desk, handler)
    assert town.read(learned) != before
    ask_for_erasure(owner)
    town.forward(hours=1)
    assert town.read(learned) == [row for row in town.read(learned) if row[2] > 0]
    assert [row for row in town.read(learned) if row[0] in ("灶台", "漏油", "变压")] == []


def learned(tx: Tx) -> list[tuple[str, int, int]]:
    return [tuple(row) for row in tx.connection.execute(text("SELECT gram, unit_id, n FROM likely_terms"))]


def test_the_first_row_of_somebody_who_changed_devices_is_blank(town: Town) -> None:
    known = town.owner(NAME, enterprise=SHOP, phone=PHONE)
    known.say("/device")
    code = known.last.text.split("/join ")[1].split()[0]
    newer = town.owner(NAME, enterprise=SHOP, phone=PHONE)
    before = newer.id
    newer.say(f"/join {code}")
    row = town.read(people.get, before)
    assert row
    assert (row.name, row.phone, row.enterprise) == ("", "", "")
