"""qinqing init and doctor: from an empty folder to a running office, and what is wrong is said with its remedy."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands import checks_machine, checks_office, checks_place, opening
from bot.commands.checks_office import Facts
from bot.commands.findings import Look, State
from bot.settings import Settings
from domain.case import Role
from domain.messages import Incoming
from domain.people import Holding, UnitOf
from handlers import words
from storage import inbox
from storage.engines import driver
from tests.bot.terminal import SHOWN, Answer, Terminal

NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
LOOK = Look(Settings(), None, NOW)
FACTS = Facts(date(2026, 3, 3), date(2026, 12, 30), (), (), 0)


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    terminal.set("QINQING_HTTP_PORT", "0")
    terminal.office()
    return terminal


def looked(office: Terminal) -> tuple[Answer, dict[str, dict[str, str]]]:
    answer = office.run("doctor", "--json")
    return answer, {row["check"]: row for row in json.loads(answer.said)}


# --- init --------------------------------------------------------------------------------------------------------


def written(terminal: Terminal) -> dict[str, Any]:
    return tomllib.loads((terminal.folder / "office.toml").read_text("utf-8"))


def test_answers_make_the_office(terminal: Terminal) -> None:
    answer = terminal.run("init", typed="衡岳县优化办\n0000-6100000\n\n\n09:00\n\n")
    assert answer.code == 0
    assert "qinqing doctor" in answer.said
    found = written(terminal)
    assert (found["name"], found["phone"], found["zone"]) == ("衡岳县优化办", "0000-6100000", "Asia/Shanghai")
    assert (str(found["opens"]), str(found["closes"])) == ("09:00:00", "17:30:00")


def test_an_answer_that_does_not_fit_is_asked_again(terminal: Terminal) -> None:
    answer = terminal.run("init", typed="\n优化办\n\n英语\nen\nMars\n\n9 o'clock\n08:30\n07:00\n18:00\n")
    assert answer.code == 0
    assert len([line for line in answer.complained.splitlines() if line.startswith("qinqing")]) == 5
    found = written(terminal)
    assert (found["language"], found["zone"], str(found["closes"])) == ("en", "Asia/Shanghai", "18:00:00")


def test_every_answer_can_be_an_option(terminal: Terminal) -> None:
    options = {"name": '县"优化"办\\', "phone": "12345", "language": "en", "opens": "09:15", "closes": "18:00"}
    terminal.done("init", "--yes", *(part for key, value in options.items() for part in (f"--{key}", value)))
    found = written(terminal)
    assert {key: str(found[key])[: len(value)] for key, value in options.items()} == options


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), "--name"),
        (("--name", " "), "--name"),
        (("--name", "a\nb"), "--name"),
        (("--name", "a", "--language", "fr"), "--language"),
        (("--name", "a", "--zone", "../etc"), "--zone"),
        (("--name", "a", "--opens", "25:00"), "--opens"),
        (("--name", "a", "--opens", "10:00", "--closes", "09:00"), "--closes"),
        (("--frob",), "--frob"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(
    terminal: Terminal, options: tuple[str, ...], names: str
) -> None:
    complaint = terminal.refused("init", "--yes", *options, code=2)
    assert names in complaint
    assert len(complaint.strip().splitlines()) == 1
    assert not (terminal.folder / "office.toml").exists()


def test_an_office_is_never_overwritten_unasked(terminal: Terminal) -> None:
    terminal.done("init", "--yes", "--name", "甲")
    assert "--force" in terminal.refused("init", "--yes", "--name", "乙")
    assert written(terminal)["name"] == "甲"
    terminal.done("init", "--yes", "--name", "乙", "--force")
    assert written(terminal)["name"] == "乙"


def test_an_end_of_input_stops_without_a_trace(terminal: Terminal) -> None:
    answer = terminal.run("init", typed="优化办\n")
    assert answer.code == 130
    assert "Traceback" not in answer.complained
    assert not (terminal.folder / "office.toml").exists()


def test_init_does_not_ask_for_ever_who_never_answers(terminal: Terminal) -> None:
    answer = terminal.run("init", "--name", "甲", "--language", "en", typed="\n" + "Mars\n" * 1000)
    assert answer.code == 1
    assert answer.complained.splitlines()[-1].endswith("请写在 --zone 后面。")
    assert not (terminal.folder / "office.toml").exists()


def test_init_fed_with_nothing_but_empty_lines_ends(terminal: Terminal) -> None:
    answer = terminal.run("init", typed="\n" * 1000)
    assert answer.code == 1
    assert answer.complained.splitlines()[-1].endswith("请写在 --name 后面。")


# --- the whole way -----------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        return int(trying.getsockname()[1])


def test_from_an_empty_folder_to_a_running_office(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "qinqing")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QINQING_")}
    environment = {**kept, "QINQING_HTTP_PORT": str(free_port()), "LC_ALL": "en_US.UTF-8"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert run("run").stderr.strip() == f"qinqing: office.toml is missing; {command[0]} init writes one."
    assert run("init", "--yes", "--name", "Hengyue").returncode == 0
    assert run("doctor").returncode == 0
    with subprocess.Popen(
        [*command, "run"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as office:
        assert office.stderr is not None
        assert any('"ready"' in line for line in office.stderr)
        during = {row["check"]: row for row in json.loads(run("doctor", "--json").stdout)}
        invited = run("invite", "--role", "administrator")
        office.send_signal(signal.SIGTERM)
        assert office.wait(timeout=30) == 0
    assert "the office is running" in during["port"]["found"]
    assert during["database"]["state"] == "ok"
    assert "/join" in invited.stdout
    assert "0 steps" in run("db", "verify").stdout


# --- doctor ------------------------------------------------------------------------------------------------------


def test_a_fresh_office_has_nothing_wrong_and_is_told_what_comes_next(office: Terminal) -> None:
    answer, found = looked(office)
    assert answer.code == 0
    assert [check for check, row in found.items() if row["state"] == "wrong"] == []
    assert "qinqing import office.xlsx" in found["units"]["remedy"]
    assert "qinqing invite --role administrator" in found["administrators"]["remedy"]
    assert all(bool(row["remedy"]) == (row["state"] != "ok") for row in found.values())


def test_doctor_makes_nothing(terminal: Terminal) -> None:
    answer, found = looked(terminal)
    assert answer.code == 1
    assert found["office"]["state"] == "wrong"
    assert found["database"]["state"] == "warning"
    assert list(terminal.folder.iterdir()) == []


def test_the_table_speaks_the_language_of_the_terminal(office: Terminal) -> None:
    assert "正常 | Python" in office.run("doctor").said
    office.set("LANG", "en_GB.UTF-8")
    assert "in order | Python" in office.run("doctor").said


@pytest.mark.parametrize("command", [(), ("db", "backup"), ("import", "people"), ("init",), ("invite",), ("doctor",)])
def test_help_speaks_the_language_of_the_terminal(terminal: Terminal, command: tuple[str, ...]) -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    assert chinese.search(terminal.done(*command, "--help"))
    terminal.set("LC_ALL", "en_US.UTF-8")
    assert not chinese.search(terminal.done(*command, "--help"))


def test_without_a_language_of_the_terminal_the_office_has_its_own(terminal: Terminal) -> None:
    terminal.set("LANG", "C.UTF-8")
    terminal.done("init", "--yes", "--name", "Hengyue", "--language", "en")
    assert "in order | Python" in terminal.run("doctor").said


def test_keys_that_others_can_read_are_wrong(office: Terminal) -> None:
    key = office.folder / "var" / "keys" / "signing.key"
    key.write_bytes(bytes(32))
    key.chmod(0o644)
    answer, found = looked(office)
    assert answer.code == 1
    assert found["keys"]["remedy"] == "chmod 600 var/keys/signing.key"
    key.chmod(0o600)
    assert looked(office)[1]["keys"]["state"] == "ok"
    key.write_bytes(b"short")
    assert looked(office)[1]["keys"]["state"] == "wrong"


def test_a_folder_that_is_none_is_wrong(office: Terminal) -> None:
    (office.folder / "photos").write_text("")
    office.set("QINQING_FILES", "photos")
    answer, found = looked(office)
    assert answer.code == 1
    assert found["files"]["state"] == "wrong"


def test_folders_and_databases_open_to_others_are_warned_about(office: Terminal) -> None:
    (office.folder / "var" / "files").chmod(0o755)
    (office.folder / "var" / "qinqing.db").chmod(0o644)
    answer, found = looked(office)
    assert answer.code == 0
    assert found["files"]["remedy"] == "chmod 700 var/files"
    assert found["private"]["remedy"] == "chmod 600 var/qinqing.db"


def test_a_port_taken_by_another_program_is_wrong(office: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        office.set("QINQING_HTTP_PORT", str(other.getsockname()[1]))
        office.monkeypatch.setattr(checks_machine, "ANSWER_SECONDS", 0.2)
        answer, found = looked(office)
    assert answer.code == 1
    assert "QINQING_HTTP_PORT" in found["port"]["remedy"]


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("", "warning"),
        ("http://office.example", "warning"),
        ("office.example", "wrong"),
        ("https://office.example", "ok"),
    ],
)
def test_the_public_address_should_be_set_and_safe(office: Terminal, url: str, state: str) -> None:
    office.set("QINQING_PUBLIC_URL", url)
    assert looked(office)[1]["address"]["state"] == state


def test_a_database_of_another_version_or_spoilt_is_wrong(office: Terminal) -> None:
    with closing(driver.connect(str(office.folder / "var" / "qinqing.db"), isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    answer, found = looked(office)
    assert answer.code == 1
    assert "qinqing db upgrade" in found["database"]["remedy"]
    assert "units" not in found
    (office.folder / "var" / "qinqing.db").write_bytes(b"no database" * 1000)
    answer, found = looked(office)
    assert answer.code == 1
    assert found["database"]["state"] == "wrong"


def test_a_wrong_setting_is_one_line(office: Terminal) -> None:
    office.set("QINQING_HTTP_PORT", "many")
    complaint = office.refused("doctor", code=2)
    assert complaint.startswith("qinqing: QINQING_HTTP_PORT")
    assert len(complaint.strip().splitlines()) == 1


def test_arrivals_set_aside_are_counted(office: Terminal) -> None:
    arrival = Incoming(channel="web", key="one", address="somebody", text="你好")
    with opening.bare(office.url) as db:
        db.write_now(inbox.quarantine, arrival, "an error", NOW)
    assert "1" in looked(office)[1]["failed"]["found"]


# --- single checks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "known", "state"),
    [
        (date(2026, 3, 3), date(2026, 12, 30), State.OK),
        (date(2026, 12, 1), date(2026, 12, 30), State.WARNING),
        (date(2026, 12, 1), date(2027, 12, 30), State.OK),
        (date(2027, 1, 4), date(2026, 12, 30), State.WARNING),
    ],
)
def test_unknown_holidays_are_warned_about(today: date, known: date, state: State) -> None:
    assert checks_office.calendar(replace(FACTS, today=today, known_through=known)).state is state


def test_units_without_a_liaison_are_named() -> None:
    units = (UnitOf(1, "zhujian", "住建局"), UnitOf(2, "shuiwu", "税务局"))
    one = replace(FACTS, units=units, holders=(Holding(7, Role.LIAISON, 1), Holding(8, Role.HEAD, 2)))
    finding = checks_office.liaisons(one)
    assert finding.state is State.WARNING
    assert "税务局" in finding.found
    assert "住建局" not in finding.found
    assert "--unit shuiwu" in finding.remedy
    both = replace(one, holders=(*one.holders, Holding(8, Role.LIAISON, 2)))
    assert checks_office.liaisons(both).state is State.OK


def test_an_old_sqlite_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_machine.driver, "sqlite_version_info", (3, 51, 2))
    assert checks_machine.sqlite(LOOK).state is State.WARNING
    monkeypatch.setattr(checks_machine.driver, "sqlite_version_info", (3, 51, 3))
    assert checks_machine.sqlite(LOOK).state is State.OK


@pytest.mark.parametrize(("free", "state"), [(10**8, State.WRONG), (10**9, State.WARNING), (10**10, State.OK)])
def test_a_disk_that_fills_is_noticed(monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(checks_machine.shutil, "disk_usage", lambda _folder: usage)
    assert checks_machine.disk(LOOK).state is state


@pytest.mark.parametrize(("ahead", "state"), [(0.0, State.OK), (90.0, State.WARNING), (-90.0, State.WARNING)])
def test_a_clock_apart_from_the_disk_is_noticed(monkeypatch: pytest.MonkeyPatch, ahead: float, state: State) -> None:
    real = checks_machine.time.time
    monkeypatch.setattr(checks_machine.time, "time", lambda: real() + ahead)
    assert checks_machine.clock(LOOK).state is state


def test_charts_without_a_chinese_font_are_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_machine.shutil, "which", lambda _tool: None)
    assert checks_machine.font(LOOK).state is State.WARNING


def test_a_catalogue_with_a_missing_text_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = words.load
    monkeypatch.setattr(words, "load", lambda: real(tmp_path))
    assert checks_place.catalogue(LOOK).state is State.WRONG
