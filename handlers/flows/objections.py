"""Objections to a refusal, and the last word: what an owner may still say, and what the approver decides then."""

from __future__ import annotations

from domain.deadlines import Term
from domain.messages import Message
from handlers import casework, letters, phrases, proposals
from handlers.flows.decisions import DECIDERS, reasons
from handlers.flows.follow import after
from handlers.flows.tasks import allowed, ask_outcome
from handlers.questions import Confirm, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _
from storage import deadlines, events


@flow("object")
async def objecting(talk: Talk) -> Message:
    """The owner objects to a refusal, once."""
    case_id = talk.read("case", allowed, talk.arg, "object")
    prompt = _(
        "Why do you not agree? You can object once, until {until}; the head of the office looks at it again.",
        until=talk.read("until", _objection_ends, case_id),
    )
    why = await talk.ask("text", Told(prompt=prompt, most=3000))
    talk.do("objected", casework.move, case_id, "object", text=why.words, files=why.files)
    said = _(
        "Your objection has arrived. The head of the office decides by {when}. Without a decision your case is "
        "accepted.",
        when=_due(talk.turn, case_id, Term.SILENCE),
    )
    return after(talk.turn, case_id, said)


def _objection_ends(turn: Turn, case_id: int) -> str:
    case = casework.seen(turn, str(case_id))
    return phrases.day_words(letters.objection_ends(turn.tx, case.status_at or turn.now))


def _due(turn: Turn, case_id: int, term: Term) -> str:
    running = [one for one in deadlines.of_case(turn.tx, case_id) if one.term is term]
    return phrases.due_words(running[0], turn.office, turn.now) if running else ""


@flow("uphold", roles=DECIDERS)
async def uphold(talk: Talk) -> Message:
    """The approver lets a refusal stand."""
    case_id = talk.read("case", allowed, talk.arg, "uphold")
    prompt = _("Why does the refusal stand? The owner reads these words in a letter.")
    text = await talk.ask("text", reasons(f"{talk.read('objection', _objection, case_id)}\n\n{prompt}"))
    prompt = _("Let the refusal stand? The owner gets this as a letter; it is the office's last word on it.")
    facts = ((_("Reasons"), text),)
    await talk.confirm(Confirm(prompt=prompt, facts=facts, yes=_("Let the refusal stand")))
    talk.do("upheld", casework.move, case_id, "uphold", text=text)
    return after(talk.turn, case_id, _("The refusal stands. The letter has gone to the owner."))


@flow("overturn", roles=DECIDERS)
async def overturn(talk: Talk) -> Message:
    """The approver accepts a case after the owner has objected."""
    case_id = talk.read("case", allowed, talk.arg, "accept")
    prompt = _("Accept the case after all? The owner and the desk are told.")
    shown = talk.read("objection", _objection, case_id)
    await talk.confirm(Confirm(prompt=f"{shown}\n\n{prompt}".strip(), yes=_("Accept it after all")))
    talk.do("accepted", casework.move, case_id, "accept")
    return after(talk.turn, case_id, _("Accepted. The owner has been told, and the desk dispatches it."))


def _objection(turn: Turn, case_id: int) -> str:
    step = events.latest(turn.tx, case_id, "object")
    text = step.content.get("text", "") if step and step.content else ""
    return _("The owner objects:\n{text}", text=phrases.short_paragraph(text)) if text else ""


@flow("conclude", roles=DECIDERS)
async def conclude(talk: Talk) -> Message:
    """The approver gives the conclusion of the final review in writing."""
    case_id = talk.read("case", allowed, talk.arg, "conclude")
    prompt = _("Please write the conclusion: what was looked at, what follows. It is the last word to the owner.")
    account = await talk.ask("text", Told(prompt=prompt, most=5000, label=_("Conclusion")))
    outcome = await ask_outcome(talk)
    facts = ((_("Conclusion"), account.text), (_("Outcome"), _(proposals.OUTCOMES[outcome])))
    prompt = _("Shall it go to the owner like this?")
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=facts, yes=_("Give the conclusion")))
    talk.do("concluded", casework.move, case_id, "conclude", text=account.text, files=account.files, outcome=outcome)
    return after(talk.turn, case_id, _("The conclusion has gone to the owner."))
