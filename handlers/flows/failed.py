"""What failed and what nobody took: an administrator sees why, and has it tried again."""

from __future__ import annotations

from domain.messages import Button, Message
from domain.people import Person
from domain.rights import RIGHTS, Right
from handlers import menus, phrases, troubles
from handlers.registry import flow
from handlers.talk import Talk
from handlers.troubles import Trouble
from handlers.turn import Turn
from handlers.words import N_, _
from storage import dead_letters

#: So many are shown at once; what is tried again makes room for the next.
MOST = 8

SORTS = {
    "arrival": N_("arrived, but the program failed on it"),
    "letter": N_("a message that did not get through"),
    "file": N_("a file that did not come"),
}


@flow(
    "failed",
    command="failed",
    words=N_("failed messages"),
    roles=RIGHTS[Right.FAILED],
    describes=N_("messages that failed"),
)
async def failed(talk: Talk) -> Message:
    """Arrivals the program failed on, messages nobody took, files given up; each can be tried again."""
    if talk.arg:
        done = talk.do("again", _again, talk.arg)
        return menus.menu(talk.turn, _("It is on its way again.") if done else _("That was mended already."))
    found = troubles.found(talk.tx)
    parts = [*_listed(talk.turn, found[:MOST]), *_rest(found[MOST:])]
    parts += [*_put_off(talk.turn), *_phoned(dead_letters.without_door(talk.tx))]
    if not parts:
        return menus.menu(talk.turn, _("No message has failed."))
    return Message("\n".join(parts), _("Failed messages"), buttons=_buttons(found[:MOST]))


def _again(turn: Turn, named: str) -> bool:
    sort, _sep, key = named.partition("/")
    return troubles.again(turn, sort, key)


def _listed(turn: Turn, shown: list[Trouble]) -> list[str]:
    return [
        f"{n}. {phrases.moment_words(one.at, turn.office, turn.now)} · {one.channel} · {_(SORTS[one.sort])}"
        f"\n{troubles.reason_words(one.reason)[:120]}"
        for n, one in enumerate(shown, 1)
    ]


def _rest(more: list[Trouble]) -> list[str]:
    return [_("{count} more follow when these are done.", count=len(more))] if more else []


def _put_off(turn: Turn) -> list[str]:
    """What goes by itself as soon as its platform takes it, and has waited long for that."""
    waiting = dead_letters.put_off(turn.tx, turn.now)
    if not waiting:
        return []
    text = _(
        "{count} message(s) wait because the platform does not take them yet; each is tried again by itself. "
        "The oldest since {when} ({channel}): {reason}",
        count=len(waiting),
        when=phrases.moment_words(waiting[0].at, turn.office, turn.now),
        channel=waiting[0].channel,
        reason=troubles.reason_words(waiting[0].reason)[:120],
    )
    return [text]


def _phoned(people: list[Person]) -> list[str]:
    """Who has blocked the office everywhere; a name and a phone is all it takes."""
    if not people:
        return []
    known = (" ".join(part for part in (one.name, one.enterprise, one.phone) if part) for one in people[:MOST])
    return [_("These people cannot be written to any more. Please phone them if it matters:"), *filter(None, known)]


def _buttons(shown: list[Trouble]) -> tuple[tuple[Button, ...], ...]:
    tries = tuple(
        (Button(_("Try number {n} again", n=n), f"f:failed:{one.sort}/{one.key}"),) for n, one in enumerate(shown, 1)
    )
    return (*tries, (Button(_("Help"), "f:help"),))
