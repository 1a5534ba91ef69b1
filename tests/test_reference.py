"""The reference says what the tables say."""

import pytest

from domain.ladder import LADDER
from domain.lifecycle import MOVES
from tests.reference import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_up_to_date(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run: python -m tests.reference"


def test_every_row_of_the_tables_is_there() -> None:
    for name, rows in (("moves.md", len(MOVES)), ("ladder.md", len(LADDER))):
        assert PAGES[name]().count("\n|") == rows + 2
