"""No character that a database refuses reaches it, wherever in an arrival it stands; everything else does."""

import time
from unicodedata import normalize

import pytest

from domain.messages import Incoming, Place, Promised
from handlers.cleaning import MOST_PILED, PARTING, cleaned

BAD, GOOD = "半\ud800个\x00字", "半?个字"


def test_bad_characters_go_wherever_they_stand() -> None:
    arrived, kept = (
        Incoming("web", x, "a", x, x, (Promised(x, x, 1, "", x),), Place(1, 2, x), x, ref=x, edits=x)
        for x in (BAD, GOOD)
    )
    assert cleaned(arrived) == kept


def test_everything_else_stays_to_the_letter() -> None:
    text = "a\tb\r\n👨‍👩‍👧 \u202eשלום\u202c e\u0301 \ufeff\u200b\x01"
    arrived = Incoming("web", "k", "a", text, name="名", files=(Promised("图.jpg"),), place=Place(1, 2, "县城"))
    assert cleaned(arrived) is arrived


@pytest.mark.parametrize("pile", ["\u0301\u0316", "\u0345\u0334", "\uff9e\u0334", "\u0f73\u0334"])
def test_an_endless_pile_of_accents_costs_no_time_and_loses_none(pile: str) -> None:
    text = f"路灯e{pile * 9_990}坏了"
    began = time.thread_time()
    shown = cleaned(Incoming("web", "k", "a", text)).text
    normalize("NFKC", shown)
    assert time.thread_time() - began < 0.15, "sorting 20,000 of them takes two to six times as long"
    assert shown.replace(PARTING, "") == text


def test_as_many_accents_as_languages_have_stay_to_the_letter() -> None:
    text = "路" * 300 + "e" + "\u0301" * MOST_PILED + "ガ" * 300 + "\uff9e" * MOST_PILED
    arrived = Incoming("web", "k", "a", text)
    assert cleaned(arrived) is arrived
