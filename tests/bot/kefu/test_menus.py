"""The ids of a menu's lines hold whatever a button holds, in the few signs there are, and come back as they were."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.kefu.menus import id_of, value_of

ID = re.compile(r"[a-zA-Z0-9_]{1,128}")
VALUES = (
    st.text(min_size=1, max_size=64)
    .filter(lambda text: 0 < len(text.encode("utf-8", "ignore")) <= 64)
    .filter(lambda text: text.isprintable() or text.isascii())
)


@given(VALUES)
def test_a_value_comes_back_from_its_id(value: str) -> None:
    assert ID.fullmatch(id_of(value))
    assert value_of(id_of(value)) == value


@given(VALUES, VALUES)
def test_two_values_never_share_an_id(one: str, other: str) -> None:
    assert (id_of(one) == id_of(other)) == (one == other)


@given(st.text(max_size=200))
def test_what_is_none_of_our_ids_is_no_value_or_its_own(text: str) -> None:
    value = value_of(text)
    assert not value or id_of(value) == text


def test_an_id_can_be_read() -> None:
    assert id_of("t:12:3:yes") == "et_3a12_3a3_3ayes"
    assert value_of("file_complaint") == ""
    assert value_of("") == ""
    assert id_of("好" * 21).startswith("b")
