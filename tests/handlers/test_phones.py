"""A phone number as people send it, and as it is kept."""

from __future__ import annotations

import phonenumbers
import pytest

from domain.messages import Answer
from handlers.phones import Phone
from handlers.questions import Wrong

STYLE = phonenumbers.PhoneNumberFormat.E164


@pytest.mark.parametrize("prefix", [f"1{n:02}" for n in range(30, 100)])
def test_a_mobile_is_kept_as_the_library_would_keep_it(prefix: str) -> None:
    text = f"{prefix}56781234"
    library = phonenumbers.format_number(phonenumbers.parse(text, "CN"), STYLE)
    assert Phone(prompt="").read(Answer(f" {text}\n"), None, ()).value == library


def test_a_mobile_in_another_hand_is_the_same() -> None:
    for text in ("138 0000 1234", "１３８００００１２３４", "+86 138-0000-1234", "0086 13800001234"):
        assert Phone(prompt="").read(Answer(text), None, ()).value == "+8613800001234"


@pytest.mark.parametrize(
    "text", ["13800001234我姓王", "我姓王，13800001234", "电话138-0000-1234，找小李", "138 0000 1234（微信同号）"]
)
def test_a_number_among_words_is_found(text: str) -> None:
    assert Phone(prompt="").read(Answer(text), None, ()).value == "+8613800001234"


@pytest.mark.parametrize("text", ["座机0716-8223344 手机13800001234", "路灯坏了三天了", "人民路18号，20261122-0001"])
def test_no_number_is_guessed_where_there_is_none_or_more_than_one(text: str) -> None:
    with pytest.raises(Wrong):
        Phone(prompt="").read(Answer(text), None, ())
