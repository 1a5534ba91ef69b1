"""The chat and the pages hold to the same table: whatever anybody tries on a case in any place, from any chair.

A cell is (scene, person, way). What the rules allow is made and stands in the chain; what they do not allow changes
nothing. QINQING_CELLS is the share of the cells that lead nowhere which are tried (1 for all of them).
"""

import os
import random
from collections.abc import Collection, Iterator
from itertools import product
from typing import NoReturn

import pytest
from multidict import MultiDict
from sqlalchemy import func, select

from bot.board import acting, forms
from bot.board.sessions import Form
from domain.case import UNIT_ROLES, Role
from domain.errors import Refused, UnknownCase
from domain.rights import Right, may
from handlers.cards import MORE_BUTTONS, OFFICIAL_BUTTONS, OWNER_BUTTONS
from handlers.turn import at_desk
from storage import people
from storage.tables import cases, events
from storage.transaction import Tx
from tests import town as towns
from tests.databases import empty_database_url
from tests.domain.moves_again import SEES, SEES_WITHOUT_UNITS, expected, has_parts
from tests.domain.places import REFUSALS
from tests.handlers import any_talk, scenes
from tests.handlers.scenes import FACTS, SCENES, SITTING, Scene, Stage

SHARE = float(os.environ.get("QINQING_CELLS", "0.05"))
#: What a button leads to beside the moves it is named after.
ALSO = {"take": {"accept", "dispatch"}}
FLOWS: dict[str, set[str]] = {}
for _move, _flow, _label in (*OFFICIAL_BUTTONS, *MORE_BUTTONS, *OWNER_BUTTONS):
    FLOWS.setdefault(_flow, set(ALSO.get(_flow, ()))).add(_move)
#: Buttons for one of the roles that may make a move: the others have their own.
ONLY = {"take": ("dispatcher",), "overturn": ("approver",), "rate": ("own owner",), "call": scenes.VISITORS}
#: Whose pages show cases.
OFFICIALS = [name for name, chairs in SITTING.items() if may(Right.BOARD_CASES, *(role for _c, role, _u in chairs))]
#: A day after every limit that runs, and not too far after it.
WANTED = "2026-03-09"


class Undone(Exception):
    """What was tried is taken back, and this is what came of it."""

    def __init__(self, made: list[str], same: bool, said: str, status: str = "") -> None:
        super().__init__(said)
        self.made, self.same, self.said, self.status = made, same, said, status


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    town = towns.build(empty_database_url("sqlite"), towns.FIRST_MORNING, towns.Town)
    yield scenes.build(town)
    town.close()


def outcome(stage: Stage, trial: object, scene: Scene, *args: object) -> Undone:
    scenes.decide_for(stage.town, scene)
    with pytest.raises(Undone) as undone:
        stage.town.write(trial, stage, scene, *args)  # type: ignore[arg-type]
    return undone.value


def taken_back(tx: Tx, before: object, known: int, said: str, status: str = "") -> NoReturn:
    made = [row.move for row in tx.all(select(events.c.move).where(events.c.id > known).order_by(events.c.id))]
    raise Undone(made, scenes.dump(tx) == before, said, status)


def last_event(tx: Tx) -> int:
    return tx.all(select(func.max(events.c.id).label("last")))[0].last or 0


# --- the ways ---------------------------------------------------------------------------------------------------


def by_chat(tx: Tx, stage: Stage, scene: Scene, name: str, flow: str) -> None:
    before, known = scenes.dump(tx), last_event(tx)
    answers = (typed(stage).get(flow, "写给对方的话说清楚"), "写给对方的话")
    said = any_talk.go_through(tx, name, f"f:{flow}:{stage.cases[scene.name]}", answers, stage.town.now)
    taken_back(tx, before, known, any_talk.read(said))


def typed(stage: Stage) -> dict[str, str]:
    """What is typed first where words alone are no answer."""
    return {"ask_time": WANTED, "merge": stage.another, "repay": "48600", "recuse": "某handler of foreign"}


def by_page(tx: Tx, stage: Stage, scene: Scene, name: str, move: str) -> None:
    before, known = scenes.dump(tx), last_event(tx)
    person = people.get(tx, stage.persons[name])
    number = tx.all(select(cases.c.number).where(cases.c.id == stage.cases[scene.name]))[0].number
    assert person is not None
    turn = at_desk(tx, person, stage.town.now)
    said, status = "", "303"
    try:
        acting.make(turn, number, move, filled(stage, name, move))
    except Refused as refusal:
        said, status = str(refusal).replace(number, ""), type(refusal).__name__
    taken_back(tx, before, known, said, status)


def filled(stage: Stage, name: str, move: str) -> Form:
    """A form with something sensible in every field."""
    units = {code: str(stage.town.units[code]) for code in (scenes.LEAD, "gongdian")}
    sent = MultiDict(
        {
            "text": "写给对方的话",
            "lead": units[scenes.LEAD],
            "better": units["gongdian"],
            "outcome": "solved",
            "solved": "yes",
            "level": "5",
            "date": WANTED,
            "kind": "suggestion",
            "into": stage.another,
            "body": "市信访局",
            "amount_fen": "48600",
            "person": str(stage.persons["handler of foreign"]),
            "ground": "sued" if move == "propose_termination" else "scope",
        }
    )
    colleague = COLLEAGUES.get(name)
    if colleague is None:
        sent["unit"] = units["gongdian"]
    else:
        sent["handler"] = str(stage.persons[colleague])
    return Form(sent)


#: Who in the same unit gets somebody's part.
COLLEAGUES = {
    f"{role} of {place}": f"{'liaison' if role is Role.HANDLER else 'handler'} of {place}"
    for place in ("lead", "assisting", "foreign")
    for role in UNIT_ROLES
}


# --- what is expected -------------------------------------------------------------------------------------------


def allowed(scene: Scene, name: str, move: str, only: Collection[str] = ()) -> bool:
    place = scenes.place_of(scene, name)
    chairs = [chair for chair in scenes.chairs(scene, name) if not only or chair in only]
    return any(expected(move, place, chair) not in REFUSALS for chair in chairs)


def sees(scene: Scene, name: str) -> bool:
    readers = SEES if has_parts(scene.place) else SEES_WITHOUT_UNITS
    return any(chair in readers for chair in scenes.chairs(scene, name))


def tried(scene: Scene, leads_somewhere: dict[tuple[str, str], bool]) -> list[tuple[str, str]]:
    """Every cell that leads somewhere, and a share of the others."""
    rng = random.Random(scene.name)
    return [cell for cell, somewhere in leads_somewhere.items() if somewhere or rng.random() < SHARE]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_chat_makes_what_the_rules_allow_and_nothing_else(stage: Stage, scene: Scene) -> None:
    cells = {
        (name, flow): any(allowed(scene, name, move, ONLY.get(flow, ())) for move in moves)
        for name, (flow, moves) in product(SITTING, FLOWS.items())
    }
    wrong = []
    for name, flow in tried(scene, cells):
        came = outcome(stage, by_chat, scene, name, flow)
        made = bool(set(came.made) & FLOWS[flow])
        if made != cells[name, flow] or came.same == made or (FACTS in came.said and not sees(scene, name)):
            wrong.append((name, flow, cells[name, flow], came.made, came.said))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_pages_make_what_the_rules_allow_and_nothing_else(stage: Stage, scene: Scene) -> None:
    cells = {(name, move): allowed(scene, name, move) for name, move in product(OFFICIALS, forms.FORMS)}
    wrong = []
    for name, move in tried(scene, cells):
        came = outcome(stage, by_page, scene, name, move)
        made = came.made[:1] == [move]
        hidden = sees(scene, name) or came.status == UnknownCase.__name__
        if (made, came.same, came.status == "303") != (cells[name, move], not made, made) or not hidden:
            wrong.append((name, move, cells[name, move], came.made, came.status, came.said))
    assert not wrong, "\n".join(map(str, wrong))
