"""Whoever has no right to a case is answered as if there were none: in the chat, by search, and on the pages.

Each thing is done twice, once with a case there is and once with one there is not; but for what the person wrote
themselves the answers are the same, and nothing is written, not even that somebody looked.
"""

import os
import random
import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update

from bot.board import acting, rows
from bot.board.sessions import Form
from domain.errors import Refused
from handlers import casework
from handlers.cards import MORE_BUTTONS, OFFICIAL_BUTTONS, OWNER_BUTTONS
from handlers.registry import FLOWS
from handlers.turn import Turn, at_desk
from storage import cases, people, tables
from storage.transaction import Tx
from tests import town as towns
from tests.databases import empty_database_url
from tests.domain.moves_again import SEES, SEES_WITHOUT_UNITS, has_parts
from tests.handlers import any_talk, scenes
from tests.handlers.scenes import ENTERPRISE, FACTS, SCENES, SITTING, Scene, Stage

SOME = ("filed", "handling", "extension", "answered", "withdrawn", "merged")
BY_NAME = {scene.name: scene for scene in SCENES}
#: Flows that say a new code, or the time of something, whenever they are begun.
OTHERWISE_EACH_TIME = {"device", "board", "mydata", "privacy"}
#: So many ways each of these people tries.
SHARE = int(os.environ.get("QINQING_WAYS", "9"))
NOBODYS = 987654

Prepare = Callable[[Tx, Stage, int, int], None]


class Answered(Exception):
    """What came of it; everything is taken back."""

    def __init__(self, said: str, same: bool) -> None:
        super().__init__(said)
        self.said, self.same = said, same


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    town = towns.build(empty_database_url("sqlite"), towns.FIRST_MORNING, towns.Town)
    yield scenes.build(town)
    town.close()


def strangers(scene: Scene) -> list[str]:
    """Everybody who may not see the case."""
    readers = SEES if has_parts(scene.place) else SEES_WITHOUT_UNITS
    return [name for name in SITTING if readers.isdisjoint(scenes.chairs(scene, name))]


# --- two worlds: one in which the case is, and one in which it is not ---------------------------------------------


def answered(stage: Stage, trial: Callable[..., str], *args: object, prepare: Prepare | None = None) -> str:
    """What somebody hears; that they asked has changed nothing about any case, and no reading is on record."""

    def run(tx: Tx) -> None:
        if prepare is not None:
            prepare(tx, stage, *args[-2:])  # type: ignore[arg-type]
        before = kept(tx)
        said = trial(tx, stage, *args)
        raise Answered(said, kept(tx) == before)

    with pytest.raises(Answered) as found:
        stage.town.write(run)
    assert found.value.same, (args, found.value.said)
    return found.value.said


def kept(tx: Tx) -> list[object]:
    readings = [tuple(row) for row in tx.all(select(tables.readings))]
    return [scenes.dump(tx), readings]


def chat(tx: Tx, stage: Stage, name: str, wording: str, person: int, case: int) -> str:
    """Somebody taps or types; their own words do not count."""
    number = number_of(tx, case)
    sent = wording.format(id=case, number=number)
    now = stage.town.now
    said = any_talk.press(tx, name, sent, now) if sent.startswith("f:") else any_talk.say(tx, name, sent, now)
    return re.sub(rf"(?<!\d)({number}|{case})(?!\d)", "#", any_talk.read(said))


def number_of(tx: Tx, case: int) -> str:
    found = cases.get(tx, case)
    return found.number if found else "20260303-9876"


TYPED = (
    "{number}",
    "/case {number}",
    "/case {id}",
    "/story {number}",
    "/why {number}",
    "/search {number}",
    "f:case:{number}",
    "f:merge:{id}.{id}",
    "f:take:{id}.1",
    "f:rate:{id}.yes",
)


#: What cards and lists lead to for a case.
OF_CASES = {flow for table in (OFFICIAL_BUTTONS, MORE_BUTTONS, OWNER_BUTTONS) for _move, flow, _label in table}
READING = {"case", "story", "why", "more", "readers"}


def ways(name: str, salt: str) -> list[str]:
    """What this person tries; the flows of an administrator are opened by numbers of people, not of cases."""
    flows = OF_CASES | READING if name == "administrator" else set(FLOWS) - OTHERWISE_EACH_TIME
    every = [*TYPED, *(f"f:{flow}:{{id}}" for flow in sorted(flows))]
    return random.Random(name + salt).sample(every, min(SHARE, len(every)))


@pytest.mark.parametrize("scene", SOME)
def test_a_guessed_number_is_answered_like_one_there_is_not(stage: Stage, scene: str) -> None:
    wrong = []
    for name in strangers(BY_NAME[scene]):
        for way in ways(name, scene):
            person, case = stage.persons[name], stage.cases[scene]
            real = answered(stage, chat, name, way, person, case)
            none = answered(stage, chat, name, way, person, NOBODYS)
            if real != none:  # lists of their own, which may name like matters, are the same both times
                wrong.append((name, way, real, none))
    assert not wrong, "\n".join(map(str, wrong[:5]))


@pytest.mark.parametrize("words", [FACTS[3:7], "bianyaqi", ENTERPRISE, "0003", "13900000001"])
def test_a_search_finds_nothing_of_what_one_may_not_see(stage: Stage, words: str) -> None:
    everywhere = set.intersection(*(set(strangers(scene)) for scene in SCENES))
    assert len(everywhere) > 4
    for name in sorted(everywhere):
        said = answered(stage, chat, name, f"/search {words}", stage.persons[name], stage.cases["filed"])
        assert FACTS[:5] not in said, (name, said)
        filed = stage.town.read(number_of, stage.cases["filed"])
        assert filed not in said, (name, said)


# --- rights that are lost -----------------------------------------------------------------------------------------


def left(tx: Tx, stage: Stage, person: int, case: int) -> None:
    """Every role of the person ends."""
    tx.execute(update(tables.roles).where(tables.roles.c.person_id == person).values(until=stage.town.now))


def about_them(tx: Tx, stage: Stage, person: int, case: int) -> None:
    """The case turns out to be about the person."""
    if case != NOBODYS:
        actor = people.holdings(tx, stage.persons["supervisor"], stage.town.now)[0].actor
        casework.act(tx, case, "recuse", actor, stage.town.now, quietly=True, person=person)


@pytest.mark.parametrize("prepare", [left, about_them])
@pytest.mark.parametrize("name", ["handler of lead", "liaison of assisting", "head of lead", "dispatcher", "approver"])
def test_an_old_button_tells_nothing_to_who_lost_the_right(stage: Stage, name: str, prepare: Prepare) -> None:
    wrong = []
    for way in (*TYPED, *(f"f:{flow}:{{id}}" for flow in random.Random(name).sample(sorted(OF_CASES | READING), 10))):
        person, case = stage.persons[name], stage.cases["extension"]
        real = answered(stage, chat, name, way, person, case, prepare=prepare)
        none = answered(stage, chat, name, way, person, NOBODYS, prepare=prepare)
        if real != none or FACTS in real:
            wrong.append((way, real, none))
    assert not wrong, "\n".join(map(str, wrong[:5]))


# --- the pages ----------------------------------------------------------------------------------------------------


def page(tx: Tx, stage: Stage, look: Callable[[Turn, str], object], person: int, case: int) -> str:
    found, number = people.get(tx, person), number_of(tx, case)
    assert found is not None
    try:
        return str(look(at_desk(tx, found, stage.town.now), number))
    except Refused as refusal:
        return f"{type(refusal).__name__} {refusal}".replace(number, "#")


def opened(turn: Turn, number: str) -> object:
    return rows.seen(turn, number)


def posted(move: str) -> Callable[[Turn, str], object]:
    return lambda turn, number: acting.make(turn, number, move, Form({"text": "x", "once": "1"}))  # type: ignore[arg-type]


@pytest.mark.parametrize("scene", SOME)
def test_the_pages_answer_a_guessed_number_like_one_there_is_not(stage: Stage, scene: str) -> None:
    for name in [*strangers(BY_NAME[scene]), "owner"]:
        for look in (opened, *map(posted, ("accept", "take", "sign", "answer", "refuse", "nonsense"))):
            real = answered(stage, page, look, stage.persons[name], stage.cases[scene])
            none = answered(stage, page, look, stage.persons[name], NOBODYS)
            assert real == none, (name, look)
            assert real.startswith("UnknownCase"), (name, real)


def test_the_strangers_are_those_meant() -> None:
    assert {"another owner", "idle inspector", "custodian", "administrator"} <= set(strangers(BY_NAME["handling"]))
    assert "handler of foreign" in strangers(BY_NAME["handling"])
    assert "handler of lead" in strangers(BY_NAME["filed"])
