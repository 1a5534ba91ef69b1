"""What a door cannot show at once is told in several messages: nothing is lost or torn, the buttons come last."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.doors import DOORS, Door, colon, fits, parts, pieces_of, units
from domain.messages import Attachment, Button, Message

TELEGRAM = DOORS["telegram"]
SMALL = Door(60, files_apart=True)
BUTTON = Button("打开", "f:case:7")
WORDS = st.text(max_size=300)
MESSAGES = st.builds(
    Message,
    text=WORDS,
    title=st.text(max_size=80),
    facts=st.lists(st.tuples(st.text(max_size=12), st.text(max_size=80)), max_size=6).map(tuple),
    buttons=st.just(((BUTTON,),)),
    card=st.sampled_from(["", "case:7"]),
)


def said(message: Message) -> str:
    """All a person reads of a message."""
    lines = [message.title, message.text, *(f"{label}{colon(label)}{value}" for label, value in message.facts)]
    return "\n".join(line for line in lines if line)


def letters(text: str) -> str:
    """What is left of a text without its blanks."""
    return "".join(text.split())


@given(MESSAGES)
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_and_no_part_is_too_long(message: Message) -> None:
    told = parts(message, SMALL)
    assert "".join(letters(said(one)) for one in told) == letters(said(message))
    assert all(units(said(one)) <= SMALL.most_units for one in told)
    assert all(letters(said(one)) for one in told[:-1])


@given(MESSAGES)
@settings(max_examples=100, deadline=None)
def test_buttons_and_card_stand_on_the_last_part_alone(message: Message) -> None:
    *first, last = parts(message, SMALL)
    assert (last.buttons, last.card) == (message.buttons, message.card)
    assert not any(one.buttons or one.card for one in first)


def test_what_fits_is_said_as_it_is() -> None:
    message = Message("三天没电了", title="新的诉求", facts=(("编号", "HY-1"),), buttons=((BUTTON,),), card="case:1")
    assert fits(message, TELEGRAM)
    assert parts(message, TELEGRAM) == [message]


def test_a_text_of_exactly_the_limit_is_one_message() -> None:
    assert len(parts(Message("好" * 4096), TELEGRAM)) == 1
    assert len(parts(Message("好" * 4097), TELEGRAM)) == 2
    assert len(parts(Message("😀" * 2048), TELEGRAM)) == 1
    assert len(parts(Message("😀" * 2049), TELEGRAM)) == 2


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("第一段。" * 8 + "\n\n" + "第二段，" * 12, "第一段。" * 8),
        ("第一行" * 12 + "\n" + "第二行" * 12, "第一行" * 12),
        ("这是一句话，很长很长。" * 9, "这是一句话，很长很长。" * 5),
        ("one two three four five " * 5, ("one two three four five " * 2 + "one two").strip()),
    ],
)
def test_it_is_cut_where_it_reads_best(text: str, first: str) -> None:
    assert pieces_of(text, SMALL.most_units)[0].strip() == first


@pytest.mark.parametrize("one", ["👨‍👩‍👧‍👦", "👍🏽", "🏴‍☠️", "é"])
def test_what_is_seen_as_one_is_not_torn(one: str) -> None:
    for before in range(1, 30):
        told = pieces_of("字" * before + one * 40, SMALL.most_units)
        assert all(letters(piece).replace("字", "").replace(one, "") == "" for piece in told)


def test_files_come_before_the_words_and_only_once() -> None:
    files = tuple(Attachment(at, f"{at}.pdf", "application/pdf") for at in (1, 2, 3))
    message = Message("一张图", files=files, buttons=((BUTTON,),), card="case:1")
    *apart, words = parts(message, TELEGRAM)
    assert [file.file for one in apart for file in one.files] == [1, 2, 3]
    assert not any(one.text or one.title or one.buttons or one.card for one in apart)
    assert (words.text, words.buttons, words.card) == ("一张图", message.buttons, "case:1")
    *new, _words = parts(message, TELEGRAM, frozenset({1, 2}))
    assert [file.file for one in new for file in one.files] == [3]


def test_a_message_of_files_alone_has_no_empty_words_behind_it() -> None:
    (only,) = parts(Message("", files=(Attachment(1, "a.jpg", "image/jpeg"),)), TELEGRAM)
    assert [file.file for file in only.files] == [1]


def test_no_door_but_those_named_cuts_anything() -> None:
    assert "web" not in DOORS


def test_looking_whether_it_fits_costs_nothing_to_speak_of() -> None:
    """Every message said on a platform is looked at: below a few microseconds, generously measured."""
    message = Message("三天没电了" * 20, title="新的诉求", facts=(("编号", "HY-1"), ("单位", "供电公司")))
    begun = time.process_time()
    for _ in range(20_000):
        fits(message, TELEGRAM)
    assert time.process_time() - begun < 1.0
    assert not fits(replace(message, text="好" * 5000), TELEGRAM)
