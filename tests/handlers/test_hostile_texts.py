"""Texts made to keep the office busy: whatever somebody sends is looked at in no time, because all others wait."""

import time
from collections.abc import Callable

import pytest

from bot.channels.posting import safe
from bot.channels.wecom import rendering
from domain.case import Role
from domain.messages import Message
from handlers.money import fen_of
from handlers.questions import LONGEST as MOST_TOLD
from handlers.questions import is_number
from handlers.routing import LONGEST
from tests.people import Town

#: Of the processor, in seconds: a message takes some thousandths of one.
MOST_SECONDS = 1.0
GAP = " " * (LONGEST - 10)
TEXTS = {
    "a number and a gap": f"1{GAP}x",
    "a numbered line and a gap": f"第1{GAP}x",
    "an amount and a gap": f"¥1.5{GAP}x",
    "a command and a gap": f"/join{GAP}x",
    "half a link": f"<{GAP}x",
    "empty lines": "\n" * (LONGEST - 10) + "x",
    "digits and dashes": "1-" * (LONGEST // 2),
    "pinyin": "xian" * (LONGEST // 4),
    "words": "a " * (LONGEST // 2),
    "brackets": "{[(" * (LONGEST // 3),
    "accents": "e" + "\u0301\u0316" * (LONGEST // 2 - 1),
    "ligatures": "\ufdfa" * LONGEST,
    "another character each": "".join(chr(0x4E00 + n) for n in range(LONGEST)),
    "the other direction": "\u202e\u2067" * (LONGEST // 2),
}


def seconds_of(do: Callable[..., object], *given: object) -> float:
    """What a call takes of the processor."""
    began = time.process_time()
    do(*given)
    return time.process_time() - began


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_made_to_be_slow_is_answered_at_once(small_town: Town, text: str) -> None:
    stranger, owner = small_town.owner("路人", new=True), small_town.owner("林晓")
    assert seconds_of(stranger.say, text) < MOST_SECONDS
    assert stranger.read_all()
    owner.say("/file")
    assert seconds_of(owner.say, text) < MOST_SECONDS
    assert owner.read_all()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_case_told_in_it_is_filed_found_and_shown_at_once(small_town: Town, text: str) -> None:
    desk, owner = small_town.official("陈岚", Role.DISPATCHER), small_town.owner("林晓")
    facts = f"路灯{text[: MOST_TOLD - 500]}坏了"
    assert seconds_of(owner.file, facts) < 3 * MOST_SECONDS
    assert seconds_of(owner.file, facts) < 3 * MOST_SECONDS, "beside one that looks like it"
    assert seconds_of(desk.say, "/search 路灯坏") < MOST_SECONDS
    assert desk.read_all()


@pytest.mark.parametrize("text", [text for name, text in TEXTS.items() if name != "accents"])  # never left so many
def test_numbers_amounts_and_links_are_looked_for_at_once(text: str) -> None:
    message = Message(text)
    for do in (is_number, fen_of, safe):
        assert seconds_of(do, text) < MOST_SECONDS
    assert seconds_of(rendering.text, message) < MOST_SECONDS
