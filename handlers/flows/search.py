"""Finding a case by number, words, pinyin or enterprise, among those the person may see; units and items beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.case import Actor, Case
from domain.messages import Button, Message, rows
from domain.people import UnitOf
from domain.permits import may_know_owner, may_see
from domain.scopes import scope_of
from handlers import menus, phrases
from handlers.questions import Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import search as finding
from storage import units
from storage.items import Item

#: So many of the newest cases that fit are looked at, for some that the person may see; and so many are shown.
MOST_LOOKED_AT = 60
MOST_SHOWN = 8
#: Units and items shown beside the cases, of each.
MOST_BESIDE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, newest first. near: nothing has the words, and these are like it; more: not all of them."""

    cases: tuple[Case, ...]
    near: bool = False
    more: bool = False


@flow("search", command="search", words=N_("search|find a case"), describes=N_("find a case"))
async def search(talk: Talk) -> Message:
    """Ask for words and list what is found."""
    if talk.arg:
        return found_for(talk.turn, talk.arg)
    words = await talk.ask(
        "words", Text(prompt=_("What are you looking for? A number, a word, an enterprise. Pinyin works too."), most=60)
    )
    return found_for(talk.turn, words)


def cases_for(turn: Turn, words: str, most: int = MOST_SHOWN) -> Found:
    """Cases with these words that the person may see and may find by them; those that are near if there are none."""
    scope = scope_of(turn.actors)
    for near, look in ((False, finding.exactly), (True, finding.nearly)):
        looked_at = look(turn.tx, words, scope, max(most + 1, MOST_LOOKED_AT))
        seen = [case for case in looked_at if _visible(turn, case, words, near=near)]
        if seen:
            return Found(tuple(seen[:most]), near, len(seen) > most)
    return Found(())


def _visible(turn: Turn, case: Case, words: str, *, near: bool) -> bool:
    return any(may_see(case, actor) and _may_find(case, actor, words, near=near) for actor in turn.actors)


def _may_find(case: Case, actor: Actor, words: str, *, near: bool) -> bool:
    """By its enterprise a case is found only by those who may know it: otherwise a hit would tell."""
    return may_know_owner(case, actor) or finding.found_by_facts(case, words, near=near)


def found_for(turn: Turn, words: str) -> Message:
    """What fits: cases as a list with a button each, then units and items."""
    wanted = words.strip()
    beside = _beside(turn, wanted)
    found = listed_for(turn, wanted)
    if found is None:
        text = "\n".join((_("I found nothing for “{words}”.", words=phrases.short(wanted[:60])), *beside))
        return menus.menu(turn, text)
    return Message("\n".join((found.text, *beside)), found.title, buttons=found.buttons)


def listed_for(turn: Turn, words: str) -> Message | None:
    """The cases that fit, as a list; None where none does."""
    found = cases_for(turn, words.strip())
    if not found.cases:
        return None
    lines = [
        f"{n}. {phrases.about(case)} · {_(phrases.STATUSES[case.status])}" for n, case in enumerate(found.cases, 1)
    ]
    if found.more:
        lines.append(_("There are more. Add a word, or part of the number, to narrow it down."))
    buttons = [Button(case.number, f"f:case:{case.id}") for case in found.cases]
    title = _("No exact match; these are near") if found.near else _("Found")
    return Message("\n".join(lines), title, buttons=rows(buttons, 2))


def _beside(turn: Turn, words: str) -> list[str]:
    """A line for each unit and item that fits: what they are called, and whom to phone."""
    known = {unit.id: unit for unit in units.every(turn.tx)}
    found = [_unit_line(unit) for unit in finding.units_like(turn.tx, words, MOST_BESIDE)]
    return [*found, *_item_lines(finding.items_like(turn.tx, words, MOST_BESIDE), known)]


def _unit_line(unit: UnitOf) -> str:
    return _("Unit: {name} {phone}", name=unit.name, phone=unit.phone).strip()


def _item_lines(found: Iterable[Item], known: dict[int, UnitOf]) -> list[str]:
    return [
        _("Item: {name} ({unit})", name=item.name, unit=known[item.unit_id].name)
        for item in found
        if item.unit_id in known
    ]
