"""What is put right or down about a case: its kind, other bodies, supervision, money, criticism, whom it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.case import Case, Kind
from domain.messages import Message
from domain.rights import RIGHTS, Right
from handlers import appointing, casework, phrases
from handlers.flows import picking
from handlers.flows.follow import after
from handlers.flows.tasks import allowed
from handlers.money import Money
from handlers.questions import Choice, Confirm, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _
from storage import people, units

WORKERS = RIGHTS[Right.WORK]
DISPATCHERS = RIGHTS[Right.DECIDE]
SUPERVISORS = RIGHTS[Right.LEDGER]
#: Not a kind of case here: it leads to the sealed path, of which the rules say what there is.
CLUE = "clue"
NO_UNIT = "0"
MOST_BODY = 60
MOST_WORDS = 2000


# --- another kind -----------------------------------------------------------------------------------------------


@flow("reclassify", roles=WORKERS | DISPATCHERS)
async def reclassify(talk: Talk) -> Message:
    """A case is of another kind from now on; its limits count from the first filing."""
    case_id = talk.read("case", allowed, talk.arg, "reclassify")
    lines = tuple(Option(value, label) for value, label in talk.read("kinds", _kinds, case_id))
    kind = await talk.ask("kind", Choice(prompt=_("What is it really?"), lines=lines, across=2, label=_("Kind")))
    weight = None if kind == CLUE else await _weight(talk, Kind(kind))
    talk.do("reclassified", casework.move, case_id, "reclassify", kind=kind, weight=weight)
    return after(talk.turn, case_id, _("Changed. The owner has been told; the limits count from the first filing."))


def _kinds(turn: Turn, case_id: int) -> list[tuple[str, str]]:
    case = casework.seen(turn, str(case_id))
    kinds = [(str(kind), _(phrases.KINDS[kind])) for kind in Kind if kind is not case.kind]
    return [*kinds, (CLUE, _("A clue about misconduct"))]


async def _weight(talk: Talk, kind: Kind) -> str | None:
    rule = talk.office.rulebook.kinds[kind]
    if not rule.weights:
        return None
    lines = tuple(
        Option(str(weight), f"{_(phrases.WEIGHTS[weight])} · {phrases.limit_words(rule.handle[weight])}")
        for weight in rule.weights
    )
    return await talk.ask("weight", Choice(prompt=_("How heavy is it?"), lines=lines, label=_("Weight")))


# --- other bodies -----------------------------------------------------------------------------------------------


@flow("transfer", roles=DISPATCHERS)
async def transfer(talk: Talk) -> Message:
    """A case is passed to a body that must decide on it; it ends here."""
    case_id = talk.read("case", allowed, talk.arg, "transfer")
    prompt = _("To which body? Its name as the owner knows it.")
    body = await talk.ask("body", Text(prompt=prompt, most=MOST_BODY, label=_("Body")))
    text = await talk.ask("text", _words(_("Why is it theirs, and how does the owner reach them? The owner reads it.")))
    prompt = _("Pass it on? It ends here; the owner and the units are told.")
    facts = ((_("Body"), body), (_("Words"), text))
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=facts, yes=_("Pass it on")))
    talk.do("transferred", casework.move, case_id, "transfer", body=body, text=text)
    return after(talk.turn, case_id, _("Passed on. When you hear their answer, tell the owner from this card."))


def _words(prompt: str) -> Text:
    return Text(prompt=prompt, most=MOST_WORDS, label=_("Words"))


@flow("relay", roles=DISPATCHERS)
async def relay(talk: Talk) -> Message:
    """The answer of the other body goes to the owner."""
    case_id = talk.read("case", allowed, talk.arg, "relay")
    text = await talk.ask("text", Text(prompt=_("What did the other body answer? The owner reads it."), most=5000))
    talk.do("relayed", casework.move, case_id, "relay", text=text)
    return after(talk.turn, case_id, _("The owner has been told."))


# --- supervision and the ledger ---------------------------------------------------------------------------------


@flow("supervise", roles=SUPERVISORS)
async def supervise(talk: Talk) -> Message:
    """A supervision letter to every unit on the case and its head."""
    case_id = talk.read("case", allowed, talk.arg, "supervise")
    text = await talk.ask("text", _words(_("What is to be done? Every unit on the case and its head read it.")))
    facts = ((_("Units"), talk.read("to", _concerned_units, case_id)), (_("Words"), text))
    prompt = _("Send it as a supervision letter?")
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=facts, yes=_("Send the letter")))
    talk.do("supervised", casework.move, case_id, "supervise", text=text)
    return after(talk.turn, case_id, _("Sent. Each unit answers for itself by its own date."))


def _concerned_units(turn: Turn, case_id: int) -> str:
    names = units.names(turn.tx)
    return phrases.listed(names.get(part.unit, "") for part in casework.seen(turn, str(case_id)).open_parts)


@flow("repay", roles=WORKERS | DISPATCHERS | SUPERVISORS)
async def repay(talk: Talk) -> Message:
    """Money that came back to the owner, for the ledger."""
    case_id = talk.read("case", allowed, talk.arg, "repay")
    amount = await talk.ask("amount", Money(prompt=_("How much was paid back?"), label=_("Amount")))
    question = Text(prompt=_("What for, and how? The owner reads it."), most=1000, label=_("Words"), optional=True)
    text = await talk.ask("text", question)
    facts = ((_("Amount"), phrases.money_words(amount)), (_("Words"), text))
    shown = tuple((label, value) for label, value in facts if value)
    await talk.confirm(Confirm(prompt=_("Enter it? The owner is told."), facts=shown, yes=_("Enter it")))
    talk.do("repaid", casework.move, case_id, "repay", amount_fen=amount, text=text)
    return after(talk.turn, case_id, _("Entered. The owner has been told."))


@flow("censure", roles=SUPERVISORS)
async def censure(talk: Talk) -> Message:
    """What followed for a unit or somebody in it, for the ledger; the owner hears of it where it was public."""
    case_id = talk.read("case", allowed, talk.arg, "censure")
    text = await talk.ask("text", _words(_("What followed? One or two sentences for the ledger.")))
    lines = (*talk.read("units", _units_of, case_id), (NO_UNIT, _("No unit of this case")))
    options = tuple(Option(str(key), name) for key, name in lines)
    unit = await talk.ask("unit", Choice(prompt=_("Which unit?"), lines=options, across=2, label=_("Unit")))
    public = await talk.ask("public", _public())
    facts: dict[str, Any] = {"text": text, "unit": int(unit) or None, "public": public == "yes"}
    talk.do("censured", casework.move, case_id, "censure", **facts)
    return after(talk.turn, case_id, _("Entered in the ledger."))


def _public() -> Choice:
    lines = (Option("yes", _("Public: the owner hears of it")), Option("no", _("Not public")))
    return Choice(prompt=_("Is it public?"), lines=lines, label=_("Public"))


def _units_of(turn: Turn, case_id: int) -> list[tuple[int, str]]:
    """The units that had a part in the case, and the one it is about."""
    case, names = casework.seen(turn, str(case_id)), units.names(turn.tx)
    found = dict.fromkeys((*(part.unit for part in case.assignments), case.named_unit))
    return [(unit, names[unit]) for unit in found if unit in names]


# --- whom it is about -------------------------------------------------------------------------------------------


@flow("recuse", roles=DISPATCHERS | SUPERVISORS | RIGHTS[Right.APPROVALS])
async def recuse(talk: Talk) -> Message:
    """Whom a case is about never sees it from now on."""
    case_id = talk.read("case", allowed, talk.arg, "recuse")
    person = await picking.colleague(talk, _("Whom is it about? They do not see it any more."), _near(case_id))
    prompt = _("Keep the case from {name}? This cannot be taken back here.", name=talk.read("who", _name, person))
    await talk.confirm(Confirm(prompt=prompt, yes=_("Keep it from them")))
    talk.do("recused", casework.move, case_id, "recuse", person=person)
    return after(talk.turn, case_id, _("Done. They do not see this case, and hear nothing of it."))


def _near(case_id: int) -> Callable[[Turn], appointing.Lines]:
    return lambda turn: _officials_near(turn, casework.seen(turn, str(case_id)))


def _officials_near(turn: Turn, case: Case) -> appointing.Lines:
    """Who works in the unit the case is about, or in one that has a part in it."""
    near = {case.named_unit, *(part.unit for part in case.assignments)} - {None}
    held = [one for one in people.all_holders(turn.tx, turn.now) if one.unit in near and one.standing_in_for is None]
    named = {one.person: one.name for one in held if one.person not in case.recused}
    return [(str(person), appointing.label(turn, person, name)) for person, name in named.items()]


def _name(turn: Turn, person: int) -> str:
    found = people.get(turn.tx, person)
    return found.name if found else ""
