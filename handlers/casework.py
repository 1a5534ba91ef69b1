"""The only road to a new status: ask the rules, write what they change, tell everyone concerned."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain import clock, lifecycle
from domain.case import Actor, Case, Kind, Naming, Role, Status
from domain.deadlines import Term
from domain.errors import AlreadySo, NotAmongYours, NotYours, Refused, UnknownCase
from domain.lifecycle import Change
from domain.permits import may_see
from handlers import accused, checks, letters, likely, merging, notices, unsent
from handlers.turn import Turn
from storage import cases, deadlines, events, files, ledger, papers, search, told, units, visits
from storage.cases import Filing
from storage.ledger import Entry
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Filed:
    """What is filed. files are ids; on_behalf: the person for whom an official files."""

    kind: Kind
    facts: str
    files: tuple[int, ...] = ()
    naming: Naming = Naming.NAMED
    enterprise: str = ""
    contact: str = ""
    place: str = ""
    named_unit: int | None = None
    project: int | None = None
    occasion: str = ""
    told_ref: str = ""


def file(tx: Tx, filed: Filed, actor: Actor, owner: int | None, now: datetime) -> Case:
    """A new case with its chain, clock and receipt; everyone concerned is told."""
    draft = Case(
        id=0,
        number=cases.next_number(tx, tx.office.calendar.today(now)),
        kind=filed.kind,
        status=Status.FILED,
        naming=filed.naming,
        owner=owner,
        facts=filed.facts,
        filed_at=now,
        filed_by=actor.person,
        contact=filed.contact,
        enterprise=filed.enterprise,
        place=filed.place,
        named_unit=filed.named_unit,
        project=filed.project,
        status_at=now,
        recused=accused.people_in(tx, filed.kind, filed.named_unit, filed.facts, now),
    )
    change = lifecycle.apply(draft, "file", actor, {"facts": filed.facts}, now, tx.office)
    change = _stored(tx, change, filed)
    fresh, _changed = clock.turn(change, (), tx.office)
    fresh = [replace(one, case=change.after.id) for one in fresh]
    deadlines.add(tx, fresh, now)
    if filed.files and actor.person is not None:
        files.bind(tx, filed.files, actor.person, change.after.id)
    notices.tell(tx, change, fresh)
    return change.after


def _stored(tx: Tx, change: Change, filed: Filed) -> Change:
    content: dict[str, Any] = {"facts": filed.facts, "kind": str(filed.kind), "files": list(filed.files)}
    content |= {"place": filed.place} | _absent(change.actor)
    draft = events.draft(change.after.number, "file", change.actor, content, change.now)
    code = secrets.token_urlsafe(12)
    signature = tx.office.sign(receipt_text(change.after, draft["hash"]).encode())
    filing = Filing(filed.occasion, filed.told_ref, code, signature)
    case = replace(change.after, id=cases.add(tx, change.after, filing), receipt=code)
    events.put(tx, case.id, draft)
    search.remember(tx, case)
    return replace(change, after=case, content=content)


def receipt_text(case: Case, first_link: bytes) -> str:
    """What the receipt signs: that the office received exactly this, then."""
    return f"{case.number}|{case.filed_at.isoformat(timespec='microseconds')}|{first_link.hex()}"


def act(tx: Tx, case_id: int, move: str, actor: Actor, now: datetime, *, quietly: bool = False, **facts: Any) -> Case:
    """Make a move. Raises what lifecycle.apply raises, and NotAmongYours for a case the actor may not see.

    quietly: nobody is told, because the next move of the same transaction says it all.
    """
    case = cases.lock(tx, case_id)
    if case is None or not (actor.role is Role.CLOCK or may_see(case, actor)):
        raise NotAmongYours()
    for check in checks.CHECKS.get(move, ()):
        facts = check(tx, case, actor, facts, now)
    live = tuple(deadlines.of_case(tx, case.id)) if move in lifecycle.CLOCKED else ()
    change = lifecycle.apply(case, move, actor, facts, now, tx.office, live)
    cases.keep(tx, case, change.after)
    _turn_clock(tx, change)
    content = {name: value for name, value in change.content.items() if value not in (None, "", ())} | _absent(actor)
    events.append(tx, case.id, case.number, move, actor, content, now)
    _bind_files(tx, change)
    unsent.keep_from(tx, change)
    for consequence in CONSEQUENCES.get(move, ()):
        consequence(tx, change)
    if not quietly:
        notices.tell(tx, change)
    for of_group in merging.GROUP.get(move, ()):
        of_group(tx, act, change)
    return change.after


def _absent(actor: Actor) -> dict[str, int]:
    """For whom a deputy acted: it stands in the chain."""
    return {} if actor.for_person is None else {"for": actor.for_person}


def _turn_clock(tx: Tx, change: Change) -> None:
    fresh, changed = clock.turn(change, change.live, tx.office)
    deadlines.add(tx, fresh, change.now)
    for one in changed:
        deadlines.keep(tx, one, change.now)


def _bind_files(tx: Tx, change: Change) -> None:
    if change.actor.person is not None:
        files.bind(tx, change.facts.get("files", ()), change.actor.person, change.after.id)


def _learn(tx: Tx, change: Change) -> None:
    units.learn(tx, change.facts["lead"], likely.terms_of(change.after.facts))


def _rate(tx: Tx, change: Change) -> None:
    facts, case = change.facts, change.before
    level, words = facts.get("level"), facts.get("words") or facts.get("text") or ""
    solved = bool(facts.get("solved"))
    visits.add(tx, visits.Visit(case.id, case.round, solved, level, words, change.actor.person, change.now))
    visits.call_done(tx, case.id, change.actor.person, change.now)


def _silence_runs(tx: Tx, change: Change) -> None:
    """A logged call counts as the delivered question: the days of silence run from it."""
    begin_silence(tx, change.after, change.now)


def begin_silence(tx: Tx, case: Case, now: datetime) -> None:
    """From now on the owner's silence closes the case, unless it does so already."""
    running = {one.term for one in deadlines.of_case(tx, case.id)}
    if case.status is Status.ANSWERED and Term.CLOSE not in running:
        deadlines.add(tx, clock.open_term(Term.CLOSE, case, now, tx.office), now)


def _letter(tx: Tx, change: Change) -> None:
    letters.write(tx, change)


def _supersede(tx: Tx, change: Change) -> None:
    """More time was granted: reminders already out are out of date, and stay on file."""
    papers.supersede(tx, change.after.id, "reminder", change.now)


def _repaid(tx: Tx, change: Change) -> None:
    facts, actor = change.facts, change.actor
    words = str(facts.get("text") or "")
    ledger.enter(tx, Entry(change.after.id, "repaid", change.now, actor.person, facts["amount_fen"], words, actor.unit))


def _censured(tx: Tx, change: Change) -> None:
    facts = change.facts
    entry = Entry(change.after.id, "censured", change.now, change.actor.person, None, facts["text"], facts.get("unit"))
    ledger.enter(tx, entry)


def _no_call(tx: Tx, change: Change) -> None:
    visits.call_done(tx, change.before.id, change.actor.person, change.now)


Consequence = Callable[[Tx, Change], None]

#: What else a move writes, beside the case, its clock and its chain.
CONSEQUENCES: Mapping[str, tuple[Consequence, ...]] = MappingProxyType(
    {
        "dispatch": (_learn,),
        "visit": (_rate,),
        "redo": (_rate,),
        "refuse": (_letter,),
        "uphold": (_letter,),
        "terminate": (_letter, _no_call),
        "supervise": (_letter,),
        "grant_time": (_supersede,),
        "repay": (_repaid,),
        "censure": (_censured,),
        "transfer": (_no_call,),
        "call": (_silence_runs, _no_call),
        "silence": (_no_call,),
        "withdraw": (_no_call,),
    }
)


def seen(turn: Turn, wanted: str) -> Case:
    """The case with this id or number, if the person may see it. Raises UnknownCase, as for one there is not."""
    by_button = wanted.isdecimal() and len(wanted) < 16  # which says nothing to whoever taps it
    case = cases.get(turn.tx, int(wanted)) if by_button else None
    case = case or cases.by_number(turn.tx, wanted)
    if case is None or not any(may_see(case, actor) for actor in turn.actors):
        raise NotAmongYours() if by_button else UnknownCase(number=wanted)
    return case


def move(turn: Turn, case_id: int, name: str, /, *, quietly: bool = False, **facts: Any) -> int:
    """Make a move as the person of this turn, in the role that may. Returns the case's id."""
    case = cases.lock(turn.tx, case_id)
    if case is None:
        raise NotAmongYours()
    actor = allowed(turn, case, name)
    moved = act(turn.tx, case_id, name, actor, turn.now, quietly=quietly, **facts)
    if facts.get("text"):
        told.keep(turn.tx, turn.person.id, turn.refs, moved.id, name, turn.now)
    return moved.id


def allowed(turn: Turn, case: Case, move: str) -> Actor:
    """In which role the person may make this move now, its needs aside. Raises what the table or a guard says, and
    NotAmongYours for a case the person may not see.
    """
    viewers = [actor for actor in turn.actors if may_see(case, actor)]
    if not viewers:
        raise NotAmongYours()
    live = tuple(deadlines.of_case(turn.tx, case.id))
    refusal: Refused = NotYours()
    for actor in viewers:
        try:
            lifecycle.open_to(case, move, actor, turn.now, turn.office, live)
        except Refused as why:
            refusal = max(refusal, why, key=_telling)
            continue
        return actor
    raise refusal


def _telling(why: Refused) -> int:
    """How much a refusal in one role says to somebody who has several."""
    return 0 if isinstance(why, NotYours) else 1 if type(why) is AlreadySo else 2


def supplement(turn: Turn, case_id: int, text: str, kept: tuple[int, ...]) -> Case:
    """The owner adds something: what was asked for where the case waits for it, otherwise an addition."""
    case = cases.get(turn.tx, case_id)
    name = "supply" if case is not None and case.status is Status.WAITING else "add"
    told.keep(turn.tx, turn.person.id, turn.refs, case_id, name, turn.now)
    return act(turn.tx, case_id, name, turn.person.owner, turn.now, text=text, files=tuple(kept))
