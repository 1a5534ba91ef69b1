"""Thousands of moves by many people, in any order, at any time: what must be true of a case is true after each.

QINQING_HISTORIES (how many) and QINQING_MOVES (steps of each) make it longer; a seed always makes the same history.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from domain.case import ENDED
from domain.errors import Refused
from tests import copies
from tests import town as towns
from tests.handlers import histories, invariants
from tests.handlers.histories import Attempt, History
from tests.handlers.invariants import Picture

HISTORIES = int(os.environ.get("QINQING_HISTORIES", "4"))
STEPS = int(os.environ.get("QINQING_MOVES", "500"))
ROUNDS = int(os.environ.get("QINQING_ROUNDS", "40"))
FIRST = int(os.environ.get("QINQING_FIRST_HISTORY", "0"))


@pytest.fixture
def town(request: pytest.FixtureRequest) -> Iterator[towns.Town]:
    url = copies.place(request.param)
    built = towns.build(url, towns.FIRST_MORNING, towns.Town)
    yield built
    built.close()
    copies.forget(url)


def held(
    history: History, before: dict[int, Picture], after: dict[int, Picture], last: int, one: Attempt | None
) -> None:
    """Every case that changed is sound, its dates have not come nearer, and whoever's case ended was told.

    What owners do themselves is answered where they do it.
    """
    town = history.town
    said = town.read(invariants.said_after, last)
    for number, new in after.items():
        old = before.get(number)
        if old == new:
            continue
        town.read(invariants.sound, new, town.now)
        if old is None:
            continue
        invariants.no_nearer(old, new)
        own = one is not None and (one.case, one.person) == (number, new.case.owner)
        if new.case.status in ENDED and old.case.status is not new.case.status and not own:
            town.read(invariants.told_of_its_end, new.case, said)


def live(town: towns.Town, seed: int, steps: int) -> Counter[str]:
    history, ids = histories.begin(town, seed), list[int]()
    before: dict[int, Picture] = {}
    last = 0
    for number in range(steps):
        try:
            _what, one = histories.step(history, ids, town.read(histories.still_open))
            after = before | town.read(invariants.picture, touched(town, before, one, ids))
            held(history, before, after, last, one)
        except BaseException as error:
            error.add_note(f"seed {seed}, step {number}:\n" + "\n".join(told(history, ids)))
            raise
        before = after
        last = max([last, *(row.id for row in town.read(invariants.said_after, last))])
    return Counter(history.made)


def told(history: History, ids: list[int]) -> list[str]:
    """The last steps, and every move of the case the last one was about."""
    last = history.log[-1] if history.log else ""
    case = next((f"case={number}," for number in ids if f"case={number}," in last), "nothing")
    return [*(line for line in history.log if case in line and "refused" not in line), *history.log[-4:]]


def touched(town: towns.Town, before: dict[int, Picture], one: Attempt | None, ids: list[int]) -> list[int]:
    """The cases a step may have changed: its case with everything that is or was joined; all where time went on."""
    if one is None:
        return ids
    group = {one.case, one.facts.get("into")}
    near = {n for n, p in before.items() if p.case.merged_into in group or {n, p.case.merged_into} & group}
    return sorted((group | near | {before[n].case.merged_into for n in near}) - {None})


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(FIRST, FIRST + HISTORIES))
def test_a_history_breaks_no_rule(town: towns.Town, seed: int) -> None:
    made = live(town, seed, STEPS)
    assert sum(made.values()) > STEPS / 2
    assert len(made) > 20, made


# --- two at once ------------------------------------------------------------------------------------------------


def tries(history: History, mine: list[Attempt], errors: list[BaseException], made: list[str]) -> None:
    """One writer's moves, one after the other; a refusal is an answer, anything else is kept."""
    for one in mine:
        try:
            history.town.write(histories.attempt, history, one)
            made.append(one.move)
        except Refused:
            continue
        except BaseException as error:
            errors.append(error)


def at_once(history: History) -> list[str]:
    """Two writers on the same cases at the same time: often the very same move. Returns what was made."""
    errors: list[BaseException] = []
    made: list[str] = []
    some = history.town.read(histories.still_open)[-4:]
    first, other = ([history.town.read(histories.choose, history, some) for _n in range(4)] for _writer in range(2))
    second = [mine if history.rng.random() < 0.5 else one for mine, one in zip(first, other, strict=True)]
    writers = [threading.Thread(target=tries, args=(history, mine, errors, made)) for mine in (first, second)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert not errors, errors
    return made


@pytest.mark.parametrize("town", ["postgresql"], indirect=True)
def test_two_at_once_break_no_rule(town: towns.Town) -> None:
    history, ids = histories.begin(town, 7), list[int]()
    before: dict[int, Picture] = {}
    made: list[str] = []
    for number in range(ROUNDS):
        while len(town.read(histories.still_open)) < 4:
            histories.file_one(history, ids)
        made += at_once(history)
        if number % 8 == 7:
            histories.later(history)
        after = town.read(invariants.picture, ids)
        for case, new in after.items():
            town.read(invariants.sound, new, town.now)
            if case in before:
                invariants.no_nearer(before[case], new)
        before = after
    assert len(made) > ROUNDS
