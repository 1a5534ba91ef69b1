"""Anybody says anything at any time: everybody is answered, and the office's promises hold.

QINQING_WALKS (how many walks) and QINQING_STEPS (steps of each) make it walk longer; a seed always walks the same way.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from domain.messages import Incoming
from storage.tables import addresses
from storage.transaction import Tx
from tests import copies
from tests import town as towns
from tests.handlers import kept_promises, walk
from tests.handlers.walk import Said, Walk

WALKS = int(os.environ.get("QINQING_WALKS", "4"))
STEPS = int(os.environ.get("QINQING_STEPS", "500"))


@pytest.fixture
def town(request: pytest.FixtureRequest) -> Iterator[towns.Town]:
    url = copies.place(request.param)
    built = towns.build(url, towns.FIRST_MORNING, towns.Town)
    yield built
    built.close()
    copies.forget(url)


def whose(tx: Tx) -> dict[str, int]:
    rows = tx.all(select(addresses.c.address, addresses.c.person_id))
    return {row.address: row.person_id for row in rows if row.person_id is not None}


def one_step(walker: Walk, same: dict[int, set[int]]) -> None:
    """A step, and what must be true after it. same: people who turned out to be one."""
    town, before, owners = walker.town, walker.seen, walker.town.read(whose)
    arrived = walker.step()
    for address, person in town.read(whose).items():
        if owners.get(address, person) != person:
            joined = same.get(person, {person}) | same.get(owners[address], {owners[address]})
            same.update(dict.fromkeys(joined, joined))
    said = town.read(walk.said_between, before)
    if arrived is not None:
        answered(walker, arrived, said)
    town.read(kept_promises.nobody_reads_what_is_not_theirs, said, town.now)
    town.read(kept_promises.at_most_one_open_talk)


def answered(walker: Walk, arrived: Incoming, said: list[Said]) -> None:
    replies = [one for one in said if one.reply and one.address == arrived.address]
    if sum(one.key == arrived.key for one in walker.sent) > 1:
        assert replies == [], f"a repeat was answered: {arrived}"
    elif not arrived.group and not arrived.edits:  # the same words again, and what is dealt with, need no answer
        assert replies, f"nobody answered: {arrived}"


def walked(town: towns.Town, seed: int) -> Counter[str]:
    walker = walk.begin(town, seed)
    same: dict[int, set[int]] = {}
    for number in range(STEPS):
        try:
            one_step(walker, same)
        except Exception as error:
            error.add_note(f"seed {seed}, step {number}, after {walker.sent[-1] if walker.sent else 'nothing'}")
            raise
    return town.read(kept_promises.everything, same)


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_breaks_no_promise(town: towns.Town, seed: int) -> None:
    made = walked(town, seed)
    assert made["file"] > 0, "nobody ever got through"


@pytest.mark.parametrize("town", ["postgresql"], indirect=True)
def test_a_walk_on_a_server_breaks_no_promise(town: towns.Town) -> None:
    assert walked(town, 1000)["file"] > 0
