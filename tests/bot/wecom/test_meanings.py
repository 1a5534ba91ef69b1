"""Every code WeCom is known to answer has a row that says what is to be done."""

from __future__ import annotations

import pytest

from bot.channels.contract import Held, TryLater, Undeliverable, Unreachable
from bot.channels.wecom.meanings import ALARM_SECONDS, ERRORS, FAILS, MEANINGS, ROWS, UNKNOWN, Refusal, Sort, meant
from tests.words import kept_words

#: As the sheet of the protocol has them, class by class.
CODES = {
    "refresh": [40014, 42001, 41001],
    "again": [-1, 45033, 45035, 6000],
    "pause": [45009, 45036],
    "config": [
        *(40001, 40013, 40056, 301002, 60020, 48002, 48006, 48009, 48010, 48011, 50001, 50003, 60031, 43012),
    ],
    "recipient": [81013, 82001, 40003, 40031, 60111, 60021, 60011, 60003, 60123, 82002, 82003],
    "content": [44004, 45002, 40008, 40033, 40058, 40035, 40007, 40145, 45001, 40201, 40204, 41016],
    "cards": [
        *(42014, 42015, 42016, 42017, 42018, 42019, 42020, 42027, 42028, 42029, 42030, 42031, 42033, 42035, 42036),
        *(42037, 42038, 42039, 42040, 42041, 42042, 42043, 42044, 42045, 42046, 42047, 42049, 42050, 42051, 42052),
        60140,
    ],
    "sign-in": [40029, 42003, 42022],
    "groups": [
        *(93000, 93001, 93004, 93006, 93008, 93017, 93018, 86001, 86003, 86006, 86215, 86216, 49008, 41063),
    ],
    "customer service": [
        *(95000, 95001, 95002, 95003, 95004, 95007, 95008, 95009, 95011, 95012, 95013, 95014, 95016, 95017, 95018),
        *(95019, 95023, 95027, 95030, 95031, 95033, 48007, 60030),
    ],
    "robots that listen": [846605, 846608],
    "WeChat": [43004, 43101],
}
FAIL_TYPES = [0, 1, 2, 4, 5, 6, 8, 10, 11, 12, 13]


@pytest.mark.parametrize("code", [code for codes in CODES.values() for code in codes])
def test_every_known_code_has_its_row(code: int) -> None:
    assert code in MEANINGS


@pytest.mark.parametrize("fail", FAIL_TYPES)
def test_every_reason_for_not_delivering_has_its_row(fail: int) -> None:
    assert fail in FAILS


def test_no_code_has_two_rows() -> None:
    codes = [code for _sort, _words, each in ROWS for code in each]
    assert len(codes) == len(set(codes))


def test_what_is_to_be_done_is_known_for_every_sort() -> None:
    assert set(ERRORS) == set(Sort)


@pytest.mark.parametrize(
    ("code", "error", "seconds"),
    [
        (40014, TryLater, None),
        (-1, TryLater, None),
        (45009, TryLater, 60.0),
        (60020, Held, ALARM_SECONDS),
        (40001, Held, 600.0),
        (81013, Unreachable, None),
        (95002, Unreachable, None),
        (95018, Unreachable, None),
        (93000, Unreachable, None),
        (45002, Undeliverable, None),
        (42016, Undeliverable, None),
        (99999, TryLater, None),
        (-99, TryLater, None),
    ],
)
def test_a_refusal_becomes_what_every_channel_says(code: int, error: type[Exception], seconds: float | None) -> None:
    found = meant(Refusal(code, {"errcode": code, "errmsg": "zhangsan is not there"}))
    assert type(found) is error
    assert getattr(found, "seconds", None) == seconds
    assert "zhangsan" not in str(found)


def test_a_code_without_a_row_is_tried_again_and_can_be_told_from_those_with_one() -> None:
    assert Refusal(99999, {}).meaning is UNKNOWN
    assert all(meaning is not UNKNOWN for meaning in MEANINGS.values())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_people_read_about_a_refusal_is_in_the_catalogues(language: str) -> None:
    known = kept_words(language)
    for meaning in (*MEANINGS.values(), *FAILS.values(), UNKNOWN):
        assert known[meaning.words]
        assert str(meant(Refusal(40001, {}))) in known
