"""What an administrator is told is missing: each thing with its next step, and once a day where something is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Role
from domain.likely import grams
from handlers import checklist
from storage import jobs, roster, units
from storage.tables import items as items_table
from storage.transaction import Tx
from tests.people import Official, Town, words

#: Enough people for every check on people.
COMPLETE = ((Role.DISPATCHER, ""), (Role.APPROVER, ""), (Role.SUPERVISOR, ""))


def complete(town: Town) -> Official:
    """An office that lacks nothing; returns its administrator."""
    boss = town.official("小于", Role.ADMINISTRATOR)
    for role, _unit in COMPLETE:
        town.official(str(role), role)
    everybody = town.official("吴敏")
    for unit in town.units.values():
        town.write(roster.give, [(everybody.id, (Role.LIAISON, unit, None))], town.now)
    town.db.office = replace(town.db.office, url="https://office.example")
    for name in (checklist.BACKUP, checklist.KEYS_BACKUP):
        town.write(backed_up, name, town)
    return boss


def backed_up(tx: Tx, name: str, town: Town) -> None:
    jobs.claim(tx, name, town.now)
    jobs.done(tx, name, town.now, town.now, "")


def told(boss: Official) -> str:
    """What the list says now."""
    boss.say("/setup")
    return words(boss.last)


def test_nothing_is_missing_where_everything_is_there(town: Town) -> None:
    assert "什么都不缺" in told(complete(town))


def test_an_empty_office_is_told_all_of_it_with_a_next_step(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    text = told(boss)
    for part in ("派单员", "联络员", "督查员", "QINQING_PUBLIC_URL", "备份", "密钥"):
        assert part in text, part
    boss.tap("邀请：派单员")
    assert "叫什么名字" in words(boss.last)


def test_a_unit_without_a_liaison_is_named_and_its_button_invites_one(small_town: Town) -> None:
    boss = complete(small_town)
    small_town.write(units.save, "shuili", "水利局", "", "管河道", grams("管河道", "水利局"))
    assert "没有联络员" in told(boss)
    assert "水利局" in words(boss.last)
    boss.tap("邀请联络员：水利局")
    boss.say("钱七")
    assert "钱七" in words(boss.last)
    assert "联络员（水利局）" in words(boss.last)


def test_a_dispatcher_who_approves_is_no_approver(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    small_town.official("陈岚", Role.DISPATCHER, Role.APPROVER)
    assert "不兼派单员" in told(boss)
    small_town.official("周正", Role.APPROVER)
    assert "不兼派单员" not in told(boss)


def test_units_without_duties_and_items_of_units_that_are_gone_are_named(small_town: Town) -> None:
    boss = complete(small_town)
    unit = small_town.write(units.save, "shuili", "水利局", "", "", {})
    small_town.write(roster.give, [(boss.id, (Role.LIAISON, unit, None))], small_town.now)
    assert "没有填职责" in told(boss)
    small_town.write(item_of_a_unit_that_is_gone, unit)
    assert "取水许可" in told(boss)


def item_of_a_unit_that_is_gone(tx: Tx, unit: int) -> None:
    row = {"code": "w-1", "name": "取水许可", "unit_id": unit}
    tx.connection.execute(items_table.insert(), row)
    tx.connection.execute(units.units.update().where(units.units.c.id == unit).values(active=False))
    tx.forget("units", "unit names", "duties")


def test_who_was_invited_and_has_not_come_is_named_with_a_way_to_invite_again(small_town: Town) -> None:
    boss = complete(small_town)
    small_town.write(listed, small_town)
    assert "张三" in told(boss)
    assert "1 人手里没有有效的邀请码" in words(boss.last)
    boss.tap("再发邀请")
    boss.tap("张三")
    assert "没有有效的邀请码" not in told(boss)
    assert "张三" in words(boss.last)


def listed(tx: Tx, town: Town) -> None:
    [person] = roster.add(tx, [("张三", "+8613800000011")], "zh_CN", town.now)
    roster.give(tx, [(person, (Role.HANDLER, town.units["zhujian"], None))], town.now)


@pytest.mark.parametrize(("day", "missing"), [("2026-11-30 10:00", False), ("2026-12-01 10:00", True)])
def test_in_december_next_years_holidays_are_asked_for(small_town: Town, day: str, missing: bool) -> None:
    boss = complete(small_town)
    small_town.sleep(to=day)
    assert ("2027 年的放假安排" in told(boss)) is missing


def test_a_backup_grows_old_in_a_week_and_http_is_not_https(small_town: Town) -> None:
    boss = complete(small_town)
    small_town.sleep(days=8)
    assert "最近一次备份" in told(boss)
    small_town.db.office = replace(small_town.db.office, url="http://office.example")
    assert "不是 https" in told(boss)


def daily(town: Town, days: int = 1) -> None:
    """Run the daily look as the clock does."""
    town.sleep(days=days)
    report = town.write(checklist.tell, town.now)
    town.write(reported, report, town)
    town.show()


def reported(tx: Tx, report: str, town: Town) -> None:
    jobs.claim(tx, checklist.JOB, town.now)
    jobs.done(tx, checklist.JOB, town.now, town.now, report)


def test_the_administrator_is_told_once_and_again_only_of_something_new(town: Town) -> None:
    boss, owner = complete(town), town.owner("林晓")
    town.db.office = replace(town.db.office, url="")
    daily(town)
    boss.heard("QINQING_PUBLIC_URL")
    for _day in range(3):
        daily(town)
        boss.silent()
    town.write(units.save, "shuili", "水利局", "", "管河道", {})
    daily(town, days=3)
    assert "QINQING_PUBLIC_URL" not in words(boss.heard("水利局"))
    owner.silent()


def test_what_was_mended_and_breaks_again_is_new_again(small_town: Town) -> None:
    boss = complete(small_town)
    daily(small_town)
    boss.silent()
    small_town.db.office = replace(small_town.db.office, url="")
    daily(small_town)
    boss.heard("QINQING_PUBLIC_URL")
    small_town.db.office = replace(small_town.db.office, url="https://office.example")
    daily(small_town)
    boss.silent()
    small_town.db.office = replace(small_town.db.office, url="")
    daily(small_town, days=4)
    boss.heard("QINQING_PUBLIC_URL")


def test_on_days_off_nobody_is_told(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    small_town.sleep(to="2026-03-07 10:00")
    assert small_town.write(checklist.tell, small_town.now) == ""
    small_town.show()
    boss.silent()


def test_nobody_else_sees_the_list_or_has_a_workbook_read(small_town: Town) -> None:
    small_town.write(listed, small_town)
    roles = [role for role in Role if role not in (Role.ADMINISTRATOR, Role.CLOCK, Role.OWNER)]
    for person in (small_town.owner("林晓"), *(small_town.official(str(role), role) for role in roles)):
        for value in ("f:setup", "f:workbook:1", "f:workbook:write.1"):
            person.press(value)
            assert "张三" not in words(person.last)
            assert "工作人员" in words(person.last), words(person.last)
        person.send("office.xlsx")
        assert "工作簿" not in words(person.last)


def test_a_workbook_sent_alone_is_read_and_one_with_words_is_a_filing(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    boss.send("OFFICE.XLSX")
    boss.heard("工作簿")
    boss.send("office.xlsx", text="门口的路灯坏了，表里有照片")
    assert "工作簿" not in words(boss.last)
    boss.send("photo.jpg")
    assert "工作簿" not in words(boss.last)


def test_a_forged_file_number_is_answered_kindly(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    for forged in ("", "x", "-1", "write.", "write.x", "9" * 40, "１２"):
        boss.press(f"f:workbook:{forged}")
        assert "找不到这个文件" in words(boss.last), forged


def test_the_daily_look_is_among_the_jobs(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    small_town.forward(to="2026-03-04 09:30")
    boss.heard("还缺")
    small_town.forward(days=2)
    assert not [one for one in boss.read_all() if "还缺" in one.title]
    assert timedelta(0) < small_town.now - small_town.read(jobs.last, checklist.JOB) < timedelta(days=1)  # type: ignore[operator]


def test_one_line_and_one_command_stand_for_everything_never_backed_up(small_town: Town) -> None:
    boss = small_town.official("何管", Role.ADMINISTRATOR)
    said = told(boss)
    assert said.count("备份过") == 1
    assert "db backup all.tar --with-files" in said
