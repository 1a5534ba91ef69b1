"""What has a place of its own on a card, to the last sign: what does not is told in the words, and nothing twice."""

from __future__ import annotations

import pytest

from domain.card_places import fits, has_title, is_list, left_over, lines_below, parted
from domain.doors import APP_CARD as CARD
from domain.messages import Button, Message

LONG_FACT = ("办理单位", "供" * (CARD.value + 1))


def listed(lines: int, text: str = "", card: str = "") -> Message:
    """A message with so many things to choose from."""
    return Message(text, buttons=tuple((Button(f"第{n}件", f"f:case:{n}"),) for n in range(1, lines + 1)), card=card)


@pytest.mark.parametrize(("title", "stands"), [("题", True), ("题" * 36, True), ("题" * 37, False), ("", False)])
def test_a_title_stands_above_as_long_as_all_of_it_is_shown(title: str, stands: bool) -> None:
    assert has_title(Message("", title), CARD) is stands
    assert left_over(Message("", title), CARD).title == ("" if stands else title)


@pytest.mark.parametrize("title", ["  ", "两\n行"])
def test_a_blank_title_and_one_of_two_lines_do_not(title: str) -> None:
    assert not has_title(Message("", title), CARD)


@pytest.mark.parametrize(
    ("fact", "beside"),
    [
        (("五个字标签", "值" * 30), True),
        (("标", "值"), True),
        (("六个字的标签", "值"), False),
        (("标签", "值" * 31), False),
        (("", "值"), False),
        (("标签", ""), False),
        (("标签", "两\n行"), False),
    ],
)
def test_a_fact_stands_beside_where_label_and_value_are_shown_whole(fact: tuple[str, str], beside: bool) -> None:
    assert parted([fact], CARD) == (((fact,), ()) if beside else ((), (fact,)))


def test_of_more_facts_than_there_are_places_the_first_that_fit_have_one() -> None:
    facts = [LONG_FACT, *((f"标{n}", "值") for n in range(7))]
    beside, others = parted(facts, CARD)
    assert [label for label, _value in beside] == [f"标{n}" for n in range(6)]
    assert others == (LONG_FACT, ("标6", "值"))


def test_words_fit_up_to_the_last_sign_that_is_shown_with_the_facts_among_them() -> None:
    most = CARD.words - 1
    assert fits(Message("字" * most), CARD)
    assert not fits(Message("字" * (most + 1)), CARD)
    taken = sum(map(len, LONG_FACT)) + 2
    assert fits(Message("字" * (most - taken), facts=(LONG_FACT,)), CARD)
    assert not fits(Message("字" * (most - taken + 1), facts=(LONG_FACT,)), CARD)
    assert not fits(Message("字" * most, "题" * 37), CARD)


def test_more_things_to_choose_than_buttons_are_a_list_and_so_are_numbered_lines() -> None:
    assert not is_list(listed(6), CARD)
    assert is_list(listed(7), CARD)
    assert is_list(listed(2, "1. 路灯\n2. 积水"), CARD)
    assert is_list(listed(1, "1. 路灯"), CARD)
    assert not is_list(listed(7, card="case:7"), CARD)
    assert not is_list(Message("1. 路灯"), CARD)


def test_lines_a_list_tells_itself_are_not_told_again() -> None:
    assert lines_below(listed(3, "1. 路灯\n3. 积水")) == ["2. 第2件"]
    assert lines_below(listed(2)) == ["1. 第1件", "2. 第2件"]
