"""No character that a database refuses reaches it, wherever in an arrival it stands; everything else does."""

from domain.messages import Incoming, Place, Promised
from handlers.cleaning import cleaned

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
