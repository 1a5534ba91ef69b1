"""Items of business: what a unit does for people, how long it promises to take, and the way to have it done."""

from __future__ import annotations

from typing import Any

from domain.case import Kind
from domain.errors import Refused
from domain.messages import Button, Message, rows
from handlers.flows.consent import agree, not_without
from handlers.flows.filing import file_told
from handlers.questions import Account, Text, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import items, units
from storage.items import Item

#: A list shows so many; who looks for more sends a longer word.
MOST = 8
LONGEST_WORD = 60
#: A button carries no more, in bytes.
LONGEST_BUTTON = 64
#: What one can do about an item: (kind of case, label, prompt).
STEPS: tuple[tuple[Kind, str, str], ...] = (
    (Kind.REQUEST, N_("Have this done"), N_("What is it that you need done? Say it in a few words.")),
    (Kind.INQUIRY, N_("Ask about it"), N_("What would you like to know about it?")),
)


class UnknownItem(Refused):
    """This item of business is not listed here any more. Tell me in a sentence what you need, and we find the unit."""


@flow(
    "item", command="item", words=N_("items|how to get it done"), describes=N_("what to bring, and how long it takes")
)
async def item(talk: Talk) -> Message:
    """One item by its code, or those whose name contains a word."""
    wanted = talk.arg.strip() or await talk.ask("word", _which())
    found = items.by_code(talk.tx, wanted)
    if found is not None:
        return _card(talk.turn, found)
    named = items.named(talk.tx, wanted, MOST + 1)
    if len(named) == 1:
        return _card(talk.turn, named[0])
    if not named:
        raise UnknownItem()
    return _listed(talk.turn, named)


def _which() -> Text:
    prompt = _("What do you need done? One word is enough, such as “licence”.")
    return Text(prompt=prompt, most=LONGEST_WORD)


def _card(turn: Turn, found: Item) -> Message:
    days = _("{count} working day(s)", count=found.limit_days) if found.limit_days else ""
    facts = (
        (_("Unit"), units.names(turn.tx).get(found.unit_id, "")),
        (_("Steps"), found.steps),
        (_("To bring"), found.documents),
        (_("Promised within"), days),
    )
    buttons = [
        Button(_(label), value)
        for kind, label, _prompt in STEPS
        if len((value := f"f:about_item:{kind}.{found.code}").encode()) <= LONGEST_BUTTON
    ]
    other = Button(_("Another item"), "f:item")
    return Message("", found.name, tuple((k, v) for k, v in facts if v), rows([*buttons, other], 2))


def _listed(turn: Turn, found: list[Item]) -> Message:
    lines = [f"{n}. {one.name}" for n, one in enumerate(found[:MOST], 1)]
    if len(found) > MOST:
        lines.append(_("There are more: send a longer word to find the right one."))
    buttons = [Button(one.name[:30], f"f:item:{one.code}") for one in found[:MOST]]
    return Message("\n".join(lines), _("Which one?"), buttons=rows(buttons))


@flow("about_item")
async def about_item(talk: Talk) -> Message:
    """File a request or an inquiry about an item; its unit is known already."""
    kind, _sep, code = talk.arg.partition(".")
    about = talk.read("item", _known, kind, code)
    if not await agree(talk, gathers="facts"):
        return not_without(talk)
    told = await talk.ask("facts", Told(prompt=_(about["prompt"]), label=_("What happened"), worded=True))
    text = _("About “{item}”:", item=about["name"]) + "\n" + told.text
    return await file_told(talk, Kind(kind), Account(text, told.files, told.place), str(about["unit"]))


def _known(turn: Turn, kind: str, code: str) -> dict[str, Any]:
    """Name, unit and prompt. Raises UnknownItem."""
    prompt = next((words for one, _label, words in STEPS if one == kind), None)
    found = items.by_code(turn.tx, code)
    if prompt is None or found is None:
        raise UnknownItem()
    return {"name": found.name, "unit": found.unit_id, "prompt": prompt}
