"""Cases that stand where a Place of the rules says, and what is tried there."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

from domain.case import Actor, Approval, ApprovalState, Case, Matter, Status
from domain.errors import (
    AlreadySo,
    FinalSaid,
    NotYours,
    OnceOnly,
    OwnProposal,
    Refused,
    TooLate,
    UnderReview,
    WaitsForOwner,
)
from domain.lifecycle import apply, may
from domain.office import Office
from tests.domain.chairs import CHECKING, LEAD, LIVE, NOW, OFFICE, SOMEBODY, a_case, full
from tests.domain.moves_again import Place

STATUSES = ("nothing", *map(str, Status))
MATTERS = tuple(map(str, Matter))
#: By whom something was proposed, and how it stands; who proposed matters only while it waits.
PROPOSALS = (
    *((by, "pending") for by in ("somebody", "oneself", "for oneself", "absent")),
    *(("somebody", decided) for decided in ("granted", "denied", "void")),
)
#: How many of the rarer places are tried; all of them where it is 0.
SAMPLE = int(os.environ.get("QINQING_PLACES", "10"))

REFUSALS: dict[str | None, tuple[type[Refused], ...]] = {
    None: (AlreadySo, NotYours, WaitsForOwner),
    "once": (OnceOnly,),
    "own": (OwnProposal,),
    "final": (FinalSaid,),
    "review": (UnderReview,),
    "late": (TooLate,),
}


def places_of(status: str) -> Iterator[Place]:
    """Every shape of a case without a proposal, every proposal on a plain one, and some of everything else."""
    if status == "nothing":
        yield Place(status)
        return
    shapes = [
        Place(status, joint, objected, checks, round)
        for joint, objected, checks, round in product((False, True), (False, True), (False, True), (1, 2, 3))
    ]
    yield from shapes
    both = [
        replace(shape, about=about, by=by, decided=decided)
        for shape in shapes
        for about, (by, decided) in product(MATTERS, PROPOSALS)
    ]
    plain = [place for place in both if place == Place(status, about=place.about, by=place.by, decided=place.decided)]
    yield from plain
    yield from (Place(status, old=old, given=given) for old, given in ((7, 1), (7, 7), (1, 0)))
    rng = random.Random(status)
    yield from (rng.sample(both, SAMPLE) if SAMPLE else both)


def office_of(place: Place) -> Office:
    """The office whose heads look at answers, where the place says so."""
    return CHECKING if place.checks else OFFICE


def case_at(place: Place, actor: Actor) -> Case:
    """The case as it stands there, from the chair of this actor."""
    if place.status == "nothing":
        return a_case(None)
    approvals = (proposal(place, actor),) if place.about else ()
    case = a_case(
        Status(place.status), joint=place.joint, objected=place.objected, round=place.round, approvals=approvals
    )
    parts = tuple(replace(part, since=NOW - timedelta(days=place.given)) for part in case.assignments)
    return replace(case, status_at=NOW - timedelta(days=place.old), assignments=parts)


def proposal(place: Place, actor: Actor) -> Approval:
    """What was proposed there, by whom."""
    proposers = {
        "somebody": SOMEBODY,
        "oneself": actor.person,
        "for oneself": SOMEBODY,
        "absent": actor.for_person or SOMEBODY,
    }
    facts = {"proposed_for": actor.person} if place.by == "for oneself" else {}
    unit = LEAD if place.unit_of_proposal else None
    return Approval(
        5,
        Matter(place.about),
        proposers[place.by],
        NOW,
        ApprovalState(place.decided),
        unit,
        place.round,
        facts={**facts, "date": "2021-04-06"},
    )


def attempted(case: Case, move: str, actor: Actor, office: Office) -> Status | type[Refused]:
    """Where the move leads this actor, or how it is refused."""
    try:
        return apply(case, move, actor, full(move), NOW, office, LIVE).after.status
    except Refused as refusal:
        return type(refusal)


def offered(case: Case, move: str, actor: Actor, office: Office) -> bool:
    """Whether a card offers the move to this actor."""
    return may(case, move, actor, NOW, office, LIVE)
