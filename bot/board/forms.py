"""FORMS: what the page asks for each move an official may make. A move that is added to MOVES gets its row here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.board import fields, offers
from bot.board.fields import Field
from domain.case import Matter, Weight
from handlers import phrases
from handlers.words import N_

OUTCOMES: Mapping[str, str] = {"solved": N_("Solved"), "explained": N_("Explained: it cannot be done, and why")}


@dataclass(frozen=True, slots=True)
class MoveForm:
    """The form of one move. label: its button; grave: it ends something or refuses it, and is drawn so."""

    label: str
    fields: tuple[Field, ...] = ()
    grave: bool = False


_DISPATCH = (
    fields.one("lead", N_("Lead unit"), offers.units_by_likelihood, int),
    fields.many("assisting", N_("Assisting"), offers.units_by_name),
    fields.tick("joint", N_("Each unit answers the owner for itself")),
    fields.one("weight", N_("Weight"), offers.weights, Weight, needed=False),
)
_ANSWER = (
    fields.text("text", N_("Answer"), 5000),
    fields.one("outcome", N_("How does it end?"), offers.lines(OUTCOMES)),
)
_WHY = (fields.text("text", N_("Reasons"), 2000),)

#: The table, in the order in which a case's page shows what may be done.
FORMS: Mapping[str, MoveForm] = MappingProxyType(
    {
        "dispatch": MoveForm(N_("Dispatch"), _DISPATCH),
        "accept": MoveForm(N_("Accept")),
        "answer_at_once": MoveForm(N_("Answer at once"), (fields.text("text", N_("Answer"), 5000),)),
        "sign": MoveForm(N_("Sign")),
        "release": MoveForm(N_("Release the answer"), (fields.proposal(Matter.CHECK),)),
        "send_back": MoveForm(
            N_("Send the answer back"),
            (fields.proposal(Matter.CHECK), fields.text("text", N_("What must be better in the answer"), 2000)),
        ),
        "refuse": MoveForm(N_("Approve the refusal"), (fields.proposal(Matter.REFUSAL),), grave=True),
        "deny_refusal": MoveForm(N_("Do not approve the refusal"), (fields.proposal(Matter.REFUSAL), *_WHY)),
        "terminate": MoveForm(N_("Approve the ending"), (fields.proposal(Matter.TERMINATION),), grave=True),
        "deny_termination": MoveForm(N_("Do not approve the ending"), (fields.proposal(Matter.TERMINATION), *_WHY)),
        "grant_time": MoveForm(N_("Grant the time"), (fields.proposal(Matter.EXTENSION),)),
        "deny_time": MoveForm(N_("Grant no time"), (fields.proposal(Matter.EXTENSION), *_WHY)),
        "uphold": MoveForm(N_("Let the refusal stand"), _WHY, grave=True),
        "conclude": MoveForm(N_("Give the conclusion"), _ANSWER),
        "progress": MoveForm(
            N_("Report progress"), (fields.text("text", N_("What has been done? The owner reads it.")),)
        ),
        "assist_done": MoveForm(
            N_("Our part is done"), (fields.text("text", N_("What has your unit done? The lead unit reads it.")),)
        ),
        "answer": MoveForm(N_("Answer the owner"), _ANSWER),
        "propose_answer": MoveForm(N_("Write the answer for the head to release"), _ANSWER),
        "ask": MoveForm(N_("Ask for more"), (fields.text("text", N_("What is missing? The owner reads it."), 1000),)),
        "ask_time": MoveForm(
            N_("Ask for more time"),
            (fields.day("date", N_("Until when")), fields.text("text", N_("Why more time is needed"), 2000)),
        ),
        "visit": MoveForm(
            N_("Visit by phone"),
            (
                fields.one("solved", N_("Solved?"), offers.lines(offers.YES_NO), offers.is_yes),
                fields.one("level", N_("Rating"), offers.lines(phrases.LEVELS), int),
                fields.text("words", N_("A word"), 1000, needed=False),
            ),
        ),
        "call": MoveForm(N_("Phoned, not decided yet"), (fields.text("text", N_("What was said"), 1000),)),
        "redo": MoveForm(N_("Have it redone"), (fields.text("text", N_("What is missing"), 2000),)),
        "relay": MoveForm(N_("Pass on their answer"), (fields.text("text", N_("Their answer"), 5000),)),
        "reassign": MoveForm(
            N_("Give it to somebody else"),
            (
                fields.one("handler", N_("Colleague"), offers.colleagues, int, needed=False),
                fields.one("unit", N_("Unit"), offers.units_to_swap, int, needed=False),
                *_WHY,
            ),
        ),
        "involve": MoveForm(N_("Ask a unit to assist"), (fields.one("unit", N_("Unit"), offers.new_units, int),)),
        "return": MoveForm(
            N_("Send it back"),
            (
                fields.one("better", N_("The unit you think right"), offers.new_units, int, needed=False, blank=0),
                *_WHY,
            ),
        ),
        "merge": MoveForm(
            N_("Join with another case"), (fields.leading_case("into", N_("Number of the leading case")),)
        ),
        "unmerge": MoveForm(N_("Take out of the group"), _WHY),
        "reclassify": MoveForm(
            N_("Change the kind"),
            (
                fields.one("kind", N_("Kind"), offers.other_kinds),
                fields.one("weight", N_("Weight"), offers.lines(phrases.WEIGHTS), Weight, needed=False),
            ),
        ),
        "propose_refusal": MoveForm(
            N_("Propose a refusal"), (fields.one("ground", N_("Ground"), offers.grounds(Matter.REFUSAL)), *_WHY)
        ),
        "propose_termination": MoveForm(
            N_("Propose an ending"), (fields.one("ground", N_("Ground"), offers.grounds(Matter.TERMINATION)), *_WHY)
        ),
        "transfer": MoveForm(N_("Pass to another body"), (fields.line("body", N_("To which body")), *_WHY), grave=True),
        "urge": MoveForm(N_("Urge")),
        "supervise": MoveForm(
            N_("Write a supervision letter"), (fields.text("text", N_("What the unit must do"), 2000),)
        ),
        "repay": MoveForm(
            N_("Enter money paid back"),
            (
                fields.money("amount_fen", N_("Amount in yuan")),
                fields.text("text", N_("A word"), 1000, needed=False),
            ),
        ),
        "censure": MoveForm(
            N_("Enter in the ledger"),
            (
                fields.one("unit", N_("Unit"), offers.units_by_name, int, needed=False),
                fields.text("text", N_("What is entered"), 2000),
                fields.tick("public", N_("Public: the owner hears of it")),
            ),
        ),
        "recuse": MoveForm(
            N_("Keep from somebody it is about"), (fields.one("person", N_("Person"), offers.officials, int),)
        ),
    }
)
#: Two moves at once, as the chat offers them: (the first move, the form of both).
TAKE = "take"
AT_ONCE: Mapping[str, tuple[str, MoveForm]] = MappingProxyType(
    {TAKE: ("accept", MoveForm(N_("Accept and dispatch"), _DISPATCH))}
)


def form_of(name: str) -> tuple[str, MoveForm] | None:
    """The move that must be open for a form, and the form; None for a name there is none of."""
    if name in FORMS:
        return name, FORMS[name]
    return AT_ONCE.get(name)
