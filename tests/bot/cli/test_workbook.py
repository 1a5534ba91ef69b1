"""One workbook sets an office up: the sample as it is written, filled in, taken over, and everything wrong by cell."""

from __future__ import annotations

import re
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot import program
from bot.commands import opening, spreadsheet, workbook
from bot.commands.office_book import TABS
from bot.office import as_kept
from domain.case import Role
from handlers.words import speaking
from storage import items, roster, rulebooks, units
from tests.bot.filled_workbook import BOOK, FIRST, ITEMS, PEOPLE, UNITS, filled
from tests.bot.terminal import Terminal

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def everything(office: Terminal) -> tuple[Any, ...]:
    with opening.bare(office.url) as db:
        return (
            db.read_now(units.every),
            db.read_now(units.all_projects),
            db.read_now(items.every),
            db.read_now(roster.listed, LATER),
        )


def cells(complaint: str) -> list[str]:
    """The cells complained of, in order."""
    return re.findall(r"qinqing: (\S+![A-Z]+\d+)：", complaint)


# --- the sample ---------------------------------------------------------------------------------------------------


def test_init_writes_a_workbook_that_holds_nothing_yet(office: Terminal) -> None:
    assert "没有填内容" in office.refused("import", "office.xlsx", "--yes")
    assert everything(office) == ([], [], [], [])


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_sample_shows_what_to_type_and_lets_pick(language: str, tmp_path: Path) -> None:
    with speaking(language):
        (tmp_path / "office.xlsx").write_bytes(workbook.sample())
        titles = [tab.title for tab in TABS.values()]
        headers = {tab.title: [column.title for column in tab.kind.columns] for tab in TABS.values()}
    book = openpyxl.load_workbook(tmp_path / "office.xlsx")
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] == titles
    for title in titles:
        assert [cell.value for cell in book[title][3]] == headers[title]
        assert str(book[title]["A4"].value).startswith(("示例：", "Example: "))
    people = book[titles[2]]
    picked = {str(one.sqref): one.formula1 for one in people.data_validations.dataValidation}
    assert set(picked) == {"C5:C504", "D5:D504", "E5:E504"}
    assert picked["D5:D504"] == f"'{titles[0]}'!$B$5:$B$504"
    assert people["B3"].comment is not None
    assert people["B5"].number_format == "@"


def test_a_workbook_that_is_there_holds_work_and_stays(office: Terminal) -> None:
    (office.folder / "office.xlsx").write_bytes(b"hours of work")
    office.done("init", "--yes", "--name", "乙", "--force")
    assert "office.xlsx 已经存在" in office.refused("init", "--sample")
    assert (office.folder / "office.xlsx").read_bytes() == b"hours of work"
    office.done("init", "--sample", "--force")
    assert zipfile.is_zipfile(office.folder / "office.xlsx")


def test_every_example_would_itself_be_taken(office: Terminal) -> None:
    book = openpyxl.load_workbook(office.folder / "office.xlsx")
    for title in (*BOOK, "放假"):
        for place, cell in enumerate(book[title][4], 1):
            text = str(cell.value or "").removeprefix("示例：")
            book[title].cell(FIRST, place).value = text or None
    book.save(office.folder / "shown.xlsx")
    said = office.done("import", "shown.xlsx", "--yes")
    assert said.count("新增 1") == 5


# --- taken over ---------------------------------------------------------------------------------------------------


def test_one_file_sets_the_office_up_and_once_more_changes_nothing(office: Terminal) -> None:
    file = filled(office)
    said = office.done("import", file, "--yes")
    assert [line for line in said.splitlines() if line.startswith(("单位", "项目", "人员", "事项"))] == [
        "单位：新增 2，更改 0，不变 0",
        "项目：新增 1，更改 0，不变 0",
        "人员：新增 4，更改 0，不变 0",
        "事项：新增 1，更改 0，不变 0",
    ]
    assert "+ 住建局 (zhujian)" in said
    assert "+ 张三 联络员（住建局）、承办人（住建局）" in said
    assert "还有 4 人没有进来。下一步：qinqing invite --all" in said
    found_units, [(project, _name)], [item], listed = everything(office)
    by_name = {unit.name: unit.id for unit in found_units}
    held = {one.name: one.held for one in listed}
    assert held["张三"] == {(Role.LIAISON, by_name["住建局"], None), (Role.HANDLER, by_name["住建局"], None)}
    assert held["王五"] == {(Role.INSPECTOR, None, project)}
    assert {one.phone for one in listed} == {f"+861380000001{n}" for n in (1, 2, 3, 4)}
    assert (item.unit_id, item.limit_days) == (by_name["住建局"], 5)
    before = everything(office)
    again = office.done("import", file, "--yes")
    assert "完全一致" in again
    assert "已写入" not in again
    assert everything(office) == before


def test_the_plan_is_shown_and_nothing_is_written_before_one_agrees(office: Terminal) -> None:
    file, before = filled(office), everything(office)
    assert "什么都没有写入" in office.done("import", file, "--dry-run")
    answer = office.run("import", file, typed="n\n")
    assert (answer.code, "+ 税务局 (shuiwu)" in answer.said) == (1, True)
    assert office.run("import", file).code == 130
    assert everything(office) == before
    assert office.run("import", file, typed="y\n").code == 0
    assert len(everything(office)[3]) == 4


def test_what_changes_is_said_and_who_is_missing_stays(office: Terminal) -> None:
    office.done("import", filled(office), "--yes")
    changed = (UNITS[0], ("shuiwu", "税务分局", "12367", "管纳税"))
    book = openpyxl.load_workbook(office.folder / filled(office, "second.xlsx", 单位=changed))
    del book["事项"]
    for row in (6, 7, 8, 9):
        for place in range(1, 6):
            book["人员"].cell(row, place).value = None
    book.save(office.folder / "second.xlsx")
    said = office.done("import", "second.xlsx", "--yes")
    assert "~ 税务分局 (shuiwu): 单位 “税务局” → “税务分局”; 电话 “12366” → “12367”" in said
    assert "文件里没有、保持原样的：张三 承办人（住建局）、李四、王五、赵六" in said
    found_units, _projects, found_items, listed = everything(office)
    assert {unit.name for unit in found_units} == {"住建局", "税务分局"}
    assert {one.name for one in listed} == {"张三", "李四", "王五", "赵六"}
    assert len(found_items) == 1


def test_people_and_items_may_name_a_unit_by_the_name_it_gets_in_the_same_file(office: Terminal) -> None:
    office.done("import", filled(office), "--yes")
    renamed = (("zhujian", "住房城乡建设局", "0000-6100001", "管房屋建设和路灯"), UNITS[1])
    people = (("钱七", 13800000017, "联络员", "住房城乡建设局"),)
    office.done("import", filled(office, "renamed.xlsx", 单位=renamed, 人员=people, 事项=()), "--yes")
    found_units, _projects, _items, listed = everything(office)
    [unit] = [unit.id for unit in found_units if unit.name == "住房城乡建设局"]
    assert {one.name: one.held for one in listed}["钱七"] == {(Role.LIAISON, unit, None)}


def closures(office: Terminal) -> list[tuple[str, str]]:
    with opening.bare(office.url) as db:
        book = db.read_now(rulebooks.current)
        return [(one.day.isoformat(), one.name) for one in book.closures] if book else []


def test_closed_days_go_into_the_rulebook_and_the_calendar(office: Terminal) -> None:
    days = ((date(2026, 12, 24), "暴雪"), ("2026年12月25日", "停电"), ("2026/1/5", "搬家"))
    file = filled(office, 放假=days)
    said = office.done("import", file, "--yes")
    assert "放假：新增 3，更改 0，不变 0" in said
    assert "2026年12月24日 周四 暴雪" in said
    assert closures(office) == [("2026-01-05", "搬家"), ("2026-12-24", "暴雪"), ("2026-12-25", "停电")]
    assert "完全一致" in office.done("import", file, "--yes")
    renamed = filled(office, "later.xlsx", 放假=((date(2026, 12, 24), "大雪"),))
    assert "“暴雪” → “大雪”" in office.done("import", renamed, "--yes")
    assert ("2026-12-24", "大雪") in closures(office)
    assert len(closures(office)) == 3
    with opening.writing() as app:
        kept = app.db.read_now(as_kept, app.file, app.keys, "")
    assert not kept.calendar.is_working(date(2026, 12, 24))
    assert kept.calendar.is_working(date(2026, 12, 23))


def test_a_day_that_is_none_is_named_by_its_cell(office: Terminal) -> None:
    days = (("2026-02-30", "x"), ("明天", "x"), ("2026-12-24", "x"), (date(2026, 12, 24), "y"), ("1926-12-24", "x"))
    assert cells(office.refused("import", filled(office, 放假=days))) == ["放假!A5", "放假!A6", "放假!A8", "放假!A9"]
    assert closures(office) == []


def test_an_english_workbook_is_taken_over_too(office: Terminal) -> None:
    office.set("LC_ALL", "en_US.UTF-8")
    office.done("init", "--sample", "--force")
    book = openpyxl.load_workbook(office.folder / "office.xlsx")
    for title, row in (("units", UNITS[0]), ("people", ("Zhang", 13800000011, "liaison", "zhujian"))):
        for place, value in enumerate(row, 1):
            book[title].cell(FIRST, place).value = value
    book.save(office.folder / "english.xlsx")
    said = office.done("import", "english.xlsx", "--yes")
    assert "units: 1 new, 0 changed, 0 as they are" in said


# --- refused ------------------------------------------------------------------------------------------------------


def test_every_wrong_row_of_every_sheet_is_named_by_its_cell(office: Terminal) -> None:
    file = filled(
        office,
        单位=(*UNITS, ("zhujian", "水利局"), ("b b", "乙局", "门卫")),
        项目=(("印章产业园",), ("印章产业园",)),
        人员=(
            *PEOPLE,
            ("钱七", 13800000017, "皇帝"),
            ("钱七", 138, "派单员"),
            ("孙八", 13800000018, "联络员", "xyz"),
            ("孙八", 13800000019, "项目纪检监察员", None, "没有这个园"),
            ("周九", 13800000011, "分管领导"),
            ("吴十", date(2026, 3, 3), "派单员"),
            ("=1+1", 13800000020, "派单员"),
        ),
        事项=(*ITEMS, ("s-2", "事", "水利局"), ("s-3", "事", "住建局", "", "", "五天")),
    )
    before = everything(office)
    for extra in ((), ("--yes",), ("--dry-run",)):
        complaint = office.refused("import", file, *extra)
        assert cells(complaint) == [
            *("单位!A7", "单位!A8", "单位!C8"),
            "项目!A6",
            *("人员!C10", "人员!B11", "人员!D12", "人员!E13", "人员!A14", "人员!B15", "人员!A16"),
            *("事项!C6", "事项!F7"),
        ]
        assert "人员!D12：没有编码或名称为“xyz”的单位" in complaint
        assert "13 处" in complaint
        assert "Traceback" not in complaint
    assert everything(office) == before


def test_a_thousand_mistakes_are_counted_not_all_told(office: Terminal) -> None:
    rows = [(f"人{n}", n, "派单员") for n in range(1, 401)]
    complaint = office.refused("import", filled(office, 人员=rows))
    assert len(complaint.splitlines()) < 60
    assert "400 处" in complaint


def test_merged_cells_are_named_where_they_would_leave_a_guess(office: Terminal) -> None:
    book = openpyxl.load_workbook(office.folder / filled(office))
    book["人员"].merge_cells("A1:E1")
    book["人员"].merge_cells("D5:D6")
    book.save(office.folder / "merged.xlsx")
    complaint = office.refused("import", "merged.xlsx")
    assert "人员!D5" in cells(complaint)
    assert "人员!A1" not in complaint
    assert "合并" in complaint


def test_a_file_without_our_sheets_or_with_one_twice_is_refused(office: Terminal) -> None:
    assert "单位、项目、人员、事项、放假" in office.refused("import", office.sheet("other.xlsx", ("甲", "乙")))
    book = openpyxl.load_workbook(office.folder / filled(office))
    book.create_sheet("单位名录").append(["编码", "单位"])
    book.save(office.folder / "twice.xlsx")
    assert "两次" in office.refused("import", "twice.xlsx")
    book = openpyxl.load_workbook(office.folder / filled(office))
    book.create_sheet("说明").append(["看这里"])
    book.save(office.folder / "more.xlsx")
    assert "没有读取（不是我们要的表）：说明" in office.done("import", "more.xlsx", "--yes")


def test_a_sheet_without_its_header_is_named(office: Terminal) -> None:
    book = openpyxl.load_workbook(office.folder / filled(office))
    book["人员"]["B3"].value = "号码牌"
    book.save(office.folder / "headless.xlsx")
    complaint = office.refused("import", "headless.xlsx")
    assert "人员：" in complaint
    assert "手机" in complaint


@pytest.mark.parametrize(
    "data", [b"", b"name,phone\nx,1\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old office"]
)
def test_what_is_no_workbook_is_refused_in_one_line(office: Terminal, data: bytes) -> None:
    (office.folder / "letter.xlsx").write_bytes(data)
    complaint = office.refused("import", "letter.xlsx")
    assert complaint.strip() == "qinqing: 读不了 letter.xlsx，请在表格软件里另存为 .xlsx 格式"


def test_macros_are_refused(office: Terminal) -> None:
    with zipfile.ZipFile(office.folder / filled(office), "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    assert "宏" in office.refused("import", "filled.xlsx")


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_unread(office: Terminal) -> None:
    with zipfile.ZipFile(office.folder / filled(office), "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", b"0" * (spreadsheet.MOST_UNPACKED_BYTES + 1))
    assert "太大" in office.refused("import", "filled.xlsx")


def test_text_that_grows_by_naming_itself_is_refused(office: Terminal) -> None:
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))
    with (
        zipfile.ZipFile(office.folder / "office.xlsx") as honest,
        zipfile.ZipFile(office.folder / "laughs.xlsx", "w") as packed,
    ):
        for member in honest.infolist():
            data = honest.read(member)
            if member.filename.endswith("sharedStrings.xml"):
                text = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY b0 "ha">{bomb}]>'
                data = text.encode() + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                data += b"<si><t>&b11;</t></si>" * 4 + b"</sst>"
            packed.writestr(member, data)
    assert "读不了" in office.refused("import", "laughs.xlsx")


def test_a_hundred_thousand_rows_are_refused(office: Terminal) -> None:
    rows = [(f"u{n}", f"第{n}局") for n in range(100)]
    office.monkeypatch.setattr(spreadsheet, "MOST_ROWS", 50)
    assert "50" in office.refused("import", filled(office, 单位=rows))
    office.monkeypatch.setattr(spreadsheet, "LAST_ROW", 60)
    assert "拆" in office.refused("import", filled(office, 单位=()))


# --- how it was called --------------------------------------------------------------------------------------------


def test_what_is_printed_can_be_typed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / ".venv" / "bin" / "qinqing"
    there.parent.mkdir(parents=True)
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    for typed in (".venv/bin/qinqing", "./.venv/bin/qinqing", str(there)):
        monkeypatch.setattr(sys, "argv", [typed])
        assert program.called() == ".venv/bin/qinqing"
    monkeypatch.chdir(there.parent)
    monkeypatch.setattr(sys, "argv", ["./qinqing"])
    assert program.called() == "./qinqing"
    monkeypatch.setenv("PATH", str(there.parent))
    monkeypatch.setattr(sys, "argv", [str(there)])
    assert program.called() == "qinqing"
