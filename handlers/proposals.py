"""What waits for somebody's decision, in words: in full where it is decided on, in a line on a card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.case import Actor, Approval, ApprovalState, Case, Matter, Role
from domain.more_time import as_day
from handlers import grounds, phrases
from handlers.words import N_, _
from storage import people, units
from storage.transaction import Tx

Rows = list[tuple[str, str]]

OUTCOMES: dict[str, str] = {"solved": N_("Solved"), "explained": N_("Explained: it cannot be done, and why")}
#: What the dispatchers follow, beside those who decide.
OF_THE_DESK = frozenset({Matter.REFUSAL, Matter.TERMINATION, Matter.EXTENSION})


def pending(case: Case, matter: Matter) -> list[Approval]:
    """What waits in a matter, the oldest first."""
    return [one for one in case.approvals if one.matter is matter and one.state is ApprovalState.PENDING]


def told(tx: Tx, case: Case, one: Approval) -> Rows:
    """A proposal in full, as (label, value) for whoever decides on it."""
    facts = one.facts
    name = _proposer(tx, case, one)
    return _present(
        (
            (_("Unit"), units.names(tx).get(one.unit or 0, "")),
            (_("Proposed by"), name),
            (_("Ground"), grounds.words(tx.office.rulebook, one.matter, facts["ground"]) if "ground" in facts else ""),
            (_("Until"), _day(tx, one)),
            (_(WORDS_OF.get(one.matter, "Reasons")), str(facts.get("text") or "")),
            (_("Outcome"), _(OUTCOMES[facts["outcome"]]) if facts.get("outcome") in OUTCOMES else ""),
            (_("Photos and files"), str(len(facts.get("files") or ()) or "")),
        )
    )


WORDS_OF: dict[Matter, str] = {
    Matter.REFUSAL: N_("Reasons"),
    Matter.TERMINATION: N_("Reasons"),
    Matter.EXTENSION: N_("Reasons"),
    Matter.CHECK: N_("Answer"),
    Matter.REVIEW: N_("The owner says"),
}


def _proposer(tx: Tx, case: Case, one: Approval) -> str:
    """Who proposed it; the owner, whose name may be kept from whoever reads this, stands under no name."""
    if one.proposer is None or one.proposer == case.owner:
        return ""
    found = people.get(tx, one.proposer)
    return found.name if found else ""


def _day(tx: Tx, one: Approval) -> str:
    day = as_day(one.facts.get("date"))
    return phrases.day_words(day, tx.office.calendar.today(one.proposed_at)) if day else ""


def _present(found: Iterable[tuple[str, str]]) -> Rows:
    return [(label, value) for label, value in found if value]


def on_card(tx: Tx, case: Case, viewers: Sequence[Actor]) -> Rows:
    """What is proposed and not decided yet, a row each, for those whom it concerns."""
    shown = [one for one in case.approvals if one.state is ApprovalState.PENDING]
    return [(_(TITLES[one.matter]), _gist(tx, case, one)) for one in shown if concerned(one, viewers)]


TITLES: dict[Matter, str] = {
    Matter.REFUSAL: N_("Refusal proposed"),
    Matter.TERMINATION: N_("Ending proposed"),
    Matter.EXTENSION: N_("More time asked for"),
    Matter.CHECK: N_("Answer to release"),
    Matter.REVIEW: N_("Final review"),
}


def concerned(one: Approval, viewers: Sequence[Actor]) -> bool:
    """Whether a proposal is shown to these: its unit, whoever decides on it, and the desk where it follows it."""
    if any(actor.unit is not None and actor.unit == one.unit for actor in viewers):
        return True
    desk = one.matter in OF_THE_DESK and any(actor.role is Role.DISPATCHER for actor in viewers)
    return desk or (one.matter is not Matter.CHECK and any(actor.role is Role.APPROVER for actor in viewers))


def _gist(tx: Tx, case: Case, one: Approval) -> str:
    return phrases.short(" · ".join(value for _label, value in told(tx, case, one)).replace("\n", " "), 80)
