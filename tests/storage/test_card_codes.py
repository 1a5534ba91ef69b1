"""The codes of cards: the newest first, nobody twice, and none that works no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import card_codes
from storage.transaction import Tx
from tests.town import Town

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def given(tx: Tx, *codes: tuple[str, str, int]) -> None:
    """Codes of cards, so many hours old."""
    for task, code, hours in codes:
        card_codes.keep(tx, task, code, NOON - timedelta(hours=hours))


def test_the_newest_goes_first_and_each_once(town: Town) -> None:
    town.write(given, ("7-a", "old", 5), ("7-a", "new", 1), ("8-b", "other", 0), ("7-a", "new", 1))
    used = [town.write(card_codes.use, "7-a", NOON) for _ in range(3)]
    assert used == ["new", "old", ""]
    assert town.read(card_codes.any_left, "7-a", NOON) is False
    assert town.read(card_codes.any_left, "8-b", NOON) is True


def test_a_code_that_comes_again_after_it_was_used_is_not_used_again(town: Town) -> None:
    town.write(given, ("7-a", "code", 1))
    assert town.write(card_codes.use, "7-a", NOON) == "code"
    town.write(given, ("7-a", "code", 0))
    assert town.write(card_codes.use, "7-a", NOON) == ""


def test_what_works_no_more_is_not_used_and_forgotten(town: Town) -> None:
    town.write(given, ("7-a", "gone", 72), ("7-a", "works", 71))
    assert town.write(card_codes.use, "7-a", NOON) == "works"
    assert town.write(card_codes.use, "7-a", NOON) == ""
    assert town.write(card_codes.purge, NOON) == 1
