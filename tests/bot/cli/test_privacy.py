"""qinqing export person, qinqing erase person: for somebody at the counter, or who wrote a letter."""

from __future__ import annotations

import asyncio
import json
import shutil
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot import archives
from bot.filestore import FileStore
from bot.keys import load as load_keys
from handlers.export import OwnData
from storage.engines import driver
from storage.tables import metadata
from tests import town as towns
from tests.bot.terminal import SHOWN, Terminal
from tests.people import Town


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with a withdrawn case and an open one."""
    folder = tmp_path_factory.mktemp("office")
    keys = load_keys(folder / "var" / "keys")
    town = towns.build(f"sqlite:///{folder / 'var' / 'qinqing.db'}", towns.FIRST_MORNING, Town)
    town.db.office = replace(town.db.office, sign=keys.signing.sign, public_key=keys.public)
    done, open_ = town.owner("林晓禾", enterprise="晓禾手工面馆"), town.owner("赵启明")
    assert done.file("门口变压器漏油") == "20260303-0001"
    assert open_.file("印章刻不了") == "20260303-0002"
    done.press("f:withdraw:20260303-0001")
    done.tap("撤回")
    asyncio.run(town.db.close())
    return folder


@pytest.fixture
def office(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    """A terminal in a copy of that folder."""
    shutil.copytree(sample, tmp_path, dirs_exist_ok=True)
    (tmp_path / "office.toml").write_text('name = "衡岳县优化办"\n', encoding="utf-8")
    return Terminal(tmp_path, monkeypatch, capsys)


def kept(office: Terminal) -> str:
    """Every row of every table, as text."""
    with closing(driver.connect(str(office.folder / "var" / "qinqing.db"))) as connection:
        return "\n".join(repr(row) for name in metadata.tables for row in connection.execute(f"SELECT * FROM {name}"))


def test_a_copy_is_written_for_its_person_alone(office: Terminal) -> None:
    office.done("export", "person", "20260303-0001", "--to", "copy.zip")
    with zipfile.ZipFile(office.folder / "copy.zip") as archive:
        data = json.loads(archive.read("data.json"))
    assert [case["facts"] for case in data["cases"]] == ["门口变压器漏油"]
    assert (office.folder / "copy.zip").stat().st_mode & 0o077 == 0
    assert "copy.zip" in office.refused("export", "person", "20260303-0001", "--to", "copy.zip")


def test_nobody_else_reads_a_copy_while_it_is_written(office: Terminal) -> None:
    modes: list[int] = []
    real = archives.pack

    def watched(own: OwnData, store: FileStore, target: Path) -> None:
        modes.append((office.folder / target).stat().st_mode & 0o077)
        real(own, store, target)

    office.monkeypatch.setattr(archives, "pack", watched)
    office.done("export", "person", "20260303-0001", "--to", "copy.zip")
    assert modes == [0]


@pytest.mark.parametrize("whose", ["20260303-0009", "0", "-1", "²", "99999999999999999999", "林晓禾"])
def test_a_number_of_nobody_is_refused(office: Terminal, whose: str) -> None:
    office.refused("export", "person", "--", whose, code=2)
    office.refused("erase", "person", "--yes", "--", whose, code=2)


def test_erasing_asks_first_and_then_tells_numbers_only(office: Terminal) -> None:
    assert office.run("erase", "person", "20260303-0001", "--at-once", typed="n\n").code == 0
    assert "漏油" in kept(office)
    said = office.done("erase", "person", "20260303-0001", "--at-once", "--yes")
    assert "诉求件: 1" in said
    assert "晓禾" not in said
    for secret in ("林晓禾", "晓禾", "漏油"):
        assert secret not in kept(office)
    office.done("db", "verify")


def test_by_letter_the_person_has_a_day_to_object(office: Terminal) -> None:
    said = office.done("erase", "person", "20260303-0001", "--yes")
    assert "一天后" in said
    assert "漏油" in kept(office)
    assert "有人来信请我们清除" in kept(office)


def test_an_open_case_must_end_first(office: Terminal) -> None:
    assert "20260303-0002" in office.refused("erase", "person", "20260303-0002", "--yes", "--at-once")
    asked = office.run("erase", "person", "20260303-0002", typed="n\n")
    assert asked.code == 1
    assert "将清除" not in asked.said
    assert "印章刻不了" in kept(office)
