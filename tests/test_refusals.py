"""What cannot be right is refused before anything is opened: in one line, which says where and what."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import app as building
from bot.settings import office_file
from domain.errors import BadDeclaration
from handlers import notices, registry, words
from handlers.registry import FLOWS, Flow, flow

ROOT = Path(__file__).parents[1]

BAD_OFFICES = {
    "name = ''": "name",
    "": "name",
    "name = 1": "name",
    "name = '县' \ntypo = 1": "typo",
    "name = '县' \nlanguage = 'fr'": "language",
    "name = '县' \nzone = 'Mars/Olympus'": "zone",
    "name = '县' \nopens = '25:00'": "opens",
    "name = '县' \nopens = '18:00'\ncloses = '09:00'": "closes",
    "name = '县' \n[[closures]]\nday = 'never'\nname = '台风'": "closures.0.day",
    "name = ": "TOML",
}


@pytest.mark.parametrize("text", BAD_OFFICES)
def test_an_office_file_that_cannot_be_right_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadDeclaration) as refusal:
        office_file(path)
    said = str(refusal.value)
    assert said.startswith("office.toml")
    assert BAD_OFFICES[text] in said
    assert "\n" not in said.strip()


def test_a_missing_word_is_refused_with_its_key(tmp_path: Path) -> None:
    shutil.copytree(words.LOCALE, tmp_path / "locale")
    path = tmp_path / "locale" / "en" / "LC_MESSAGES" / "qinqing.po"
    text = path.read_text(encoding="utf-8")
    empty = re.sub(r'(msgid "I agree"\nmsgstr )"[^"]*"', r'\1""', text)
    path.write_text(empty, encoding="utf-8")
    with pytest.raises(BadDeclaration, match="catalogue en: no words for “I agree”"):
        words.load(tmp_path / "locale")
    misshapen = re.sub(r'(msgstr "[^"]*)\{number\}', r"\1{nummer}", text)
    path.write_text(misshapen, encoding="utf-8")
    with pytest.raises(BadDeclaration, match=r"catalogue en: .*places"):
        words.load(tmp_path / "locale")


async def nothing(talk: object) -> None:
    return None


def test_two_conversations_with_one_command_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FLOWS, "second", Flow("second", nothing, command="file"))
    registry.commands.cache_clear()
    with pytest.raises(BadDeclaration, match="flow second: “/file” already begins file"):
        building.check()
    monkeypatch.setitem(FLOWS, "second", Flow("second", nothing, words="my cases|progress of my case"))
    registry.commands.cache_clear()
    with pytest.raises(BadDeclaration, match=r"flow second: .* already begins my"):
        building.check()
    monkeypatch.undo()
    registry.commands.cache_clear()
    building.check()


def test_two_conversations_of_one_name_are_refused() -> None:
    with pytest.raises(BadDeclaration, match="flow file: declared twice"):
        flow("file")(nothing)


def test_a_move_that_forgets_to_tell_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    untold = {name: row for name, row in notices.NOTICES.items() if name != "urge"}
    monkeypatch.setattr(notices, "NOTICES", untold)
    with pytest.raises(BadDeclaration, match="NOTICES urge"):
        building.check()


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text("name = '县'\nopens = '18:00'\ncloses = '09:00'\n", encoding="utf-8")
    named = {"QINQING_OFFICE": str(tmp_path / "office.toml"), "LC_ALL": "en_US.UTF-8", "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    ended = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **named}, check=False)
    assert ended.returncode == 2
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert "office.toml: closes" in lines[0]
