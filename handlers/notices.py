"""Which move tells whom, in which words. One row a notice: what happened, what comes next, by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from domain.case import Status
from domain.deadlines import Deadline, Term
from domain.errors import BadDeclaration
from domain.ladder import LADDER, Colour
from domain.lifecycle import NAMES, Change
from domain.messages import Button, Message, rows
from handlers import audiences as to
from handlers import cards, gathered, hours, visit_question
from handlers import decision_words as decision
from handlers import group_words as group
from handlers import notice_words as words
from handlers.audiences import Audience, View
from handlers.gathered import News
from handlers.words import N_, _, speaking
from storage import deadlines, outbox, people, reminders
from storage.outbox import Priority
from storage.recipients import Recipient
from storage.reminders import Reminder
from storage.transaction import Tx

Words = Callable[[View], str]
Say = Callable[[View, Recipient, str, datetime | None], None]


@dataclass(frozen=True, slots=True)
class Tell:
    """One notice: to whom, in which words.

    quiet: nothing to act on, so an official's card only changes in place. many: the words for more than a handful of
    them at one moment, with {count} and, where the move comes with words, {text}. rung: what the morning's digest calls
    it, where more than a handful wait for the office to open.
    """

    to: Audience
    words: Words
    quiet: bool = False
    many: str = ""
    rung: str = ""


#: The table. A move that tells nobody stands here with an empty row, so that none is forgotten.
NOTICES: Mapping[str, tuple[Tell, ...]] = MappingProxyType(
    {
        "file": (
            Tell(to.owner, words.filed_for_you),
            Tell(to.dispatchers, words.new_case, rung="filed"),
            Tell(to.watchers, words.project_named),
            Tell(to.supervisors_of_complaints, group.complaint_about_unit),
        ),
        "ask": (
            Tell(to.owner, words.asked),
            Tell(to.colleagues, words.asked_by, quiet=True),
            Tell(to.dispatchers, words.asked_by, quiet=True),
        ),
        "supply": (Tell(to.asker, words.supplied),),
        "lapse": (
            Tell(
                to.owner,
                words.lapsed_owner,
                many=N_(
                    "The time to add to {count} of your cases is over; we go on with what we have. "
                    "You can still add something."
                ),
            ),
            Tell(
                to.asker,
                words.lapsed_asker,
                many=N_("{count} owners have sent nothing in time; please go on with what is there."),
            ),
        ),
        "add": (Tell(to.every_worker, words.added),),
        "answer_at_once": (Tell(to.dispatchers, words.answered_by, quiet=True),),  # the visit question tells the owner
        "accept": (
            Tell(
                to.owner,
                words.accepted,
                many=N_("{count} of your cases are accepted. Of each you hear which unit it goes to."),
            ),
            Tell(
                to.dispatchers,
                words.accepted_by_silence,
                many=N_("Nobody decided in time on {count} cases: they are accepted by themselves. Please dispatch:"),
            ),
            Tell(to.dispatchers, decision.accepted_after_objection),
        ),
        "propose_refusal": (Tell(to.approvers, decision.refusal_proposed),),
        "refuse": (Tell(to.owner, decision.refused), Tell(to.proposer, decision.approved)),
        "deny_refusal": (Tell(to.proposer, decision.denied),),
        "object": (Tell(to.approvers, decision.objected), Tell(to.dispatchers, decision.objected_desk, quiet=True)),
        "uphold": (Tell(to.owner, decision.upheld), Tell(to.dispatchers, decision.upheld_desk, quiet=True)),
        "dispatch": (
            Tell(to.owner, words.dispatched_owner),
            Tell(to.lead_staff, words.dispatched_lead),
            Tell(to.assisting_staff, words.dispatched_assist),
            Tell(to.dispatchers, words.handed, quiet=True),
        ),
        "sign": (Tell(to.owner, words.signed), Tell(to.colleagues, words.signed_by, quiet=True)),
        "return": (
            Tell(to.dispatchers, group.returned),
            Tell(to.lead_staff, group.returned_part),
            Tell(to.had_it, group.sent_back_by, quiet=True),
        ),
        "involve": (Tell(to.new_hands, group.involved),),
        "reassign": (
            Tell(
                to.new_hands,
                group.reassigned_to,
                many=N_("{count} cases are yours now: {text}\nTheir answers stay due as they were."),
            ),
            Tell(to.old_hands, group.reassigned_from),
            Tell(to.owner, group.reassigned_owner),
        ),
        "progress": (Tell(to.owner, words.progress),),
        "ask_time": (
            Tell(to.approvers, decision.time_asked),
            Tell(to.dispatchers, decision.time_asked_desk, quiet=True),
        ),
        "grant_time": (Tell(to.proposer, decision.time_granted), Tell(to.owner, decision.time_granted_owner)),
        "deny_time": (Tell(to.proposer, decision.time_denied),),
        "assist_done": (Tell(to.lead_staff, words.assist_done),),
        "answer": (  # the last one's visit question says it
            Tell(to.owner, decision.part_answered),
            Tell(to.colleagues, words.answered_by, quiet=True),
        ),
        "propose_answer": (Tell(to.own_head, decision.check_asked),),
        "release": (Tell(to.proposer, decision.released), Tell(to.owner, decision.part_answered)),
        "send_back": (Tell(to.proposer, decision.sent_back),),
        "conclude": (Tell(to.dispatchers, decision.concluded, quiet=True),),
        "visit": (Tell(to.every_worker, words.closed_units), Tell(to.owner, words.closed_by_phone)),
        "call": (),
        "silence": (
            Tell(
                to.owner,
                words.closed_silent,
                many=N_(
                    "{count} of your cases are closed without a rating, because we heard nothing. "
                    "If one is not solved, open it and have it redone."
                ),
            ),
            Tell(
                to.every_worker,
                words.closed_silent_units,
                many=N_("{count} cases are closed: their owners said nothing more."),
            ),
        ),
        "redo": (
            Tell(to.approvers, decision.to_review),
            Tell(to.had_it, decision.review_units),
            Tell(to.every_worker, words.redone_units),
            Tell(to.lead_head, words.redone_head),
            Tell(to.leaders, words.redone_head),
            Tell(to.owner, words.redone_owner),
        ),
        "merge": (
            Tell(to.owner, group.merged_owner),
            Tell(to.every_worker, group.merged_units),
            Tell(to.had_it, group.merged_away, quiet=True),
        ),
        "unmerge": (Tell(to.owner, group.parted_owner), Tell(to.had_it, group.parted_units)),
        "follow": (Tell(to.owner, group.followed),),
        "succeed": (Tell(to.every_worker, group.succeeded_units),),
        "answer_with": (),  # the visit question says it
        "urge": (Tell(to.every_worker, group.urged_by_leader), Tell(to.every_worker, words.urged)),
        "withdraw": (Tell(to.had_it, words.withdrawn),),
        "reclassify": (
            Tell(to.owner, group.reclassified),
            Tell(to.every_worker, group.reclassified_units, quiet=True),
        ),
        "propose_termination": (Tell(to.approvers, decision.ending_proposed),),
        "terminate": (
            Tell(to.owner, decision.ended),
            Tell(to.had_it, decision.ended_units),
            Tell(to.proposer, decision.approved),
        ),
        "deny_termination": (Tell(to.proposer, decision.denied),),
        "transfer": (Tell(to.owner, group.transferred), Tell(to.had_it, group.transferred_units)),
        "relay": (Tell(to.owner, group.relayed),),
        "supervise": (Tell(to.every_worker, group.supervised), Tell(to.heads, group.supervised)),
        "repay": (Tell(to.owner, group.repaid),),
        "censure": (Tell(to.owner, group.censured),),
        "recuse": (Tell(to.every_worker, group.recused_units),),
    }
)

#: What the owner can do at once about a notice: (flow, label), before looking at the case.
OWNER_STEPS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "ask": (("add", N_("Send what was asked")),),
        "lapse": (("add", N_("Add something")),),
        "silence": (("redo", N_("Have it redone")),),
        "refuse": (("object", N_("Object")),),
        "terminate": (("file", N_("File again")),),
    }
)


def check() -> None:
    """Refuse a move without its row of notices, and one that the clock makes without words for many at once."""
    for name in NAMES:
        if name not in NOTICES:
            raise BadDeclaration(where=f"NOTICES {name}", what="a move that tells nobody must say so with an empty row")
    for name in {rung.move for rung in LADDER if rung.move}:
        if NOTICES[name] and not any(notice.many for notice in NOTICES[name]):
            raise BadDeclaration(where=f"NOTICES {name}", what="the clock makes it many times at once: words for many")


# --- telling --------------------------------------------------------------------------------------------------


def tell(tx: Tx, change: Change, live: list[Deadline] | None = None) -> None:
    """Put what a move tells into the outbox; whoever made the move hears of it in the reply instead.

    live: the deadlines of the case after the move, where the caller knows them.
    """
    view = View(tx, change, live)
    told: set[int | None] = {change.actor.person}
    for notice in NOTICES[change.move.name]:
        for one in notice.to(view):
            if one.person.id not in told and _tell_one(view, one, notice):
                told.add(one.person.id)
    if change.after.status is Status.ANSWERED and change.before.status is not Status.ANSWERED:
        visit_question.ask(tx, change.after, change.now)


def _tell_one(view: View, one: Recipient, notice: Tell) -> bool:
    with speaking(one.person.language):
        view.named.clear()
        said = notice.words(view)
        if not said:
            return False
    until = min(view.named, default=None)
    say = _to_owner if notice.to is to.owner else partial(_to_official, notice=notice)
    gathered.tell(News(one, view.case, notice.many, view.text, partial(_in_language, say, view, one, said, until)))
    return True


def _in_language(say: Say, view: View, one: Recipient, said: str, until: datetime | None) -> None:
    with speaking(one.person.language):
        say(view, one, said, until)


def _to_owner(view: View, one: Recipient, said: str, until: datetime | None) -> None:
    buttons = [
        Button(_(label), f"f:{flow}:{view.case.id}") for flow, label in OWNER_STEPS.get(view.change.move.name, ())
    ]
    look = Button(_("Look at it"), f"f:case:{view.case.id}")
    message = Message(said, buttons=rows([*buttons, look], 2), until=until)
    later = hours.for_owner(view.now, view.office)
    outbox.say(view.tx, one.address, one.person.id, message, view.now, priority=Priority.NEWS, not_before=later)


def _to_official(view: View, one: Recipient, said: str, until: datetime | None, *, notice: Tell) -> None:
    later = hours.for_official(view.now, view.office)
    if later > view.now and _stands_in_no_longer(view, one, later):
        return
    if notice.rung and later > view.now and _waits_for_the_digest(view, one, notice.rung):
        return
    holdings = [one.holding] if one.holding else people.holdings(view.tx, one.person.id, view.now)
    actors = [holding.actor for holding in holdings]
    fresh = view.change.move.name == "file"
    attached = not fresh or bool(view.change.content.get("files"))
    card = cards.official_card(view.tx, view.case, actors, view.now, said, view.live, attached)
    card = replace(card, until=min((moment for moment in (card.until, until) if moment), default=None))
    outbox.say(
        view.tx,
        one.address,
        one.person.id,
        card,
        view.now,
        priority=Priority.TASK,
        not_before=later,
        fresh=fresh,
        below=not notice.quiet,
    )


def _stands_in_no_longer(view: View, one: Recipient, later: datetime) -> bool:
    """Whether they are told for somebody who is back by then."""
    held = one.holding
    if held is None or held.standing_in_for is None:
        return False
    return held.actor not in {other.actor for other in people.holdings(view.tx, one.person.id, later)}


def _waits_for_the_digest(view: View, one: Recipient, rung: str) -> bool:
    """Whether so many cards wait for the office to open that the morning's digest tells of this one instead."""
    running = deadlines.of_case(view.tx, view.case.id)
    pressing = min((d for d in running if d.term is Term.ACCEPT), key=lambda d: d.due.at, default=None)
    if pressing is None or outbox.held_back(view.tx, one.address.id, view.now) < gathered.HANDFUL:
        return False
    waiting = Reminder(pressing.id, rung, one.person.id, view.case.id, str(Colour.BLUE), view.now)
    reminders.add(view.tx, [waiting])
    return True
