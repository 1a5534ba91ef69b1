"""The codes of cards: the newest first, nobody twice, and none that works no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import card_codes
from storage.transaction import Tx
from tests.people import Town

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def given(tx: Tx, *codes: tuple[str, str, int]) -> None:
    """Codes of cards, so many hours old."""
    for task, code, hours in codes:
        card_codes.keep(tx, task, code, NOON - timedelta(hours=hours))


def test_the_newest_goes_first_and_each_once(town: Town) -> None:
    town.write(given, ("7-a", "old", 5), ("7-a", "new", 1), ("8-b", "other", 0), ("7-a", "new", 1))
    used = [town.write(card_codes.use, "7-a", key, NOON) for key in ("1-a", "2-a", "3-a")]
    assert used == [("new", False), ("old", False), ("", False)]
    assert town.read(card_codes.usable, "7-a", "4-a", NOON) == ("", False)
    assert town.read(card_codes.usable, "8-b", "4-a", NOON) == ("other", False)


def test_a_message_that_is_tried_again_gets_the_code_it_had(town: Town) -> None:
    town.write(given, ("7-a", "old", 5), ("7-a", "new", 1))
    assert town.write(card_codes.use, "7-a", "1-a", NOON) == ("new", False)
    assert town.read(card_codes.usable, "7-a", "1-a", NOON) == ("new", True)
    assert town.write(card_codes.use, "7-a", "1-a", NOON) == ("new", True)
    assert town.write(card_codes.use, "7-a", "2-a", NOON) == ("old", False)


def test_a_code_the_platform_does_not_take_is_tried_no_more(town: Town) -> None:
    town.write(given, ("7-a", "old", 5), ("7-a", "new", 1))
    town.write(card_codes.use, "7-a", "1-a", NOON)
    town.write(card_codes.spent, "7-a", "new")
    assert town.write(card_codes.use, "7-a", "1-a", NOON) == ("old", False)


def test_a_code_that_comes_again_after_it_was_used_is_not_used_again(town: Town) -> None:
    town.write(given, ("7-a", "code", 1))
    assert town.write(card_codes.use, "7-a", "1-a", NOON) == ("code", False)
    town.write(given, ("7-a", "code", 0))
    assert town.write(card_codes.use, "7-a", "2-a", NOON) == ("", False)


def test_what_works_no_more_is_not_used_and_forgotten(town: Town) -> None:
    town.write(given, ("7-a", "gone", 72), ("7-a", "works", 71))
    assert town.write(card_codes.use, "7-a", "1-a", NOON) == ("works", False)
    assert town.write(card_codes.use, "7-a", "2-a", NOON) == ("", False)
    later = NOON + timedelta(hours=2)
    assert town.write(card_codes.use, "7-a", "1-a", later) == ("", False)
    assert town.write(card_codes.purge, NOON) == 1
