"""One town in which a case stands in every place of its life, and somebody sits in every chair before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from domain.case import Actor, Kind, Role
from handlers import casework
from handlers.casework import Filed
from handlers.flows.consent import CONSENT
from handlers.turn import at_desk
from storage import people, tables
from storage.transaction import Tx
from tests.domain.moves_again import Place
from tests.town import Town

LEAD, ASSISTING, FOREIGN = "zhujian", "jiaotong", "renshe"
#: Said in every case, and to be read by nobody who may not see it.
FACTS = "门口的变压器三个月没有装上"
ENTERPRISE = "欧阳甲甲五金"

#: Who sits in which chair of the rules: name → (chair, role, unit).
SITTING: Mapping[str, tuple[tuple[str, Role, str], ...]] = {
    "owner": (("own owner", Role.OWNER, ""),),
    "another owner": (("another owner", Role.OWNER, ""),),
    **{
        f"{role} of {place}": ((f"{role} of {place}", role, unit),)
        for place, unit in (("lead", LEAD), ("assisting", ASSISTING), ("foreign", FOREIGN))
        for role in (Role.HANDLER, Role.LIAISON, Role.HEAD)
    },
    "inspector": (("inspector of its project", Role.INSPECTOR, ""),),
    "idle inspector": (("inspector of projectless", Role.INSPECTOR, ""),),
    "dispatcher": (("dispatcher", Role.DISPATCHER, ""),),
    "approver": (("approver", Role.APPROVER, ""),),
    "both": (("dispatcher", Role.DISPATCHER, ""), ("approver", Role.APPROVER, "")),
    "leader": (("leader", Role.LEADER, ""),),
    "supervisor": (("supervisor", Role.SUPERVISOR, ""),),
    "custodian": (("custodian", Role.CUSTODIAN, ""),),
    "administrator": (("administrator", Role.ADMINISTRATOR, ""),),
}

#: Who visits back by phone.
VISITORS = ("dispatcher", "inspector of its project")


@dataclass(frozen=True, slots=True)
class Scene:
    """A case that stands somewhere. proposer: who proposed what waits; checks: the heads look at answers."""

    name: str
    place: Place
    steps: tuple[tuple[str, str, dict[str, Any]], ...]
    proposer: str = ""
    kind: Kind = Kind.INQUIRY


@dataclass
class Stage:
    """The town with everybody in it: person ids by name, case ids by scene, and a case others can be joined to."""

    town: Town
    persons: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    another: str = ""


Steps = tuple[tuple[str, str, dict[str, Any]], ...]
TEXT = {"text": "写给对方的话"}
ACCEPTED: Steps = (("dispatcher", "accept", {}),)
DISPATCHED: Steps = (*ACCEPTED, ("dispatcher", "dispatch", {"lead": LEAD, "assisting": (ASSISTING,)}))
JOINT: Steps = (*ACCEPTED, ("dispatcher", "dispatch", {"lead": LEAD, "assisting": (ASSISTING,), "joint": True}))
HANDLING: Steps = (*DISPATCHED, ("handler of lead", "sign", {}))
ANSWERED: Steps = (*HANDLING, ("handler of lead", "answer", {**TEXT, "outcome": "solved"}))
AGAIN: Steps = (*ANSWERED, ("owner", "redo", {**TEXT, "solved": False, "level": 1}))
CHECK: Steps = (*HANDLING, ("handler of lead", "propose_answer", {**TEXT, "outcome": "solved"}))
REFUSAL: Steps = (("dispatcher", "propose_refusal", {**TEXT, "ground": "scope"}),)
REFUSED: Steps = (*REFUSAL, ("approver", "refuse", {}))
UPHELD: Steps = (*REFUSED, ("owner", "object", TEXT), ("approver", "uphold", TEXT))
OWN_REFUSAL: Steps = (("both", "propose_refusal", {**TEXT, "ground": "scope"}),)
LATER = "2026-03-31"

SCENES: tuple[Scene, ...] = (
    Scene("filed", Place("filed"), ()),
    Scene("refusal", Place("filed", about="refusal"), REFUSAL, "dispatcher"),
    Scene(
        "own refusal",
        Place("filed", about="refusal"),
        (("both", "propose_refusal", {**TEXT, "ground": "scope"}),),
        "both",
    ),
    Scene("refused", Place("refused"), REFUSED),
    Scene("objected", Place("filed", objected=True), (*REFUSED, ("owner", "object", TEXT))),
    Scene(
        "upheld", Place("refused", objected=True), (*REFUSED, ("owner", "object", TEXT), ("approver", "uphold", TEXT))
    ),
    Scene("accepted", Place("accepted"), ACCEPTED),
    Scene("dispatched", Place("dispatched"), DISPATCHED),
    Scene("handling", Place("handling"), HANDLING),
    Scene("joint", Place("handling", joint=True), (*JOINT, ("handler of lead", "sign", {}))),
    Scene("waiting", Place("waiting"), (*HANDLING, ("handler of lead", "ask", TEXT))),
    Scene(
        "extension",
        Place("handling", about="extension"),
        (*HANDLING, ("handler of lead", "ask_time", {**TEXT, "date": LATER})),
        "handler of lead",
        Kind.COMPLAINT,
    ),
    Scene(
        "termination",
        Place("handling", about="termination"),
        (*HANDLING, ("both", "propose_termination", {**TEXT, "ground": "sued"})),
        "both",
    ),
    Scene("answered", Place("answered"), ANSWERED),
    Scene("closed", Place("closed"), (*ANSWERED, ("owner", "visit", {"solved": True, "level": 5}))),
    Scene("again", Place("dispatched", round=2), AGAIN),
    Scene("again handling", Place("handling", round=2), (*AGAIN, ("handler of lead", "sign", {}))),
    Scene("merged", Place("merged"), (*ACCEPTED, ("dispatcher", "merge", {"into": "another"}))),
    Scene("to be checked", Place("handling", checks=True), HANDLING),
    Scene("check", Place("handling", checks=True, about="check"), CHECK, "handler of lead"),
    Scene("withdrawn", Place("withdrawn"), (("owner", "withdraw", {}),)),
    Scene("transferred", Place("transferred"), (("dispatcher", "transfer", {**TEXT, "body": "市信访局"}),)),
    Scene(
        "terminated",
        Place("terminated"),
        (("dispatcher", "propose_termination", {**TEXT, "ground": "sued"}), ("approver", "terminate", {})),
    ),
)


def build(town: Town) -> Stage:
    """Everybody comes in, and each case goes its way."""
    stage = Stage(town)
    for name, sitting in SITTING.items():
        stage.persons[name] = town.write(_person, name, sitting, town)
    stage.cases["another"] = town.write(_filed, stage, Scene("another", Place("dispatched"), DISPATCHED))
    stage.another = town.read(lambda tx: str(tx.all(select(tables.cases.c.number))[0].number))
    for scene in SCENES:
        decide_for(town, scene)
        stage.cases[scene.name] = town.write(_filed, stage, scene)
    return stage


def decide_for(town: Town, scene: Scene) -> None:
    """The office has its heads look at answers, or not."""
    office = town.db.office
    town.db.office = replace(office, rulebook=replace(office.rulebook, head_checks=scene.place.checks))


def _person(tx: Tx, name: str, sitting: tuple[tuple[str, Role, str], ...], town: Town) -> int:
    _address, person = people.meet(tx, "web", name, "zh_CN", town.now, name=f"某{name}")
    assert person is not None
    people.change(tx, person.id, enterprise=ENTERPRISE, phone="+8613900000001", consented=CONSENT)
    project = next(iter(town.projects.values()))
    for chair, role, unit in sitting:
        of_project = project if chair == "inspector of its project" else None
        if role is not Role.OWNER:
            people.give_role(tx, person.id, role, town.now, town.units[unit] if unit else None, of_project)
    return person.id


def _filed(tx: Tx, stage: Stage, scene: Scene) -> int:
    town, owner = stage.town, stage.persons["owner"]
    project = next(iter(town.projects.values()))
    filed = Filed(scene.kind, FACTS, enterprise=ENTERPRISE, contact="+8613900000001", project=project)
    case = casework.file(tx, filed, Actor(owner, Role.OWNER), owner, town.now)
    for name, move, facts in scene.steps:
        person = people.get(tx, stage.persons[name])
        assert person is not None
        casework.move(at_desk(tx, person, town.now), case.id, move, **_known(stage, facts))
    return case.id


def _known(stage: Stage, facts: dict[str, Any]) -> dict[str, Any]:
    """Units and cases by their ids."""
    units = stage.town.units
    ids = {
        "lead": lambda code: units[code],
        "assisting": lambda codes: tuple(units[code] for code in codes),
        "into": lambda name: stage.cases[name],
    }
    return {name: ids[name](value) if name in ids else value for name, value in facts.items()}


def place_of(scene: Scene, name: str) -> Place:
    """The place as the person of this name sees it: a proposal of their own is not theirs to decide."""
    return replace(scene.place, by="oneself") if name == scene.proposer else scene.place


def chairs(scene: Scene, name: str) -> list[str]:
    """The chairs of this person there. Once it is answered or joined, who only assisted has no part any more."""
    over = scene.place.status in ("answered", "closed", "merged") or scene.place.round > 1
    return [chair.replace("assisting", "foreign") if over else chair for chair, _role, _unit in SITTING[name]]


#: Every table that says something about a case.
OF_CASES = ("cases", "assignments", "approvals", "papers", "ledger", "events", "deadlines", "visits", "calls")


def dump(tx: Tx) -> list[list[tuple[Any, ...]]]:
    """Everything that is kept about cases."""
    kept = (tables.metadata.tables[name] for name in OF_CASES)
    return [sorted((tuple(row) for row in tx.all(select(table))), key=repr) for table in kept]
