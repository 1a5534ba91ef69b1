"""What must be true of an office whatever was said to it: checked by looking at its tables, not at its code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import func, select

from domain.case import ENDED, UNIT_ROLES, AssignmentState, Case, Matter, Naming, Role, Status
from domain.deadlines import Term
from domain.messages import Message
from domain.people import is_official
from domain.permits import may_see
from handlers.cards import least_hidden
from storage import cases, deadlines, events, people
from storage.events import Broken, Step
from storage.tables import talks
from storage.transaction import Tx
from tests.domain.moves_again import RULES, Place, Row
from tests.handlers.walk import Said

#: What must be running while a case stands so: any one of them.
RUNNING: dict[Status, set[Term]] = {
    Status.FILED: {Term.ACCEPT, Term.SILENCE},
    Status.WAITING: {Term.SUPPLEMENT},
    Status.ACCEPTED: {Term.DISPATCH},
    Status.DISPATCHED: {Term.HANDLE},
    Status.HANDLING: {Term.HANDLE, Term.REVIEW},
    Status.ANSWERED: {Term.VISIT, Term.CLOSE},
}
ABOUT = re.compile(r"f:(?!resume|my|failed|occasion)[a-z_]+:(\d+)")
LIVE = (AssignmentState.ASSIGNED, AssignmentState.SIGNED, AssignmentState.ANSWERED)


def well_formed(message: Message) -> None:
    """There is something to read, and every button has a label and a value the narrowest channel carries."""
    assert message.text.strip() or message.title.strip() or message.facts
    for button in (one for row in message.buttons for one in row):
        assert button.label.strip()
        assert 0 < len(button.value.encode()) <= 64, button.value


def cases_named(message: Message) -> set[int]:
    """The ids of the cases a message leads to, or shows rows of."""
    values = [button.value for row in message.buttons for button in row]
    found = {int(hit[1]) for value in values if (hit := ABOUT.match(value))}
    return found | ({int(message.card.split(":")[1])} if message.card.startswith("case:") and message.facts else set())


def nobody_reads_what_is_not_theirs(tx: Tx, said: Iterable[Said], now: datetime) -> None:
    """Every case a message leads to is one its reader may see, and shows the owner only as far as they may know."""
    for one in said:
        well_formed(one.message)
        named = cases.many(tx, cases_named(one.message))
        if named:
            assert one.person is not None, "a case in a group"
            _may_read(tx, one.person, list(named.values()), one.message, now)


def _may_read(tx: Tx, person: int, named: list[Case], message: Message, now: datetime) -> None:
    known = people.get(tx, person)
    assert known is not None
    holdings = people.holdings(tx, person, now)
    actors = [*(holding.actor for holding in holdings), known.owner]
    for case in named:
        assert any(may_see(case, actor) for actor in actors), f"{person} is led to case {case.id}: {message}"
        if case.owner == person or not is_official(holdings):
            continue
        viewer = least_hidden([actor for actor in actors if actor.role is not Role.OWNER and may_see(case, actor)])
        hidden = case.naming is Naming.ANONYMOUS or (case.naming is Naming.KEPT and viewer.role in UNIT_ROLES)
        shared = any(other.owner == case.owner and other.naming is Naming.NAMED for other in named)
        if hidden and not shared:
            _shows_no_owner(tx, case, message)


def _shows_no_owner(tx: Tx, case: Case, message: Message) -> None:
    owner = people.get(tx, case.owner) if case.owner else None
    secrets = [owner.name, case.contact[-11:]] if owner else []
    shown = "\n".join((message.title, message.text, *(f"{label} {value}" for label, value in message.facts)))
    for secret in secrets:
        assert len(secret) < 4 or secret not in re.sub(r"[ -]", "", shown), f"case {case.id} shows “{secret}”: {shown}"


def at_most_one_open_talk(tx: Tx) -> None:
    """Nobody is asked two things at once."""
    many = select(talks.c.person_id).where(talks.c.state == "open").group_by(talks.c.person_id).having(func.count() > 1)
    assert tx.all(many) == []


def everything(tx: Tx, same: dict[int, set[int]]) -> Counter[str]:
    """Check every case from its chain on. same: people known to be one. Returns how often each move was made."""
    assert [one for one in events.verify(tx) if isinstance(one, Broken)] == []
    made: Counter[str] = Counter()
    after = 0
    while batch := list(cases.many(tx, range(after + 1, after + 201)).values()):
        for case in batch:
            steps = events.of_case(tx, case.id)
            made.update(step.move for step in steps)
            Replay(case, same).run(steps)
            _one_lead(case)
            _deadlines(tx, case)
        after += 200
    return made


def _one_lead(case: Case) -> None:
    leads = [part for part in case.assignments if part.lead and part.state in LIVE]
    wanted = case.status in (Status.DISPATCHED, Status.HANDLING) and case.pending(Matter.REVIEW) is None
    assert len(leads) == 1 if wanted else len(leads) <= 1, (case.id, case.status, leads)


def _deadlines(tx: Tx, case: Case) -> None:
    live = {one.term for one in deadlines.of_case(tx, case.id)}
    if case.status is Status.MERGED:
        assert live <= {Term.HANDLE}, (case.id, live)
    elif case.status in ENDED:
        assert live == set(), (case.id, case.status, live)
    else:
        assert live & RUNNING[case.status], (case.id, case.status, live)


@dataclass
class Replay:
    """The events of one case against the rules: each must have been allowed where those before may have left it."""

    case: Case
    same: dict[int, set[int]]
    stands: set[str] = field(default_factory=lambda: {"nothing"})
    waits: set[str] = field(default_factory=set)

    def run(self, steps: list[Step]) -> None:
        for step in steps:
            rows = [row for row in RULES[step.move] if row.origins & self.stands and self._made_by(step) & roles(row)]
            assert rows, (self.case.id, step, self.stands)
            self._go(step, rows)
        assert str(self.case.status) in self.stands, (self.case.id, self.stands, self.case.status)

    def _made_by(self, step: Step) -> set[str]:
        """The names under which the rules may know whoever made this step."""
        if step.role in ("owner", "monitor"):
            owner = self.case.owner
            own = owner is not None and step.actor in self.same.get(owner, {owner})
            return {f"{'own' if own else 'another'} {step.role}"}
        return {step.role}

    def _go(self, step: Step, rows: list[Row]) -> None:
        before = self.stands
        led = {str((step.content or {}).get("status"))} if step.move == "succeed" else set()
        self.stands = led or set().union(*(self._after(row, before) for row in rows))
        if "waiting" in self.stands and "waiting" not in before:
            self.waits = before

    def _after(self, row: Row, before: set[str]) -> set[str]:
        if row.to == "same":
            return before & row.origins
        return self.waits if row.to == "back" else {row.to, *FROM_THE_DESK.get(row.to, ())}


#: What was answered at once is redone by the desk.
FROM_THE_DESK = {"dispatched": ("accepted",)}


@cache
def roles(row: Row) -> frozenset[str]:
    """The roles that may make a move by one row of the rules, with "own" or "another" where it is the owner's."""
    places = [Place(status, round=round) for status in row.origins for round in (1, 2)]
    chairs = {chair for place in places for chair in row.chairs(place)}
    return frozenset(chair if "own" in chair else ROLE.sub("", chair) for chair in chairs)


ROLE = re.compile(r"^deputy | of .*")
