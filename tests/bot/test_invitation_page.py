"""The page that invites everybody who has not come: their names, squares and codes, and what cannot get into it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands import opening
from domain.messages import Incoming
from handlers import dispatch
from storage import people
from storage.transaction import Tx
from tests.bot.filled_workbook import filled
from tests.bot.terminal import SHOWN, Terminal


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.office()
    return terminal


def codes_in(page: str) -> list[str]:
    return re.findall(r'<div class="code">([2-9A-Z]{5}-[2-9A-Z]{5})</div>', page)


def joins(office: Terminal, address: str, code: str) -> str:
    """Somebody shows a code at the web door; returns their name as the office knows it."""

    def show(tx: Tx) -> str:
        arrival = Incoming(channel="web", key=f"{address}-{code}", address=address, text=f"/join {code}")
        dispatch.handle(tx, arrival, datetime.now(UTC))
        found = people.find(tx, "web", address)
        assert found is not None
        assert found[1] is not None
        return found[1].name

    with opening.writing() as app:
        return app.db.write_now(show)


def test_a_page_invites_everybody_who_has_not_come(office: Terminal) -> None:
    office.set("QINQING_PUBLIC_URL", "https://office.example/")
    office.done("import", filled(office), "--yes")
    assert "4 份邀请" in office.done("invite", "--all")
    path = office.folder / "invitations.html"
    assert path.stat().st_mode & 0o077 == 0
    page = path.read_text("utf-8")
    codes = codes_in(page)
    assert len(set(codes)) == page.count("<svg") == 4
    assert f"https://office.example/chat?join={codes[0]}" in page
    assert re.findall(r"<h2>(.+)</h2>", page) == ["住建局", "衡岳县优化办"]
    names = re.findall(r'<div class="name">(.+)</div>', page)
    assert [joins(office, f"page-{n}", code) for n, code in enumerate(codes)] == names
    assert "所有人都已进来" in office.done("invite", "--all", "--renew")


def test_nobody_is_invited_before_anybody_has_a_role(office: Terminal) -> None:
    assert "import office.xlsx" in office.refused("invite", "--all")


def test_codes_that_are_good_stay_unless_they_are_to_be_renewed(office: Terminal) -> None:
    office.done("import", filled(office), "--yes")
    assert "invite --all --renew" in office.done("invite", "--all", "--file", "first.html")
    first = codes_in((office.folder / "first.html").read_text("utf-8"))
    assert "--renew" in office.done("invite", "--all")
    assert not (office.folder / "invitations.html").exists()
    office.done("import", filled(office, "more.xlsx", 人员=(("钱七", 13800000017, "分管领导"),)), "--yes")
    assert "1 份邀请" in office.done("invite", "--all")
    office.done("invite", "--all", "--renew")
    page = (office.folder / "invitations.html").read_text("utf-8")
    assert len(codes_in(page)) == 5
    assert "<svg" not in page
    assert joins(office, "page-1", first[0]) == ""
    assert joins(office, "page-1", codes_in(page)[0]) == "张三"


def test_a_name_cannot_write_into_the_page(office: Terminal) -> None:
    rows = (("<script>alert(1)</script>", 13800000011, "派单员"),)
    office.done("import", filled(office, 人员=rows), "--yes")
    office.done("invite", "--all")
    page = (office.folder / "invitations.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
