"""A file too large for the platform is told to its sender with another way, and the rest of the message counts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from domain.errors import UnknownCode
from domain.messages import Incoming, Promised
from handlers import erasure, large_files
from handlers.too_large import PLATFORM_BYTES, VALID
from storage import files
from tests.people import Owner, Town

VIDEO = Promised("现场.mp4", "video/mp4", 35 * 1024 * 1024, "", "BAAC-1")
PHOTO = Promised("门口.jpg", "image/jpeg", 1000, "", "AgAC-1")
KEPT = Promised("现场.mp4", "video/mp4", VIDEO.size_bytes, "ab" * 32)


@pytest.fixture
def owner(town: Town) -> Owner:
    town.db.office = replace(town.db.office, url="https://office.example")
    owner = town.phone("林晓", Owner)
    owner.say("您好")
    owner.read_all()
    return owner


def send(owner: Owner, *sent: Promised, text: str = "") -> None:
    owner.unread.clear()
    key = owner.town.key()
    owner.town.take(Incoming("telegram", key, owner.address, text, files=sent, ref=f"ref-{key}"))


def code_in(text: str) -> str:
    found = re.search(r"https://office\.example/upload/(\S+)", text)
    assert found, text
    return found[1]


def names(town: Town) -> list[str]:
    return [one.name for one in town.read(files.many, range(1, 20))]


def test_it_is_told_with_its_name_its_size_the_limit_and_a_link(town: Town, owner: Owner) -> None:
    send(owner, VIDEO)

    said = owner.heard("现场.mp4").text
    for part in ("35 MB", "20 MB", "200 MB"):
        assert part in said
    code_in(said)
    owner.silent()
    assert names(town) == []


def test_the_rest_of_the_message_counts(town: Town, owner: Owner) -> None:
    send(owner, VIDEO, PHOTO, text="店门口积水")

    owner.heard("现场.mp4")
    owner.heard("店门口积水")
    assert names(town) == ["门口.jpg"]


def test_in_a_talk_the_question_stays(owner: Owner) -> None:
    for words in ("/file", "同意", "诉求"):
        owner.say(words)
    send(owner, VIDEO)
    assert "出了什么事" in owner.heard("现场.mp4").text
    owner.say("店门口积水")
    owner.heard("哪家企业")


def test_just_at_the_limit_it_comes_by_the_chat(town: Town, owner: Owner) -> None:
    send(owner, replace(VIDEO, size_bytes=PLATFORM_BYTES))
    assert names(town) == ["现场.mp4"]


def test_what_came_by_the_page_is_as_if_sent_in_the_chat(town: Town, owner: Owner) -> None:
    for words in ("/file", "同意", "诉求", "店门口积水"):
        owner.say(words)
    send(owner, VIDEO)
    code = code_in(owner.last.text)
    owner.say("晓林面馆")
    owner.say("13800000001")
    town.write(large_files.arrived, code, KEPT, town.now)
    town.show()

    owner.heard("收到1个")
    assert ("照片和文件", "1个文件") in owner.last.facts
    with pytest.raises(UnknownCode):
        town.write(large_files.arrived, code, KEPT, town.now)


@pytest.mark.parametrize("code", ["", "ABCDE-23456", "\x00", "x" * 300])
def test_a_code_nobody_gave_out_brings_nothing(town: Town, owner: Owner, code: str) -> None:
    with pytest.raises(UnknownCode):
        town.write(large_files.arrived, code, KEPT, town.now)
    assert names(town) == []


def test_a_link_ends_after_a_day_and_with_its_person(town: Town, owner: Owner) -> None:
    send(owner, VIDEO)
    code = code_in(owner.last.text)
    with pytest.raises(UnknownCode):
        town.write(large_files.arrived, code, KEPT, town.now + VALID * 1.01)
    town.write(erasure.person, owner.id, town.now)
    with pytest.raises(UnknownCode):
        town.write(large_files.arrived, code, KEPT, town.now)


def test_an_office_without_an_address_names_a_smaller_file_and_a_person(town: Town, owner: Owner) -> None:
    town.db.office = replace(town.db.office, url="")
    send(owner, VIDEO)

    said = owner.heard("现场.mp4").text
    for part in ("小一点", town.db.office.phone):
        assert part in said


def test_hostile_sizes_and_names_do_no_harm(town: Town, owner: Owner) -> None:
    send(owner, *(replace(VIDEO, name="长" * 5000, size_bytes=10**18) for _time in range(30)))
    assert len(owner.last.text) < 1500
