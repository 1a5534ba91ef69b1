"""An invitation opens the office where its person is: by the page, and on Telegram where the office is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from domain.case import Role
from tests.bot.bot_api import answering
from tests.bot.terminal import SHOWN, Terminal
from tests.people import Town, words

TOKEN = "7:a-token-of-the-tests"
THERE = "https://t.me/desk_bot"


def who_it_is(_path: str) -> tuple[int, bytes]:
    """What a Bot API server says, whatever it is asked."""
    return 200, json.dumps({"ok": True, "result": {"id": 7, "username": "desk_bot"}}).encode()


@pytest.fixture
def api() -> Iterator[str]:
    with answering(who_it_is) as address:
        yield address


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN, api: str) -> Terminal:
    """An office with a bot and a page."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.office()
    terminal.set("QINQING_PUBLIC_URL", "https://office.example")
    terminal.set("QINQING_TELEGRAM_TOKEN", TOKEN)
    terminal.set("QINQING_TELEGRAM_API", api)
    return terminal


def test_the_command_gives_both_links(office: Terminal) -> None:
    said = office.done("invite", "--role", "administrator")
    code = next(line.split()[1] for line in said.splitlines() if line.startswith("/join"))
    assert f"https://office.example/chat?join={code}" in said
    assert f"{THERE}?start=join_{code}" in said
    assert TOKEN not in said


def test_without_a_page_the_link_on_telegram_comes_alone(office: Terminal) -> None:
    office.set("QINQING_PUBLIC_URL", "")
    said = office.done("invite", "--role", "administrator")
    assert THERE in said
    assert "chat?join" not in said


def test_where_nobody_answers_an_invitation_is_as_without_telegram(office: Terminal) -> None:
    office.set("QINQING_TELEGRAM_API", "http://127.0.0.1:9")
    said = office.done("invite", "--role", "administrator")
    assert "https://office.example/chat?join=" in said
    assert "t.me" not in said


@pytest.fixture
def people(office: Terminal) -> str:
    units = office.sheet("units.xlsx", ("编码", "单位"), ("zhujian", "住建局"))
    office.done("import", "units", units)
    return office.sheet("people.xlsx", ("姓名", "手机", "角色", "单位"), ("郑凯", "13800000001", "承办人", "住建局"))


def test_the_sheet_of_codes_has_a_column_for_each_door(office: Terminal, people: str) -> None:
    office.done("import", "people", people, "--codes", "codes.xlsx")
    rows = list(openpyxl.load_workbook(office.folder / "codes.xlsx").worksheets[0].iter_rows(values_only=True))
    code = rows[1][4]
    assert rows[1][5:] == (f"https://office.example/chat?join={code}", f"{THERE}?start=join_{code}")
    assert len(rows[0]) == 7
    assert all(rows[0])


def test_the_page_to_print_has_the_link_and_its_square_stays_the_pages(office: Terminal, people: str) -> None:
    office.done("import", "people", people)
    office.done("invite", "--all")
    page = (office.folder / "invitations.html").read_text("utf-8")
    assert f"{THERE}?start=join_" in page
    assert "https://office.example/chat?join=" in page
    assert "<svg" in page


def test_in_the_chat_an_invitation_has_the_link_once_the_bot_is_known(small_town: Town) -> None:
    small_town.db.office = replace(small_town.db.office, telegram=THERE)
    administrator = small_town.official("管理员", Role.ADMINISTRATOR)
    administrator.say("/invite")
    administrator.tap("派单员")
    administrator.say("陈岚")
    assert f"{THERE}?start=join_" in words(administrator.heard("join"))
