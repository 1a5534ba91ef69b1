"""An album is one message, whatever the platform makes of it, and nothing of it is lost or taken twice."""

from __future__ import annotations

import pytest

from domain.messages import Incoming
from handlers import dispatch, erasure
from handlers.albums import LEFT_AFTER, joined
from handlers.registry import FLOWS
from storage import albums, files, inbox
from tests.people import Owner, Person, Town, number_in

SIX = tuple(f"照片{n}.jpg" for n in range(6))


@pytest.fixture
def owner(town: Town) -> Owner:
    owner = town.phone("林晓", Owner)
    owner.say("您好")
    owner.read_all()
    return owner


def names_of(town: Town, number: str) -> list[str]:
    return [one.name for one in town.read(files.of_case, town.case(number).id)]


def test_an_album_with_words_is_offered_once_with_all_its_photos(town: Town, owner: Owner) -> None:
    owner.album("a1", *SIX, text="门口的路灯坏了")
    owner.silent()
    owner.settle("a1")

    owner.heard("门口的路灯坏了")
    owner.silent()
    owner.tap("诉求")
    owner.tap("同意")
    owner.say("晓林面馆")
    owner.say("13800000001")
    owner.tap("提交")
    assert names_of(town, number_in(owner.heard("您的编号是"))) == list(SIX)


def test_it_may_be_the_first_thing_somebody_sends(town: Town) -> None:
    owner = town.phone("林晓", Owner)
    owner.album("a1", *SIX[:2], text="门口的路灯坏了")
    owner.settle("a1")

    owner.heard("门口的路灯坏了")
    owner.silent()


def test_ten_parts_out_of_order_and_repeated_keep_the_order_they_were_sent_in(town: Town, owner: Owner) -> None:
    ten = tuple(f"{n}.jpg" for n in range(10))
    owner.album("a1", *ten, text="路面", order=[9, 3, 0, 1, 8, 2, 2, 9, 7, 4, 6, 5])
    owner.settle("a1")
    assert [file.name for file in of(town, owner)] == list(ten)


def of(town: Town, owner: Person) -> list[files.FileRecord]:
    return town.read(files.many, range(1, 50))


def test_in_the_middle_of_a_talk_it_is_the_answer(town: Town, owner: Owner) -> None:
    for words in ("/file", "同意", "诉求"):
        owner.say(words)
    owner.album("a1", *SIX[:3], text="店门口积水")
    owner.settle("a1")

    owner.say("晓林面馆")
    owner.say("13800000001")
    assert ("照片和文件", "3个文件") in owner.heard("请核对").facts


def test_as_a_supplement_all_of_it_joins_the_case(town: Town, owner: Owner) -> None:
    for words in ("/file", "同意", "诉求", "店门口积水", "晓林面馆", "13800000001", "提交"):
        owner.say(words)
    number = number_in(owner.heard("您的编号是"))
    owner.press(f"f:add:{town.case(number).id}")
    owner.album("a1", *SIX[:2], text="又淹了")
    owner.settle("a1")

    owner.heard("已补充")
    assert names_of(town, number) == list(SIX[:2])


def test_what_is_said_after_it_is_taken_after_it(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("同意")
    owner.tap("诉求")
    owner.album("a1", *SIX[:2], text="店门口积水")
    owner.say("晓林面馆")

    owner.heard("哪家企业")
    owner.heard("电话")
    owner.settle("a1")
    owner.silent()


def test_a_late_part_is_not_lost(town: Town, owner: Owner) -> None:
    owner.album("a1", *SIX[:2], text="店门口积水")
    owner.settle("a1")
    owner.album("a1", "迟到.jpg")
    owner.settle("a1")

    owner.heard("收到1个文件，已加到您说的情况里")


def test_two_albums_at_once_are_two(town: Town, owner: Owner) -> None:
    owner.album("a1", *SIX[:2], text="店门口积水")
    owner.album("a2", *SIX[2:4])
    assert town.read(albums.of_address, "telegram", owner.address) == ["a1", "a2"]
    owner.settle("a2")
    owner.settle("a1")
    assert town.read(albums.of_address, "telegram", owner.address) == []
    assert len(of(town, owner)) == 4


def test_while_parts_still_come_nothing_is_taken(town: Town, owner: Owner) -> None:
    owner.album("a1", *SIX[:2], text="店门口积水")
    before = town.now
    town.sleep(hours=0.001)
    owner.album("a1", SIX[2])
    town.write(dispatch.gather, "telegram", owner.address, "a1", town.now, before)
    owner.silent()
    owner.settle("a1")
    assert len(of(town, owner)) == 3


def test_what_a_killed_process_left_is_taken_by_the_clock(town: Town, owner: Owner) -> None:
    owner.album("a1", *SIX[:2], text="店门口积水")
    town.sleep(hours=LEFT_AFTER.total_seconds() / 3600)
    town.tick()
    town.tick()

    owner.heard("店门口积水")
    owner.silent()


def test_one_the_program_fails_on_is_set_aside_whole_and_what_follows_is_answered(
    town: Town, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise KeyError("a mistake of the program")

    monkeypatch.setitem(FLOWS, "offer", replaced(broken))
    owner.album("a1", *SIX[:3], text="店门口积水")
    owner.say("/my")

    owner.heard("出了点问题")
    owner.heard("还没有")
    (failed,) = town.read(inbox.failed)
    assert failed.incoming is not None
    assert [file.name for file in failed.incoming.files] == list(SIX[:3])
    monkeypatch.undo()
    again = town.write(inbox.release, "telegram", failed.key)
    assert isinstance(again, Incoming)
    town.take(again)
    owner.heard("店门口积水")


def replaced(broken: object) -> object:
    flow = FLOWS["offer"]
    return type(flow)(flow.name, broken)  # type: ignore[arg-type]


def test_a_groups_album_is_none_of_our_business(town: Town) -> None:
    group = town.group()
    group.album("a1", *SIX[:2], text="大家看看")
    assert town.read(albums.of_address, "web", group.address) == []
    group.silent()


def test_who_is_erased_leaves_no_part_of_an_album(town: Town, owner: Owner) -> None:
    owner.album("a1", *SIX[:2])
    town.write(erasure.person, owner.id, town.now)
    assert town.read(albums.of_address, "telegram", owner.address) == []


def test_parts_are_joined_once_each_whatever_their_names() -> None:
    parts = [Incoming("x", str(n), "a", text=f"{n}", ref=ref) for n, ref in enumerate(("1/30", "1/9", "", "1/30"))]
    whole = joined(parts)
    assert whole.text.splitlines() == ["2", "1", "0"]
    assert whole.key == "album:2"
