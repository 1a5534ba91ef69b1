"""The reference says what the tables say, and what is written beside it is true where a program can tell."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from domain.ladder import LADDER
from domain.lifecycle import MOVES
from tests.reference import FOLDER, PAGES

ROOT = Path(__file__).parents[1]
WRITTEN = {path: path.read_text(encoding="utf-8") for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))}
A_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_up_to_date(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run: python -m tests.reference"


def test_every_row_of_the_tables_is_there() -> None:
    for name, rows in (("moves.md", len(MOVES)), ("ladder.md", len(LADDER))):
        assert PAGES[name]().count("\n|") == rows + 2


def test_every_setting_is_written_down_and_no_other() -> None:
    named = set(re.findall(r"QINQING_[A-Z_]*[A-Z]\b", "\n".join(WRITTEN.values())))
    assert named == {f"QINQING_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for path, heading in A_LINK.findall(WRITTEN[page]):
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), path
        assert not heading or heading in headings(WRITTEN[found]), (path, heading)


def headings(text: str) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_what_the_guide_to_changes_names_is_in_the_file_it_names() -> None:
    rows = re.findall(r"^\| (.+?) \|", WRITTEN[ROOT / "docs" / "how-to" / "extend.md"], re.MULTILINE)
    named = [
        (path, name) for row in rows for path, name in re.findall(r"`(\w[\w/]*\.py)`,? `?([A-Z_]{4,}|_\w+)\b", row)
    ]
    assert len(named) >= 5
    assert [
        one for one in named if not re.search(rf"^(def )?{one[1]}\b|def {one[1]}\(", (ROOT / one[0]).read_text(), re.M)
    ] == []


def test_every_file_that_is_named_is_there() -> None:
    named = {name for text in WRITTEN.values() for name in re.findall(r"`((?:\w+/)+\w+\.\w+)`", text)}
    named = {
        name for name in named if name.startswith(("bot/", "domain/", "handlers/", "scheduler/", "storage/", "tests/"))
    }
    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).exists()} == set()
