"""Erasing somebody takes along what platforms brought of them, and the names platforms gave their files."""

from __future__ import annotations

import json

from sqlalchemy import select

from handlers import erasure
from storage import file_refs, inbox
from storage.tables import file_refs as refs
from storage.tables import files
from storage.transaction import Tx
from tests.handlers.test_erasure import everything_kept
from tests.people import Owner, Town

TOLD = '{"update_id": 7, "message": {"chat": {"id": %s}, "from": {"first_name": "%s"}}}'
ESCAPED = json.dumps("林晓禾")[1:-1]


def shown_on_telegram(tx: Tx, person: int) -> int:
    """Every file of a person has a name on the platform from now on; returns how many."""
    found = tx.all(select(files.c.id).where(files.c.person_id == person))
    for row in found:
        file_refs.keep(tx, row.id, "telegram", f"photo:{row.id}")
    return len(found)


def refs_left(tx: Tx) -> int:
    return len(tx.all(select(refs)))


def test_files_a_platform_has_names_for_are_erased_with_their_names(town: Town) -> None:
    owner = town.phone("林晓", Owner)
    owner.send("门口.jpg")
    assert town.write(shown_on_telegram, owner.id)
    town.write(erasure.person, owner.id, town.now)
    assert town.read(refs_left) == 0


def test_a_name_for_a_file_that_was_erased_meanwhile_is_not_kept(town: Town) -> None:
    town.write(file_refs.keep, 4711, "telegram", "photo:1")
    assert town.read(refs_left) == 0


def test_what_of_theirs_could_not_be_understood_is_erased(town: Town) -> None:
    owner = town.phone("林晓禾", Owner)
    owner.say("您好")
    theirs, others = owner.address, f"1{owner.address}"
    for key, chat, name in (("1:7", theirs, "x"), ("1:8", others, "赵启明"), ("1:9", others, ESCAPED)):
        town.write(inbox.set_aside, "telegram", key, (TOLD % (chat, name)).encode(), "no update", town.now)
    town.write(erasure.person, owner.id, town.now)
    assert [one.key for one in town.read(inbox.failed)] == ["1:8"]


def test_the_name_of_their_chat_stands_nowhere_any_more(town: Town) -> None:
    owner = town.phone("林晓禾", Owner)
    ref = f"{owner.address}/9"
    owner.say("您好", ref=ref)
    owner.edit(ref, "您好啊")
    town.write(erasure.person, owner.id, town.now)
    assert [line for line in town.read(everything_kept).splitlines() if ref in line] == []
