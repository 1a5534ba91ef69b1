"""An owner was inspected and asks whether it was in order; one tap makes a complaint of it."""

from __future__ import annotations

from domain.case import Kind, Naming
from domain.messages import Message
from handlers import accused, menus
from handlers.flows.consent import agree, not_without
from handlers.flows.filing import file_it, filed
from handlers.questions import Account, Choice, Option, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import units


@flow(
    "inspected",
    command="inspected",
    words=N_("is the inspection registered|was i inspected properly"),
    describes=N_("ask whether an inspection of your enterprise is registered"),
)
async def inspected(talk: Talk) -> Message:
    """Whether an inspection is registered, and a complaint about it with one tap."""
    if not await agree(talk, gathers="facts"):
        return not_without(talk)
    account = await talk.ask("facts", _facts())
    named = talk.read("named", _named_unit, account.text)
    unit = await talk.ask("unit", lambda: _unit(talk), default=named or None)
    if await talk.ask("next", _registered(talk, int(unit))) == "no":
        return menus.menu(talk.turn, _("All right. You can complain about it at any time."))
    return filed(talk.turn, talk.do("case", _complain, account, int(unit)))


def _facts() -> Told:
    prompt = _("Who came, from which unit, when, and what did they do or fine? Photos of their papers may come along.")
    return Told(prompt=prompt, label=_("What happened"), worded=True)


def _named_unit(turn: Turn, text: str) -> str:
    return str(accused.unit_in(turn.tx, text) or "")


def _unit(talk: Talk) -> Choice:
    known = talk.read("units", _units)
    lines = (*(Option(unit, name) for unit, name in known), Option("0", _("I do not know")))
    return Choice(prompt=_("Which unit did they come from?"), lines=lines, across=2, label=_("Unit"))


def _units(turn: Turn) -> list[tuple[str, str]]:
    return [(str(unit), name) for unit, name in units.names(turn.tx).items()]


def _registered(talk: Talk, unit: int) -> Choice:
    """This office keeps no register of inspections yet, and says so."""
    prompt = _(
        "No such inspection by {unit} is registered with us. We keep no register of inspections yet, so this alone "
        "proves nothing: whether it was approved must be looked into.\n"
        "Shall I make a complaint of it? It goes to the supervisors, not to that unit alone, and your name is kept "
        "from the unit.",
        unit=units.names(talk.tx).get(unit, _("that unit")),
    )
    lines = (Option("yes", _("Yes, complain about it")), Option("no", _("No, not now")))
    return Choice(prompt=prompt, lines=lines, label=_("Complaint"))


def _complain(turn: Turn, account: Account, unit: int) -> dict[str, object]:
    return file_it(
        turn,
        kind=Kind.COMPLAINT,
        account=account,
        naming=Naming.KEPT,
        enterprise=turn.person.enterprise,
        contact=turn.person.phone,
        unit=unit or None,
        ref="",
    )
