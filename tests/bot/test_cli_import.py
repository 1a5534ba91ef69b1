"""qinqing import and invite: all of a file or nothing, every mistake by its cell, the same file twice changes none."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest

from bot.commands import opening, spreadsheet
from bot.commands.invite import _square
from domain.case import Role
from domain.messages import Incoming
from handlers import dispatch
from handlers.flows.consent import CONSENT
from storage import items, people, roster, units
from storage.transaction import Tx
from tests.bot.terminal import SHOWN, Terminal

T = TypeVar("T")

NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
UNIT_HEADER = ("编码", "单位", "电话", "职责")
UNITS = (UNIT_HEADER, ("zhujian", "住建局", "0000-6100001", "管房屋建设"), ("shuiwu", "税务局", "12366", "管纳税"))
PEOPLE_HEADER = ("姓名", "手机", "角色", "单位", "项目")
PEOPLE = (
    PEOPLE_HEADER,
    ("张三", 13800000011.0, "联络员", "住建局", None),
    ("张三", "138 0000 0011", "handler", "zhujian", None),
    ("李四", "+86 138-0000-0012", "Administrator", "优化办", None),
    ("王五", 13800000013, "inspector", None, "产业园"),
)
ITEM_HEADER = ("编码", "事项", "单位", "步骤", "材料", "时限（工作日）")
ITEMS = (
    ITEM_HEADER,
    ("s-1", "施工许可", "zhujian", "受理\n审核", "申请表", 5),
    ("s-2", "夜间施工", "住建局", "", "", None),
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.office()
    return terminal


@pytest.fixture
def settled(office: Terminal) -> Terminal:
    """An office that has its units."""
    office.done("import", "units", office.sheet("units.xlsx", *UNITS))
    return office


def read(office: Terminal, fn: Callable[..., T], *args: Any) -> T:
    with opening.bare(office.url) as db:
        return db.read_now(fn, *args)


def change(office: Terminal, fn: Callable[..., T], *args: Any) -> T:
    with opening.writing() as app:
        return app.db.write_now(fn, *args)


def everything(office: Terminal) -> tuple[Any, ...]:
    return (
        read(office, units.every),
        read(office, units.all_projects),
        read(office, items.every),
        read(office, roster.listed, NOW.replace(year=2100)),
    )


# --- what is taken over ------------------------------------------------------------------------------------------


def test_units_are_added_then_changed_then_left_alone(office: Terminal) -> None:
    file = office.sheet("units.xlsx", ("衡岳县单位名录",), (), *UNITS)
    assert "新增 2，更改 0，不变 0" in office.done("import", "units", file)
    found = read(office, units.by_code, "zhujian")
    assert found is not None
    assert (found.name, found.phone, found.duties) == ("住建局", "0000-6100001", "管房屋建设")
    assert read(office, units.duties_grams)[found.id]["房屋"] > 0
    assert "新增 0，更改 0，不变 2" in office.done("import", "units", file)
    changed = office.sheet("changed.xlsx", ("code", "NAME "), ("zhujian", "住房城乡建设局"))
    assert "新增 0，更改 1，不变 0" in office.done("import", "units", changed)
    after = read(office, units.by_code, "zhujian")
    assert after is not None
    assert (after.id, after.name, after.phone) == (found.id, "住房城乡建设局", "0000-6100001")


def test_people_come_with_their_roles_and_without_an_address(settled: Terminal) -> None:
    file = settled.sheet("people.xlsx", *PEOPLE)
    said = settled.done("import", "people", file)
    assert "新增 3，更改 0，不变 0" in said
    assert "新项目：产业园" in said
    unit = read(settled, units.by_code, "zhujian")
    assert unit is not None
    found = {one.name: one for one in read(settled, roster.listed, datetime.now(UTC))}
    assert found["张三"].held == {(Role.LIAISON, unit.id, None), (Role.HANDLER, unit.id, None)}
    assert found["张三"].phone == "+8613800000011"
    assert found["李四"].held == {(Role.ADMINISTRATOR, None, None)}
    [(project, _name)] = read(settled, units.all_projects)
    assert found["王五"].held == {(Role.INSPECTOR, None, project)}
    assert not any(one.joined for one in found.values())
    before = everything(settled)
    assert "新增 0，更改 0，不变 3" in settled.done("import", "people", file)
    assert everything(settled) == before


def test_a_corrected_name_and_a_new_role_change_one_who_has_not_joined(settled: Terminal) -> None:
    settled.done("import", "people", settled.sheet("people.xlsx", *PEOPLE))
    later = settled.sheet("later.xlsx", PEOPLE_HEADER, ("李思", "13800000012", "dispatcher", "", ""))
    assert "新增 0，更改 1，不变 0" in settled.done("import", "people", later)
    [one] = [one for one in read(settled, roster.listed, datetime.now(UTC)) if one.phone.endswith("12")]
    assert one.name == "李思"
    assert {role for role, _unit, _project in one.held} == {Role.ADMINISTRATOR, Role.DISPATCHER}


def test_items_belong_to_their_units(settled: Terminal) -> None:
    file = settled.sheet("items.xlsx", *ITEMS)
    assert "新增 2" in settled.done("import", "items", file)
    first, second = read(settled, items.every)
    assert (first.code, first.steps, first.limit_days) == ("s-1", "受理\n审核", 5)
    assert (second.unit_id, second.limit_days) == (first.unit_id, None)
    assert "不变 2" in settled.done("import", "items", file)
    shorter = settled.sheet("shorter.xlsx", ("code", "name", "unit", "limit_days"), ("s-1", "施工许可", "住建局", 3))
    assert "更改 1" in settled.done("import", "items", shorter)
    assert (read(settled, items.every)[0].limit_days, read(settled, items.every)[0].documents) == (3, "申请表")


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
    found = read(office, units.by_code, "jiaotong")
    assert found is not None
    assert (found.name, found.phone, found.duties) == ("交通局", "", "修路 管车")


# --- codes -------------------------------------------------------------------------------------------------------


def joins(tx: Tx, address: str, code: str) -> None:
    """Somebody who has agreed to the privacy words shows a code at the web door."""
    _address, person = people.meet(tx, "web", address, "zh_CN", NOW)
    assert person is not None
    people.change(tx, person.id, consented=CONSENT, consented_at=NOW)
    dispatch.handle(tx, Incoming(channel="web", key=address, address=address, text=f"/join {code}"), datetime.now(UTC))


def joined(office: Terminal, address: str) -> tuple[str, set[Role]]:
    """Who writes from an address: their name and roles."""

    def look(tx: Tx) -> tuple[str, set[Role]]:
        found = people.find(tx, "web", address)
        assert found is not None
        assert found[1] is not None
        return found[1].name, {one.role for one in people.holdings(tx, found[1].id, datetime.now(UTC))}

    return read(office, look)


def code_in(text: str) -> str:
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", text)
    assert found is not None, text
    return found[0]


def test_the_code_of_an_imported_person_gives_them_their_place(settled: Terminal) -> None:
    said = settled.done("import", "people", settled.sheet("people.xlsx", *PEOPLE), "--invite")
    lines = {line.split("\t")[0]: line for line in said.splitlines() if "\t" in line}
    assert set(lines) == {"张三", "李四", "王五"}
    change(settled, joins, "page-1", code_in(lines["张三"]))
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON, Role.HANDLER})
    again = settled.done("import", "people", "people.xlsx", "--invite")
    assert "不变 3" in again
    assert "张三\t" not in again
    assert "李四\t" in again


def test_a_code_for_a_new_project_knows_the_project(settled: Terminal) -> None:
    said = settled.done("import", "people", settled.sheet("people.xlsx", PEOPLE_HEADER, PEOPLE[4]), "--invite")
    change(settled, joins, "page-1", code_in(said))
    [one] = read(settled, roster.listed, datetime.now(UTC))
    [(project, _name)] = read(settled, units.all_projects)
    assert one.joined
    assert one.held == {(Role.INSPECTOR, None, project)}


def test_who_typed_the_phone_of_somebody_higher_does_not_get_their_role(settled: Terminal) -> None:
    said = settled.done("import", "people", settled.sheet("people.xlsx", PEOPLE_HEADER, PEOPLE[1]), "--invite")
    change(settled, joins, "page-1", code_in(said))
    higher = settled.sheet("higher.xlsx", PEOPLE_HEADER, ("高远", 13800000011, "leader"))
    said = settled.done("import", "people", higher)
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON})
    assert "要凭邀请码" in said
    said = settled.done("import", "people", higher, "--invite")
    change(settled, joins, "page-2", code_in(said))
    assert joined(settled, "page-2") == ("高远", {Role.LEADER})
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON})


def test_an_owner_with_the_same_phone_stays_an_owner(settled: Terminal) -> None:
    def meet(tx: Tx) -> None:
        _address, owner = people.meet(tx, "web", "page-1", "zh_CN", NOW, name="张三")
        assert owner is not None
        people.change(tx, owner.id, phone="+8613800000011")

    change(settled, meet)
    assert "新增 1" in settled.done("import", "people", settled.sheet("people.xlsx", PEOPLE_HEADER, PEOPLE[1]))
    assert joined(settled, "page-1") == ("张三", set())


def test_codes_go_into_a_private_spreadsheet(settled: Terminal) -> None:
    settled.set("QINQING_PUBLIC_URL", "https://office.example/")
    file = settled.sheet("people.xlsx", PEOPLE_HEADER, ("张三", 13800000012, "联络员", "住建局"))
    said = settled.done("import", "people", file, "--codes", "codes.xlsx")
    assert "1 个邀请码" in said
    path = settled.folder / "codes.xlsx"
    assert path.stat().st_mode & 0o077 == 0
    [header, row] = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    assert header == ("姓名", "手机", "角色", "单位", "邀请码", "链接")
    assert row[:4] == ("张三", "138 0000 0012", "联络员", "住建局")
    assert row[5] == f"https://office.example/chat?join={row[4]}"
    before = path.read_bytes()
    assert "已经存在" in settled.refused("import", "people", "people.xlsx", "--codes", "codes.xlsx")
    assert path.read_bytes() == before


def test_a_name_like_a_formula_is_written_as_text(settled: Terminal) -> None:
    book = openpyxl.Workbook()
    for row in (PEOPLE_HEADER, ("x", 13800000011, "administrator")):
        book.worksheets[0].append(list(row))
    book.worksheets[0]["A2"].value = "=cmd()"
    book.worksheets[0]["A2"].data_type = "s"
    book.save(settled.folder / "people.xlsx")
    settled.done("import", "people", "people.xlsx", "--codes", "codes.xlsx")
    cell = openpyxl.load_workbook(settled.folder / "codes.xlsx").worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=cmd()", "s")


def test_a_refused_file_leaves_no_empty_spreadsheet_of_codes(settled: Terminal) -> None:
    wrong = settled.sheet("wrong.xlsx", PEOPLE_HEADER, ("张三", 1, "联络员"))
    settled.refused("import", "people", wrong, "--codes", "codes.xlsx")
    assert not (settled.folder / "codes.xlsx").exists()


# --- invite ------------------------------------------------------------------------------------------------------


def test_an_invitation_makes_a_liaison(settled: Terminal) -> None:
    settled.set("QINQING_PUBLIC_URL", "https://office.example")
    said = settled.done("invite", "--role", "liaison", "--unit", "zhujian", "--name", "张三")
    code = code_in(said)
    assert "联络员、住建局、张三" in said
    assert f"/join {code}" in said
    assert f"https://office.example/chat?join={code}" in said
    change(settled, joins, "page-1", code)
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON})


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--role", "king"), ("--role", "联络员")),
        (("--role", "owner"), ("--role",)),
        (("--role", "联络员"), ("--unit", "zhujian 住建局")),
        (("--role", "liaison", "--unit", "水利局"), ("--unit", "税务局")),
        (("--role", "leader", "--unit", "zhujian"), ("--unit",)),
        (("--role", "inspector", "--project", "x"), ("--project", "无")),
        (("--role", "leader", "--project", "x"), ("--project",)),
        ((), ("--role",)),
    ],
)
def test_a_wrong_invitation_says_what_fits(settled: Terminal, options: tuple[str, ...], parts: tuple[str, ...]) -> None:
    complaint = settled.refused("invite", *options, code=2)
    assert [part for part in parts if part not in complaint] == []
    assert len(complaint.strip().splitlines()) == 1


def test_the_square_for_phones_is_drawn_with_blocks() -> None:
    lines = _square("https://office.example/chat?join=ABCDE-23456").splitlines()
    assert len({len(line) for line in lines}) == 1
    assert set("".join(lines)) <= set("█▀▄ ")
