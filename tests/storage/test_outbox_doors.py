"""What a door cannot show at once stands in line as several messages, each said once and in its order."""

from __future__ import annotations

from typing import Any

from domain.messages import Attachment, Button, Message, Promised
from storage import files, outbox, outgoing, people, pulled
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.people import Address
from tests.people import Town

BUTTON = ((Button("好", "f:my"),),)


def door(town: Town, channel: str = "telegram") -> Address:
    """Somebody's address on a platform."""
    address, _person = town.write(people.meet, channel, "42", "zh_CN", town.now)
    return address


def photo(town: Town, name: str, media: str = "image/jpeg") -> Attachment:
    """A file of the office."""
    return town.write(files.add, Promised(name, media, 3, "0" * 64), "web", None, town.now).attachment


def say(town: Town, to: Address, message: Message, **more: Any) -> bool:
    return bool(town.write(outbox.say, to, None, message, town.now, **more))


def line(town: Town, channel: str = "telegram") -> list[Outgoing]:
    """What is to be sent, in its order."""
    return town.read(outgoing.outgoing, channel, town.now, frozenset(), 500)


def shown(town: Town) -> list[Outgoing]:
    """What was in line, after the platform has taken it."""
    taken = line(town)
    town.write(outbox.sent, [(one.id, f"42/{one.id}") for one in taken], town.now)
    return taken


def test_a_short_message_is_one_row(town: Town) -> None:
    say(town, door(town), Message("三天没电了", title="诉求", buttons=BUTTON))
    assert [one.message.text for one in line(town)] == ["三天没电了"]


def test_a_long_one_is_several_and_each_is_reported_once(town: Town) -> None:
    say(town, door(town), Message("好" * 9000, title="答复", buttons=BUTTON), about="visit:1:1", priority=Priority.TASK)
    told = line(town)
    assert "".join(one.message.text for one in told) == "好" * 9000
    assert [one.message.title for one in told] == ["答复", "", ""]
    assert [bool(one.message.buttons) for one in told] == [False, False, True]
    assert [one.about for one in told] == ["", "", "visit:1:1"]
    assert {one.priority for one in told} == {Priority.TASK}


def test_at_the_web_page_it_stays_whole(town: Town) -> None:
    file = photo(town, "a.jpg")
    say(town, door(town, "web"), Message("好" * 9000, files=(file,), buttons=BUTTON))
    (only,) = line(town, "web")
    assert (len(only.message.text), only.message.files) == (9000, (file,))


def test_at_the_web_page_a_card_with_a_file_takes_the_place_of_the_one_before(town: Town) -> None:
    file, page = photo(town, "a.jpg"), door(town, "web")
    for words in ("请签收", "已签收"):
        say(town, page, Message(words, files=(file,), card="case:1"))
        town.write(pulled.release, page.id, town.now)
    first, second = town.read(pulled.since, page.id, 0)
    assert (first.replaces, second.replaces) == (None, first.position)


def test_files_come_first_pictures_together(town: Town) -> None:
    pictures = tuple(photo(town, f"{n}.jpg") for n in range(12))
    paper = photo(town, "合同.pdf", "application/pdf")
    say(town, door(town), Message("三天没电了", files=(*pictures, paper)))
    assert [len(one.message.files) for one in line(town)] == [10, 2, 1, 0]
    assert line(town)[-1].message.text == "三天没电了"


def test_a_card_shows_each_of_its_files_once(town: Town) -> None:
    to, first, second = door(town), photo(town, "1.jpg"), photo(town, "2.jpg")
    say(town, to, Message("待受理", files=(first,), card="case:1"))
    assert [one.message.files for one in shown(town)] == [(first,), ()]
    say(town, to, Message("已受理", files=(first, second), card="case:1"))
    files_row, card = shown(town)
    assert (files_row.message.files, files_row.replaces) == ((second,), "")
    assert card.message.text == "已受理"
    assert card.replaces
    say(town, to, Message("已交办", files=(first, second), card="case:1"))
    assert [one.message.files for one in shown(town)] == [()]
    say(town, to, Message("另一件", files=(first,), card="case:2"))
    assert [one.message.files for one in shown(town)] == [(first,), ()]


def test_a_long_card_is_changed_part_by_part(town: Town) -> None:
    to = door(town)
    say(town, to, Message("甲" * 5000, title="答复", card="case:1"))
    before = shown(town)
    say(town, to, Message("乙" * 5000, title="答复", card="case:1"))
    assert [one.replaces for one in shown(town)] == [f"42/{one.id}" for one in before]


def test_what_stands_in_line_already_is_not_said_again_in_parts(town: Town) -> None:
    to, file = door(town), photo(town, "1.jpg")
    message = Message("好" * 5000, files=(file,))
    assert say(town, to, message, dedupe="announce:1", once=True)
    assert not say(town, to, message, dedupe="announce:1", once=True)
    told = line(town)
    assert len(told) == 3
    assert all(one.once for one in told)
