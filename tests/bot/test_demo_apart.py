"""The demo keeps apart: its data goes in one step, and an office in earnest is never opened or touched by it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import demo_office, serving
from bot.commands import opening
from bot.settings import Settings, settings
from domain.errors import BadDeclaration
from storage import migrations, units
from storage.engines import driver
from tests.bot.terminal import SHOWN, Terminal


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)


def demo_made() -> None:
    """What a demo leaves behind: its database filled, a file, its keys."""
    app = serving.demo(settings())
    with opening.closing(app.db):
        app.db.write_now(demo_office.fill, datetime.now(UTC))
    app.store.put(b"a photo")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the demo's, and those SQLite makes for whoever looks."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    left_out = ("var/demo", "var/qinqing.db-")
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(left_out)}


def real_office(terminal: Terminal) -> None:
    terminal.office()
    file = terminal.sheet("units.xlsx", ("编码", "单位"), ("zhujian", "住建局"))
    terminal.done("import", "units", file)


def test_the_demos_data_goes_in_one_step_and_nothing_else(terminal: Terminal) -> None:
    real_office(terminal)
    demo_made()
    before = snapshot(terminal.folder)
    said = terminal.done("demo", "--remove", "--yes")
    assert "0 件诉求" in said
    assert "1 个文件" in said
    assert not (terminal.folder / "var" / "demo").exists()
    assert snapshot(terminal.folder) == before
    assert "没有演示数据" in terminal.done("demo", "--remove", "--yes")


def test_it_is_asked_first(terminal: Terminal) -> None:
    demo_made()
    assert terminal.run("demo", "--remove", typed="n\n").code == 1
    assert terminal.run("demo", "--remove").code == 130
    assert (terminal.folder / "var" / "demo" / "demo.db").exists()
    assert terminal.run("demo", "--remove", typed="y\n").code == 0
    assert not (terminal.folder / "var" / "demo").exists()


def test_what_is_not_the_demos_stays_in_its_folder(terminal: Terminal) -> None:
    demo_made()
    (terminal.folder / "var" / "demo" / "letter.txt").write_text("mine")
    assert "letter.txt" in terminal.done("demo", "--remove", "--yes")
    assert [path.name for path in (terminal.folder / "var" / "demo").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QINQING_DATABASE_URL", "sqlite:///var/demo/office.db"),
        ("QINQING_FILES", "var/demo/files"),
        ("QINQING_KEYS", "var/../var/demo/keys"),
        ("QINQING_OFFICE", "var/demo/office.toml"),
    ],
)
def test_an_office_that_was_put_into_the_demos_folder_is_not_removed(terminal: Terminal, name: str, value: str) -> None:
    demo_made()
    terminal.set(name, value)
    assert "什么都没有清除" in terminal.refused("demo", "--remove", "--yes")
    assert (terminal.folder / "var" / "demo" / "demo.db").exists()


def test_a_demo_that_runs_is_not_removed_under_its_feet(terminal: Terminal) -> None:
    demo_made()
    with closing(driver.connect(str(terminal.folder / "var" / "demo" / "demo.db"))) as running:
        running.execute("SELECT count(*) FROM people").fetchone()
        assert "正在运行" in terminal.refused("demo", "--remove", "--yes")
    assert (terminal.folder / "var" / "demo" / "demo.db").exists()


def test_the_demo_never_opens_an_office_in_earnest(terminal: Terminal) -> None:
    real_office(terminal)
    before = snapshot(terminal.folder)
    terminal.set("QINQING_DATABASE_URL", terminal.url)
    with pytest.raises(BadDeclaration, match="in earnest"):
        serving.demo(settings())
    assert snapshot(terminal.folder) == before
    assert "正式办公" in terminal.refused("demo", code=2)


def test_the_demo_uses_keys_and_files_of_its_own_whatever_is_set(terminal: Terminal) -> None:
    terminal.set("QINQING_KEYS", "real/keys")
    terminal.set("QINQING_FILES", "real/files")
    demo_made()
    assert not (terminal.folder / "real").exists()


def test_an_office_in_earnest_does_not_open_the_demos_database(terminal: Terminal) -> None:
    terminal.office()
    terminal.set("QINQING_DATABASE_URL", "sqlite:///shown.db")
    demo_made()
    assert "演示数据" in terminal.refused("run", code=2)


def test_a_demo_that_was_given_a_database_comes_back_to_it(terminal: Terminal, database_url: str) -> None:
    migrations.upgrade(database_url)
    named = Settings(database_url=database_url, keys=terminal.folder / "keys", files=terminal.folder / "files")
    for _time in range(2):
        app = serving.demo(named)
        with opening.closing(app.db):
            app.db.write_now(demo_office.fill, datetime.now(UTC))
            assert app.db.read_now(demo_office.is_demo)
            assert len(app.db.read_now(units.every)) > 5


def test_init_says_where_the_demo_is_and_how_it_goes(terminal: Terminal) -> None:
    assert "演示" not in terminal.done("init", "--yes", "--name", "甲")
    demo_made()
    assert "qinqing demo --remove" in terminal.done("init", "--yes", "--name", "甲", "--force")
