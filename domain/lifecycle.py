"""Whether a move is allowed, and what it changes, decided without any I/O. The moves themselves are in domain/moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.case import PROPOSED_FOR, Actor, Approval, ApprovalState, Case, Matter, Status
from domain.deadlines import Deadline
from domain.errors import AlreadySo, BadDeclaration, Missing, NotYours, OwnProposal, Refused, WaitsForOwner
from domain.moves import MOVES, Decision, Move, Target
from domain.office import Office
from domain.scene import Facts, Scene

__all__ = ["CLOCKED", "MOVES", "NAMES", "ROWS", "Change", "Move", "Target", "apply", "check", "find", "may", "open_to"]

Live = tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a move does: the case before and after, what the event says, and the clocks that ran before it."""

    move: Move
    actor: Actor
    before: Case
    after: Case
    facts: Facts
    now: datetime
    content: dict[str, Any] = field(default_factory=dict)
    live: Live = ()


NAMES = tuple(dict.fromkeys(move.name for move in MOVES))
#: The rows of each move, in the order of the table.
ROWS = {name: tuple(move for move in MOVES if move.name == name) for name in NAMES}
#: Moves that look at the running deadlines or change them.
CLOCKED = frozenset(move.name for move in MOVES if move.clock or move.guards or move.decides)
#: Where a proposal can still be decided on; anywhere else nothing is left to decide.
DECIDABLE = {
    Matter.REFUSAL: frozenset({Status.FILED, Status.WAITING}),
    Matter.TERMINATION: frozenset(Status)
    - {Status.CLOSED, Status.REFUSED, Status.WITHDRAWN, Status.TERMINATED, Status.TRANSFERRED, Status.MERGED},
    Matter.EXTENSION: frozenset({Status.DISPATCHED, Status.HANDLING, Status.WAITING}),
    Matter.CHECK: frozenset({Status.DISPATCHED, Status.HANDLING, Status.WAITING}),
    Matter.REVIEW: frozenset({Status.HANDLING, Status.WAITING}),
}


def check(moves: tuple[Move, ...] = MOVES) -> None:
    """Refuse a table with a move nobody may make or that leads nowhere. Raises BadDeclaration naming the row."""
    for number, move in enumerate(moves, 1):
        where = f"MOVES row {number} ({move.name})"
        if not move.by:
            raise BadDeclaration(where=where, what="a move nobody may make")
        if not move.origins and not isinstance(move.target, Status):
            raise BadDeclaration(where=where, what="a move that starts a case needs a fixed status")
        if not move.origins and move.name != "file":
            raise BadDeclaration(where=where, what="a move from nowhere")


def find(case: Case, name: str, actor: Actor, now: datetime, office: Office, live: Live = ()) -> Move:
    """The row that allows this actor this move now. Raises NotYours, WaitsForOwner or AlreadySo."""
    return _row(Scene(case, actor, now, office, live), name)


def _row(scene: Scene, name: str) -> Move:
    move = _open_row(scene, name)
    if move is not None:
        return move
    if any(_fits(move, scene) for move in ROWS.get(name, ())):
        raise NotYours()
    if scene.case.status is Status.WAITING and _open_row(_gone_on(scene), name) is not None:
        raise WaitsForOwner(number=scene.case.number)
    raise AlreadySo(number=scene.case.number)


def _gone_on(scene: Scene) -> Scene:
    """As it will be when the owner has answered."""
    return replace(scene, case=replace(scene.case, status=scene.case.resume or Status.FILED, resume=None))


def _open_row(scene: Scene, name: str) -> Move | None:
    """The first row that fits the case and that permits the actor."""
    case, actor = scene.case, scene.actor
    for move in ROWS.get(name, ()):
        if _fits(move, scene):
            for permit in move.by:
                if permit(case, actor):
                    return move
    return None


def _fits(move: Move, scene: Scene) -> bool:
    case = scene.case
    placed = case.status in move.origins if case.id else not move.origins
    return placed and not case.erased and (move.when is None or move.when(scene))


def open_to(case: Case, name: str, actor: Actor, now: datetime, office: Office, live: Live = ()) -> Move:
    """The row by which the move would be allowed, its needs aside. Raises AlreadySo, NotYours or what a guard says.

    live: the deadlines that run on the case; without them nobody is allowed more time.
    """
    bare = Scene(case, actor, now, office, live)
    move = _row(bare, name)
    _guarded_before(move, bare)
    return move


def _guarded_before(move: Move, scene: Scene) -> None:
    """What the guards say before the facts of a move are given. Raises a refusal."""
    if move.guards or move.decides:
        _guarded(move, replace(scene, facts=dict.fromkeys(move.needs, ())))


def _guarded(move: Move, scene: Scene) -> None:
    for guard in move.guards:
        if (refusal := guard(scene)) is not None:
            raise refusal
    if move.decides and move.decides[0] is not Decision.PROPOSE:
        proposal = _proposal(move, scene)
        if proposal is None:
            raise AlreadySo(number=scene.case.number)
        if not proposal.proposers.isdisjoint(scene.actor.persons):
            raise OwnProposal()


def may(case: Case, name: str, actor: Actor, now: datetime, office: Office, live: Live = ()) -> bool:
    """Whether the move would be allowed, its needs aside: what a card offers as a button."""
    scene = Scene(case, actor, now, office, live)
    move = _open_row(scene, name)
    if move is None:  # without an error: most of what a card asks about is not open
        return False
    try:
        _guarded_before(move, scene)
    except Refused:
        return False
    return True


def apply(case: Case, name: str, actor: Actor, facts: Facts, now: datetime, office: Office, live: Live = ()) -> Change:
    """What the move changes. `case.id` 0 stands for a case not stored yet (move "file").

    Raises AlreadySo (not from this status), NotYours (not by this actor), Missing (a need is empty), OwnProposal (who
    proposed something decides on it), or what a guard says. Source: the moves of the rules of casework.
    """
    scene = Scene(case, actor, now, office, live, facts)
    move = _row(scene, name)
    scene = replace(scene, facts=_with_proposal(move, scene))
    for need in move.needs:
        if scene.facts.get(need) in (None, "", ()):
            raise Missing(what=need)
    _guarded(move, scene)
    after = case
    for step in move.work:
        after = step(after, scene)
    after = _decided(_stamped(_moved(after, case, move), case, now), move, scene)
    return Change(move, actor, case, after, scene.facts, now, dict(scene.facts), live)


def _moved(after: Case, before: Case, move: Move) -> Case:
    if isinstance(move.target, Status):
        waits = move.target is Status.WAITING
        return replace(
            after, status=move.target, resume=after.resume if waits else None, asker=after.asker if waits else None
        )
    if move.target is Target.BACK:
        return replace(after, status=before.resume or Status.FILED, resume=None, asker=None)
    return after


def _stamped(after: Case, before: Case, now: datetime) -> Case:
    if after.status is before.status:
        return after
    answered = now if after.status is Status.ANSWERED else after.answered_at
    return replace(after, status_at=now, answered_at=answered)


# --- approvals --------------------------------------------------------------------------------------------------


def _proposal(move: Move, scene: Scene) -> Approval | None:
    """What this row decides on. The fact `unit` names whose, where several units have asked."""
    if move.decides is None:
        return None
    matter = move.decides[1]
    unit = scene.actor.unit if matter is Matter.CHECK else scene.facts.get("unit") or None
    return scene.case.pending(matter, unit)


def _with_proposal(move: Move, scene: Scene) -> Facts:
    """A decision says what it was about. A grant has the facts of the proposal and no others; words of its own, which a
    denial and a conclusion need, are never those of who proposed it.
    """
    proposal = _proposal(move, scene)
    if proposal is None or move.decides is None or move.decides[0] is Decision.PROPOSE:
        return scene.facts
    about = {"proposer": proposal.proposer, **({"unit": proposal.unit} if proposal.unit else {})}
    proposed = proposal.facts if move.decides[0] is Decision.GRANT else {}
    granted = {name: value for name, value in proposed.items() if name not in move.needs}
    given = {name: value for name, value in scene.facts.items() if value not in (None, "", ())}
    return {**given, **about, **granted}


def _decided(after: Case, move: Move, scene: Scene) -> Case:
    """The approvals as they stand after the move: one more, one decided, and those void about which nothing is left."""
    found = list(after.approvals)
    if move.decides is not None:
        decision, matter = move.decides
        if decision is Decision.PROPOSE:
            found.append(_proposed(after, matter, scene))
        else:
            proposal = _proposal(move, scene)
            found = [_closed(one, decision, scene) if one is proposal else one for one in found]
    return replace(after, approvals=tuple(_valid(one, after, scene) for one in found))


def _proposed(after: Case, matter: Matter, scene: Scene) -> Approval:
    unit = scene.actor.unit if matter in (Matter.EXTENSION, Matter.CHECK) else None
    facts = {name: value for name, value in scene.facts.items() if value not in (None, "", ())}
    if scene.actor.for_person is not None:
        facts[PROPOSED_FOR] = scene.actor.for_person
    return Approval(0, matter, scene.actor.person, scene.now, unit=unit, round=after.round, facts=facts)


def _closed(one: Approval, decision: Decision, scene: Scene) -> Approval:
    state = ApprovalState.GRANTED if decision is Decision.GRANT else ApprovalState.DENIED
    return replace(one, state=state, approver=scene.actor.person, decided_at=scene.now)


def _valid(one: Approval, after: Case, scene: Scene) -> Approval:
    if one.state is not ApprovalState.PENDING:
        return one
    part = after.of_unit(one.unit) if one.unit else None
    gone = one.unit is not None and (part is None or part not in after.open_parts)
    if after.status in DECIDABLE[one.matter] and not gone:
        return one
    return replace(one, state=ApprovalState.VOID, decided_at=scene.now)
