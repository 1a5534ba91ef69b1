"""A copy of one's data holds everything that is one's own, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from bot.archives import pack
from bot.filestore import FileStore
from domain.case import Role
from domain.directory import Department, Member
from handlers import export
from storage import directory, exports, unionids
from storage.tables import cases
from storage.transaction import Tx
from tests.handlers.test_erasure import ADDITION, ANSWER, MATTER, NAME, PHONE, SHOP
from tests.handlers.test_erasure import live as live_case
from tests.people import Official, Owner, Town
from tests.storage.test_erased_columns import texts

#: Of a case, but not the owner's words: the meeting at which it was taken, and the platform's name of the message.
OF_THE_OFFICE = {"occasion", "told_ref"}
HOSTILE = "../../<script>alert(1)</script>.jpg"


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner(NAME, enterprise=SHOP, phone=PHONE)


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def handler(town: Town) -> Official:
    return town.official("周承办", Role.HANDLER, Role.LIAISON, unit="gongdian")


def copy_of(town: Town, person: int, store: FileStore) -> zipfile.ZipFile:
    """The copy as the person gets it."""
    file = io.BytesIO()
    pack(town.read(export.gather, person, town.now), store, file)
    return zipfile.ZipFile(file)


def test_everything_of_ones_own_is_in_it(
    town: Town, owner: Owner, desk: Official, handler: Official, tmp_path: Path
) -> None:
    store = FileStore(tmp_path)
    store.put("漏油照片.jpg".encode())
    number = live_case(town, owner, desk, handler)
    with copy_of(town, owner.id, store) as archive:
        data, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
        assert archive.read(f"files/{number}/01-漏油照片.jpg") == "漏油照片.jpg".encode()
    assert (data["profile"]["name"], data["profile"]["enterprise"]) == (NAME, SHOP)
    assert [one["channel"] for one in data["doors"]] == ["web"]
    case = data["cases"][0]
    assert case["facts"] == MATTER
    assert any(ANSWER in step for step in case["steps"])
    assert any(ADDITION in step for step in case["steps"])
    assert case["ratings"][0]["words"] == "很不满意的话"
    assert {one["role"] for one in case["read_by"]} >= {"派单员"}
    assert any(number in one["text"] for one in data["messages"])
    for words in (MATTER, ADDITION, ANSWER, number, SHOP):
        assert words in page


def test_every_word_of_a_case_that_would_be_erased_is_in_it(small_town: Town) -> None:
    owner = small_town.owner(NAME)
    case = small_town.case(owner.file(MATTER)).id
    words = {column.name: f"words of {column.name}" for column in texts(cases)}
    statement = cases.update().where(cases.c.id == case).values(words)
    small_town.write(lambda tx: tx.connection.execute(statement))
    told = small_town.read(export.gather, owner.id, small_town.now).data["cases"][0].values()
    assert {name for name, text in words.items() if text not in told} == OF_THE_OFFICE


def test_what_platforms_and_the_directory_say_of_somebody_is_in_it(town: Town, desk: Official) -> None:
    def known(tx: Tx) -> None:
        unionids.keep(tx, "o6_the-same-everywhere", desk.id, town.now)
        directory.save_departments(tx, [Department(7, 1, "优化办")])
        directory.save_members(tx, [Member("chenlan", (7,), (), "陈岚", desk.id, town.now)])

    town.write(known)
    data = town.read(export.gather, desk.id, town.now).data
    assert data["unionids"] == ["o6_the-same-everywhere"]
    entry = {"userid": "chenlan", "name": "陈岚", "departments": ["优化办"], "left_at": None}
    assert data["directory"] == [entry]


def test_officials_stand_in_it_by_role_and_unit_only_and_other_owners_not_at_all(
    town: Town, owner: Owner, desk: Official, handler: Official, tmp_path: Path
) -> None:
    other = town.owner("赵启明", enterprise="启明印章厂", phone="+8613800000002")
    theirs = other.file("印章厂门口停电三天")
    live_case(town, owner, desk, handler)
    with copy_of(town, owner.id, FileStore(tmp_path)) as archive:
        whole = archive.read("data.json").decode() + archive.read("index.html").decode()
    for foreign in ("陈岚", "赵启明", "启明印章厂", "13800000002", "停电三天", theirs):
        assert foreign not in whole
    told = [message for message in (*owner.shown.values(),) if "周承办" in message.text]
    assert ("周承办" in whole) == bool(told)


def test_hostile_words_stay_words(town: Town, owner: Owner, tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(HOSTILE.encode())
    number = owner.file("<script>alert('x')</script> & <img src=x>")
    owner.card(number)
    owner.tap("补充情况")
    owner.send(HOSTILE, text="见图")
    with copy_of(town, owner.id, store) as archive:
        page = archive.read("index.html").decode()
        assert "<script" not in page
        assert "<img" not in page
        for name in archive.namelist():
            assert ".." not in PurePosixPath(name).parts
            assert not name.startswith("/")
            assert "<" not in name


def test_a_few_copies_a_day_are_enough(town: Town, owner: Owner) -> None:
    for _copy in range(3):
        owner.say("/mydata")
        owner.heard("正在整理您的资料")
        wanted = town.write(exports.wanted)
        assert wanted
        town.write(exports.made, wanted.id, owner.address_id, "0" * 64, 1, town.now)
    owner.say("/mydata")
    owner.heard("您今天已经要过几份了")


def test_a_copy_that_cannot_be_made_is_given_up(town: Town, owner: Owner) -> None:
    owner.say("/mydata")
    tries = [town.write(exports.wanted) for _try in range(exports.MOST_TRIES + 1)]
    assert [one is not None for one in tries] == [True] * exports.MOST_TRIES + [False]


def test_nobody_has_no_copy(town: Town) -> None:
    with pytest.raises(export.Nobody):
        town.read(export.gather, 999_999, town.now)
