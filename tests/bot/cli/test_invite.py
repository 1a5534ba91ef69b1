"""The codes that `qinqing import --invite` and `qinqing invite` give out: what they say, and what they open."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import openpyxl
import pytest

from bot.commands.invite import _square
from domain.case import Role
from domain.messages import Incoming
from handlers import dispatch
from handlers.flows.consent import CONSENT
from storage import people, roster, units
from storage.transaction import Tx
from tests.bot.sheets import PEOPLE, PEOPLE_HEADER
from tests.bot.terminal import Terminal

NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)


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

    return office.read(look)


def code_in(text: str) -> str:
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", text)
    assert found is not None, text
    return found[0]


def test_the_code_of_an_imported_person_gives_them_their_place(settled: Terminal) -> None:
    said = settled.done("import", "people", settled.sheet("people.xlsx", *PEOPLE), "--invite")
    lines = {line.split("\t")[0]: line for line in said.splitlines() if "\t" in line}
    assert set(lines) == {"张三", "李四", "王五"}
    settled.change(joins, "page-1", code_in(lines["张三"]))
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON, Role.HANDLER})
    again = settled.done("import", "people", "people.xlsx", "--invite")
    assert "不变 3" in again
    assert "张三\t" not in again
    assert "李四\t" in again


def test_a_code_for_a_new_project_knows_the_project(settled: Terminal) -> None:
    said = settled.done("import", "people", settled.sheet("people.xlsx", PEOPLE_HEADER, PEOPLE[4]), "--invite")
    settled.change(joins, "page-1", code_in(said))
    [one] = settled.read(roster.listed, datetime.now(UTC))
    [(project, _name)] = settled.read(units.all_projects)
    assert one.joined
    assert one.held == {(Role.INSPECTOR, None, project)}


def test_who_typed_the_phone_of_somebody_higher_does_not_get_their_role(settled: Terminal) -> None:
    said = settled.done("import", "people", settled.sheet("people.xlsx", PEOPLE_HEADER, PEOPLE[1]), "--invite")
    settled.change(joins, "page-1", code_in(said))
    higher = settled.sheet("higher.xlsx", PEOPLE_HEADER, ("高远", 13800000011, "leader"))
    said = settled.done("import", "people", higher)
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON})
    assert "要凭邀请码" in said
    said = settled.done("import", "people", higher, "--invite")
    settled.change(joins, "page-2", code_in(said))
    assert joined(settled, "page-2") == ("高远", {Role.LEADER})
    assert joined(settled, "page-1") == ("张三", {Role.LIAISON})


def test_an_owner_with_the_same_phone_stays_an_owner(settled: Terminal) -> None:
    def meet(tx: Tx) -> None:
        _address, owner = people.meet(tx, "web", "page-1", "zh_CN", NOW, name="张三")
        assert owner is not None
        people.change(tx, owner.id, phone="+8613800000011")

    settled.change(meet)
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
    settled.change(joins, "page-1", code)
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
