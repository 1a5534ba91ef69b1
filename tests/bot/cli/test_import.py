"""qinqing import: all of a file or nothing, every mistake by its cell, the same file twice changes none."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from bot.commands import spreadsheet
from domain.case import Role
from storage import items, roster, units
from tests.bot.sheets import ITEM_HEADER, ITEMS, PEOPLE, PEOPLE_HEADER, UNIT_HEADER, UNITS
from tests.bot.terminal import Terminal

NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)


def everything(office: Terminal) -> tuple[Any, ...]:
    return (
        office.read(units.every),
        office.read(units.all_projects),
        office.read(items.every),
        office.read(roster.listed, NOW.replace(year=2100)),
    )


# --- what is taken over ------------------------------------------------------------------------------------------


def test_units_are_added_then_changed_then_left_alone(office: Terminal) -> None:
    file = office.sheet("units.xlsx", ("衡岳县单位名录",), (), *UNITS)
    assert "新增 2，更改 0，不变 0" in office.done("import", "units", file)
    found = office.read(units.by_code, "zhujian")
    assert found is not None
    assert (found.name, found.phone, found.duties) == ("住建局", "0000-6100001", "管房屋建设")
    assert office.read(units.duties_grams)[found.id]["房屋"] > 0
    assert "新增 0，更改 0，不变 2" in office.done("import", "units", file)
    changed = office.sheet("changed.xlsx", ("code", "NAME "), ("zhujian", "住房城乡建设局"))
    assert "新增 0，更改 1，不变 0" in office.done("import", "units", changed)
    after = office.read(units.by_code, "zhujian")
    assert after is not None
    assert (after.id, after.name, after.phone) == (found.id, "住房城乡建设局", "0000-6100001")


def test_people_come_with_their_roles_and_without_an_address(settled: Terminal) -> None:
    file = settled.sheet("people.xlsx", *PEOPLE)
    said = settled.done("import", "people", file)
    assert "新增 3，更改 0，不变 0" in said
    assert "新项目：产业园" in said
    unit = settled.read(units.by_code, "zhujian")
    assert unit is not None
    found = {one.name: one for one in settled.read(roster.listed, datetime.now(UTC))}
    assert found["张三"].held == {(Role.LIAISON, unit.id, None), (Role.HANDLER, unit.id, None)}
    assert found["张三"].phone == "+8613800000011"
    assert found["李四"].held == {(Role.ADMINISTRATOR, None, None)}
    [(project, _name)] = settled.read(units.all_projects)
    assert found["王五"].held == {(Role.INSPECTOR, None, project)}
    assert not any(one.joined for one in found.values())
    before = everything(settled)
    assert "新增 0，更改 0，不变 3" in settled.done("import", "people", file)
    assert everything(settled) == before


def test_a_corrected_name_and_a_new_role_change_one_who_has_not_joined(settled: Terminal) -> None:
    settled.done("import", "people", settled.sheet("people.xlsx", *PEOPLE))
    later = settled.sheet("later.xlsx", PEOPLE_HEADER, ("李思", "13800000012", "dispatcher", "", ""))
    assert "新增 0，更改 1，不变 0" in settled.done("import", "people", later)
    [one] = [one for one in settled.read(roster.listed, datetime.now(UTC)) if one.phone.endswith("12")]
    assert one.name == "李思"
    assert {role for role, _unit, _project in one.held} == {Role.ADMINISTRATOR, Role.DISPATCHER}


def test_items_belong_to_their_units(settled: Terminal) -> None:
    file = settled.sheet("items.xlsx", *ITEMS)
    assert "新增 2" in settled.done("import", "items", file)
    first, second = settled.read(items.every)
    assert (first.code, first.steps, first.limit_days) == ("s-1", "受理\n审核", 5)
    assert (second.unit_id, second.limit_days) == (first.unit_id, None)
    assert "不变 2" in settled.done("import", "items", file)
    shorter = settled.sheet("shorter.xlsx", ("code", "name", "unit", "limit_days"), ("s-1", "施工许可", "住建局", 3))
    assert "更改 1" in settled.done("import", "items", shorter)
    assert (settled.read(items.every)[0].limit_days, settled.read(items.every)[0].documents) == (3, "申请表")


def test_on_each_kind_of_database_the_same_is_taken_over(office: Terminal, database_url: str) -> None:
    office.set("QINQING_DATABASE_URL", database_url)
    office.done("db", "upgrade")
    files = {
        "units": office.sheet("units.xlsx", *UNITS),
        "people": office.sheet("people.xlsx", *PEOPLE),
        "items": office.sheet("items.xlsx", *ITEMS),
    }
    added = [office.done("import", kind, file).splitlines()[0] for kind, file in files.items()]
    again = [office.done("import", kind, file).splitlines()[0] for kind, file in files.items()]
    assert [line.split("，")[0] for line in added] == ["新增 2", "新增 3", "新增 2"]
    assert [line.split("，")[0] for line in again] == ["新增 0", "新增 0", "新增 0"]
    assert not [line for line in again if "更改 0" not in line]
    assert "1 个单位还没有：税务局" in office.run("doctor").said
    assert "全部 0 步" in office.done("db", "verify")


def test_the_first_dry_run_needs_no_database_and_makes_none(office: Terminal) -> None:
    for file in office.folder.rglob("*.db*"):
        file.unlink()
    assert "新增 2" in office.done("import", "units", office.sheet("units.xlsx", *UNITS), "--dry-run")
    assert not list(office.folder.rglob("*.db*"))


def test_a_dry_run_writes_nothing(settled: Terminal) -> None:
    settled.sheet("more.xlsx", UNIT_HEADER, ("jiaotong", "交通局", "", ""))
    settled.sheet("people.xlsx", *PEOPLE)
    settled.sheet("items.xlsx", *ITEMS)
    before = everything(settled)
    for kind, file in (("units", "more.xlsx"), ("people", "people.xlsx"), ("items", "items.xlsx")):
        assert "什么都没有写入" in settled.done("import", kind, file, "--dry-run")
    settled.done("import", "people", "people.xlsx", "--dry-run", "--codes", "codes.xlsx")
    assert everything(settled) == before
    assert not (settled.folder / "codes.xlsx").exists()


# --- what is refused ---------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, tuple[Any, ...], tuple[str, ...]]] = {
    "a phone of a unit": ("units", (UNIT_HEADER, ("a", "甲局", "询问门卫", "")), ("第 2 行“电话”列（C2）", "电话")),
    "a code with a space": ("units", (UNIT_HEADER, ("a b", "甲局", "", "")), ("A2",)),
    "a name is empty": ("units", (UNIT_HEADER, ("a", None, "", "")), ("B2", "为空")),
    "a code twice": ("units", (UNIT_HEADER, ("a", "甲局"), (), ("a", "乙局")), ("第 4 行“编码”列（A4）", "第 2 行")),
    "a name twice": ("units", (UNIT_HEADER, ("a", "甲局"), ("b", "甲局")), ("B3", "第 2 行")),
    "the name of another unit": ("units", (UNIT_HEADER, ("a", "税务局")), ("B2", "shuiwu")),
    "a formula without a value": ("units", (UNIT_HEADER, ("a", "甲局", "=A1&B1")), ("C2", "公式")),
    "an error value": ("units", (UNIT_HEADER, ("a", "#N/A")), ("B2", "错误")),
    "a date": ("units", (UNIT_HEADER, ("a", "甲局", date(2026, 3, 3))), ("C2", "日期")),
    "too long": ("units", (UNIT_HEADER, ("a", "局" * 81)), ("B2", "80")),
    "a phone too short": ("people", (PEOPLE_HEADER, ("张三", 138, "administrator")), ("第 2 行“手机”列（B2）",)),
    "no phone": ("people", (PEOPLE_HEADER, ("张三", None, "administrator")), ("B2", "为空")),
    "a phone as a picture of it": ("people", (PEOPLE_HEADER, ("张三", "1.38E+10", "administrator")), ("B2",)),
    "an unknown role": ("people", (PEOPLE_HEADER, ("张三", 13800000011, "皇帝")), ("C2", "联络员")),
    "an unknown unit": ("people", (PEOPLE_HEADER, ("张三", 13800000011, "联络员", "水利局")), ("D2", "水利局")),
    "no unit": ("people", (PEOPLE_HEADER, ("张三", 13800000011, "联络员")), ("D2", "为空")),
    "no project": ("people", (PEOPLE_HEADER, ("张三", 13800000011, "inspector")), ("E2", "为空")),
    "no column of units": ("people", (PEOPLE_HEADER[:3], ("张三", 13800000011, "联络员")), ("C2", "“单位”列")),
    "one phone, two names": (
        "people",
        (PEOPLE_HEADER, ("张三", 13800000011, "administrator"), ("李四", 13800000011, "dispatcher")),
        ("A3", "第 2 行"),
    ),
    "a row twice": (
        "people",
        (PEOPLE_HEADER, ("张三", 13800000011, "联络员", "住建局"), ("张三", "13800000011", "liaison", "zhujian")),
        ("C3", "第 2 行"),
    ),
    "an item of no unit": ("items", (ITEM_HEADER, ("s", "事", "水利局")), ("C2", "水利局")),
    "an item twice": ("items", (ITEM_HEADER, ("s", "事", "住建局"), ("s", "事", "住建局")), ("A3", "第 2 行")),
    "a limit in words": (
        "items",
        (ITEM_HEADER, ("s", "事", "住建局", "", "", "五天")),
        ("第 2 行“时限（工作日）”列（F2）",),
    ),
    "a limit of none": ("items", (ITEM_HEADER, ("s", "事", "住建局", "", "", 0)), ("F2",)),
    "a limit and a half": ("items", (ITEM_HEADER, ("s", "事", "住建局", "", "", 1.5)), ("F2",)),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_named_by_its_cell_and_nothing_is_written(settled: Terminal, what: str) -> None:
    kind, rows, parts = WRONG[what]
    header, *rest = rows
    good = {
        "units": ("jiaotong", "交通局", "", ""),
        "people": ("赵六", 13800000099, "dispatcher"),
        "items": ("ok", "好事", "住建局"),
    }
    file = settled.sheet("wrong.xlsx", header, *rest, good[kind])
    before = everything(settled)
    for extra in ((), ("--dry-run",)):
        complaint = settled.refused("import", kind, file, *extra)
        assert [part for part in parts if part not in complaint] == []
        assert "什么都没有写入" in complaint
    assert everything(settled) == before


def test_every_mistake_is_named_from_the_top_down(settled: Terminal) -> None:
    file = settled.sheet(
        "wrong.xlsx", UNIT_HEADER, ("a", "", "x", ""), ("b b", "乙局", "", ""), ("c", "税务局", "", "")
    )
    complaint = settled.refused("import", "units", file)
    assert re.findall(r"（([A-Z]\d+)）：", complaint) == ["B2", "C2", "A3", "B4"]
    assert "4 处" in complaint


def test_without_a_header_the_missing_columns_are_named(settled: Terminal) -> None:
    complaint = settled.refused("import", "units", settled.sheet("none.xlsx", ("甲", "乙"), ("丙", "丁")))
    assert "编码、单位" in complaint
    half = settled.refused("import", "people", settled.sheet("half.xlsx", ("姓名", "手机"), ("张三", 13800000011)))
    assert "角色" in half
    assert "姓名" not in half
    assert "两次" in settled.refused("import", "units", settled.sheet("twice.xlsx", ("编码", "代码", "单位"), ("a",)))
    assert "没有内容" in settled.refused("import", "units", settled.sheet("empty.xlsx", UNIT_HEADER))
    settled.refused("import", "units", settled.sheet("nothing.xlsx"))


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0old office"])
def test_a_file_that_is_no_spreadsheet_is_refused(office: Terminal, data: bytes) -> None:
    (office.folder / "letter.xlsx").write_bytes(data)
    complaint = office.refused("import", "units", "letter.xlsx")
    assert complaint.strip().splitlines()[-1] == "qinqing: 读不了 letter.xlsx，请在表格软件里另存为 .xlsx 格式"


def test_a_zip_that_is_no_spreadsheet_and_a_missing_file_are_refused(office: Terminal) -> None:
    with zipfile.ZipFile(office.folder / "photos.xlsx", "w") as packed:
        packed.writestr("photo", b"")
    assert "photos.xlsx" in office.refused("import", "units", "photos.xlsx")
    assert "nowhere.xlsx" in office.refused("import", "units", "nowhere.xlsx")
    assert office.refused("import", "units", str(office.folder))


def test_a_file_that_unpacks_to_too_much_is_refused(office: Terminal) -> None:
    office.monkeypatch.setattr(spreadsheet, "MOST_UNPACKED_BYTES", 1000)
    assert "太大" in office.refused("import", "units", office.sheet("units.xlsx", *UNITS))


def test_too_many_rows_are_refused(office: Terminal) -> None:
    office.monkeypatch.setattr(spreadsheet, "MOST_ROWS", 100)
    rows = [(f"u{n}", f"第{n}局") for n in range(101)]
    assert "100" in office.refused("import", "units", office.sheet("many.xlsx", UNIT_HEADER, *rows))
    assert "新增 100" in office.done("import", "units", office.sheet("enough.xlsx", UNIT_HEADER, *rows[1:]))


def test_a_file_that_lies_about_its_size_is_read_whole(office: Terminal) -> None:
    office.sheet("units.xlsx", *UNITS)
    with (
        zipfile.ZipFile(office.folder / "units.xlsx") as honest,
        zipfile.ZipFile(office.folder / "l.xlsx", "w") as lying,
    ):
        for member in honest.infolist():
            data = honest.read(member)
            lying.writestr(member, re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1"', data))
    assert "新增 2" in office.done("import", "units", "l.xlsx")


def test_merged_cells_are_to_be_split(office: Terminal) -> None:
    office.sheet("units.xlsx", UNIT_HEADER, ("a", "甲局"), ("b", "乙局"))
    book = openpyxl.load_workbook(office.folder / "units.xlsx")
    book.worksheets[0].merge_cells("B2:B3")
    book.save(office.folder / "units.xlsx")
    complaint = office.refused("import", "units", "units.xlsx")
    assert "B3" in complaint
    assert "合并" in complaint


def test_blank_rows_spaces_and_control_characters_do_not_count(office: Terminal) -> None:
    blanks = [(None, "  ", "", None)] * 300
    file = office.sheet(
        "units.xlsx", *UNITS, *blanks, (" jiaotong ", "交通局_x000D_\u200b", " ", "修路\n\n管车"), *blanks
    )
    assert "新增 3" in office.done("import", "units", file)
    found = office.read(units.by_code, "jiaotong")
    assert found is not None
    assert (found.name, found.phone, found.duties) == ("交通局", "", "修路 管车")
