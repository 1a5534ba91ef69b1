"""Random histories of an office, from one seed: many people make any move at any time, and time goes on."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from domain import lifecycle
from domain.case import OPEN, Actor, Case, Kind, Matter, Role, Status, Weight
from domain.errors import Refused
from handlers import casework, deliveries
from handlers.casework import Filed
from handlers.turn import at_desk
from scheduler import timetable
from storage import cases, deadlines, people
from storage.tables import addresses
from storage.transaction import Tx
from tests.town import Town

UNITS = ("zhujian", "jiaotong", "renshe", "gongdian")
OWNERS = ("甲", "乙", "丙")
#: Who works here: name → roles, each with its unit where it belongs to one.
OFFICIALS: dict[str, tuple[tuple[Role, str], ...]] = {
    "陈派": ((Role.DISPATCHER, ""),),
    "于派批": ((Role.DISPATCHER, ""), (Role.APPROVER, "")),
    "方批": ((Role.APPROVER, ""),),
    "纪督": ((Role.SUPERVISOR, ""),),
    "梁领": ((Role.LEADER, ""),),
    "项检": ((Role.INSPECTOR, ""),),
    **{f"联{unit}": ((Role.LIAISON, unit),) for unit in UNITS[:3]},
    **{f"承{unit}": ((Role.HANDLER, unit),) for unit in UNITS[:3]},
    **{f"首{unit}": ((Role.HEAD, unit),) for unit in UNITS[:3]},
    "全能": ((Role.LIAISON, "gongdian"), (Role.HANDLER, "gongdian"), (Role.HEAD, "gongdian")),
    "两边": ((Role.HANDLER, "zhujian"), (Role.LIAISON, "jiaotong")),
}
#: Nobody but the clock makes these.
ITSELF = frozenset({"file", "lapse", "silence", "follow", "succeed", "answer_with"})
MOVES = tuple(name for name in lifecycle.NAMES if name not in ITSELF)
#: Moves that are rarer than the rest, so that most cases live for a while.
RARE = dict.fromkeys(("withdraw", "transfer", "recuse"), 0.15) | dict.fromkeys(("terminate", "refuse", "censure"), 0.4)
MOST_OPEN = 14


@dataclass
class History:
    """A town, everybody in it by name, and a seed's dice."""

    town: Town
    rng: random.Random
    persons: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)

    @property
    def officials(self) -> list[int]:
        return [self.persons[name] for name in OFFICIALS]

    @property
    def owners(self) -> list[int]:
        return [self.persons[name] for name in OWNERS]


def begin(town: Town, seed: int) -> History:
    """Everybody comes in; one of them has a deputy for years."""
    history = History(town, random.Random(seed))
    for name in (*OWNERS, *OFFICIALS):
        history.persons[name] = town.write(_person, name, OFFICIALS.get(name, ()), town)
    return history


def _person(tx: Tx, name: str, roles: tuple[tuple[Role, str], ...], town: Town) -> int:
    _address, person = people.meet(tx, "web", f"page-{name}", "zh_CN", town.now, name=name)
    assert person is not None
    project = next(iter(town.projects.values()))
    for role, unit in roles:
        of_project = project if role is Role.INSPECTOR else None
        people.give_role(tx, person.id, role, town.now, town.units[unit] if unit else None, of_project)
    return person.id


# --- one step ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries something."""

    person: int
    case: int
    move: str
    facts: dict[str, Any]


def attempt(tx: Tx, history: History, one: Attempt) -> str:
    """Make the move; returns how it is refused, "" for made. Anything but a refusal is an error of the program."""
    person = people.get(tx, one.person)
    assert person is not None
    casework.move(at_desk(tx, person, history.town.now), one.case, one.move, **one.facts)
    return ""


def file(tx: Tx, history: History, filed: Filed, owner: int) -> int:
    """An owner files."""
    return casework.file(tx, filed, Actor(owner, Role.OWNER), owner, history.town.now).id


def choose(tx: Tx, history: History, ids: list[int]) -> Attempt:
    """Mostly a move that somebody may make now, sometimes any move by anybody."""
    rng = history.rng
    case = cases.get(tx, rng.choice(ids))
    assert case is not None
    everybody = [case.owner or 0, *history.officials]
    if rng.random() < 0.15:
        person, name = rng.choice([*history.owners, *everybody]), rng.choice(MOVES)
        return Attempt(person, case.id, name, facts_of(history, case, name, ids))
    live = tuple(deadlines.of_case(tx, case.id))
    names = [name for name in MOVES if any(case.status in row.origins for row in lifecycle.ROWS[name])]
    rng.shuffle(names)
    rng.shuffle(everybody)
    for name in names:
        if rng.random() > RARE.get(name, 1.0):
            continue
        for person in everybody:
            known = people.get(tx, person)
            actors = at_desk(tx, known, history.town.now).actors if known else []
            if any(lifecycle.may(case, name, actor, history.town.now, tx.office, live) for actor in actors):
                return Attempt(person, case.id, name, facts_of(history, case, name, ids))
    return Attempt(everybody[0], case.id, "urge", {})


def facts_of(history: History, case: Case, name: str, ids: list[int]) -> dict[str, Any]:
    """What somebody would say with the move; now and then something is missing or wrong."""
    rng, town = history.rng, history.town
    units = [town.units[unit] for unit in UNITS]
    lead, *others = rng.sample(units, 3)
    pending = [one.unit for one in case.approvals if one.matter is Matter.EXTENSION and one.unit]
    facts: dict[str, dict[str, Any]] = {
        "propose_refusal": {"ground": "scope"},
        "propose_termination": {"ground": "sued"},
        "return": {"better": rng.choice((0, lead))},
        "involve": {"unit": lead},
        "dispatch": {
            "lead": lead,
            "assisting": tuple(others[: rng.randint(0, 2)]),
            "weight": rng.choice(tuple(Weight)) if case.kind is Kind.REQUEST else None,
            "joint": rng.random() < 0.4,
        },
        "reassign": rng.choice(({"unit": lead}, {"handler": rng.choice((0, *history.officials))})),
        "ask_time": {"date": (town.now + timedelta(days=rng.randint(5, 40))).date().isoformat()},
        "grant_time": {"unit": rng.choice(pending)} if pending else {},
        "deny_time": {"unit": rng.choice(pending)} if pending else {},
        "answer": {"outcome": "solved"},
        "propose_answer": {"outcome": "explained"},
        "conclude": {"outcome": "explained"},
        "visit": {"solved": True, "level": 5},
        "redo": {"solved": False, "level": 1},
        "merge": {"into": rng.choice(ids)},
        "reclassify": {"kind": str(rng.choice(tuple(Kind)))},
        "transfer": {"body": "市信访局"},
        "repay": {"amount_fen": rng.randint(-1, 10**7)},
        "recuse": {"person": rng.choice(history.officials[6:])},
    }
    found = {"text": "写给对方的话", **facts.get(name, {})}
    if rng.random() < 0.03:
        found.pop(rng.choice(list(found)))
    return found


def later(history: History) -> None:
    """Time goes on, and every job runs; most people have their pages open."""
    town, rng = history.town, history.rng
    town.now += timedelta(minutes=rng.choice((1, 60, 60 * 5, 60 * 24, 60 * 24, 60 * 24 * 3)))
    if rng.random() < 0.8:
        for address in town.read(_addresses):
            town.write(deliveries.release, address, town.now)
    for job in timetable.JOBS:
        town.write(timetable.run, job, town.now)


def _addresses(tx: Tx) -> list[int]:
    return [row.id for row in tx.all(select(addresses.c.id))]


def step(history: History, ids: list[int], open_ids: list[int]) -> tuple[str, Attempt | None]:
    """Something happens. Returns (what, who tried what)."""
    rng = history.rng
    if len(open_ids) < 3 or (len(open_ids) < MOST_OPEN and rng.random() < 0.08):
        file_one(history, ids)
        return "file", None
    if rng.random() < 0.07:
        later(history)
        return "later", None
    some = open_ids if rng.random() < 0.85 else ids
    one = history.town.read(choose, history, some[-MOST_OPEN:])
    try:
        history.town.write(attempt, history, one)
    except Refused as refusal:
        history.log.append(f"{one} refused: {type(refusal).__name__}")
        return "refused", one
    history.log.append(f"{one} made")
    history.made[one.move] = history.made.get(one.move, 0) + 1
    return "made", one


def file_one(history: History, ids: list[int]) -> None:
    """Some owner files something."""
    kind = history.rng.choice(tuple(Kind))
    filed = Filed(kind, "门口的路灯坏了三天", named_unit=_accused(history), project=_project(history))
    ids.append(history.town.write(file, history, filed, history.rng.choice(history.owners)))


def _accused(history: History) -> int | None:
    return history.town.units[history.rng.choice(UNITS)] if history.rng.random() < 0.3 else None


def _project(history: History) -> int | None:
    return next(iter(history.town.projects.values())) if history.rng.random() < 0.3 else None


def still_open(tx: Tx) -> list[int]:
    """The cases that are not over; merged ones too."""
    return sorted(case.id for case in cases.in_status(tx, [*OPEN, Status.MERGED], 500))
