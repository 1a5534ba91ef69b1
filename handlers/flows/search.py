"""Finding a case by number, words or enterprise, among those the person may see."""

from __future__ import annotations

from domain.case import Actor, Case
from domain.messages import Button, Message, rows
from domain.permits import may_know_owner, may_see
from domain.rights import RIGHTS, Right
from handlers import menus, phrases
from handlers.questions import Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases

#: So many of the newest cases that fit are looked at, for some that the person may see.
MOST_LOOKED_AT = 500


@flow(
    "search", command="search", words=N_("search|find a case"), roles=RIGHTS[Right.SEARCH], describes=N_("find a case")
)
async def search(talk: Talk) -> Message:
    """Ask for words and list what is found."""
    if talk.arg:
        return found_for(talk.turn, talk.arg)
    words = await talk.ask(
        "words", Text(prompt=_("What are you looking for? A number, a word, an enterprise."), most=60)
    )
    return found_for(talk.turn, words)


def found_for(turn: Turn, words: str) -> Message:
    """The cases that fit, as a list with a button each."""
    found = listed_for(turn, words)
    return found or menus.menu(turn, _("I found nothing for “{words}”.", words=phrases.short(words.strip()[:60])))


def listed_for(turn: Turn, words: str) -> Message | None:
    """The cases that fit, as a list; None where none does."""
    wanted = words.strip()[:60]
    visible = [case for case in cases.search(turn.tx, wanted, MOST_LOOKED_AT) if _visible(turn, case, wanted)][:8]
    if not visible:
        return None
    lines = [f"{n}. {phrases.about(case)} · {_(phrases.STATUSES[case.status])}" for n, case in enumerate(visible, 1)]
    buttons = [Button(case.number, f"f:case:{case.id}") for case in visible]
    return Message("\n".join(lines), _("Found"), buttons=rows(buttons, 2))


def _visible(turn: Turn, case: Case, wanted: str) -> bool:
    return any(may_see(case, actor) and _may_find(case, actor, wanted) for actor in turn.actors)


def _may_find(case: Case, actor: Actor, wanted: str) -> bool:
    """By its enterprise a case is found only by those who may know it: otherwise a hit would tell."""
    told = f"{case.number}\n{case.facts}".casefold()
    return may_know_owner(case, actor) or wanted.casefold() in told
