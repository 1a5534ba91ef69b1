"""/board/troubles: arrivals the program failed on, messages no door took, files never fetched; each with a way again.

It shows where and why, never what people wrote: an administrator sees no case text by that role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from bot.board.drawing import page
from bot.board.sessions import Desk, Page, form
from domain.people import Person
from domain.rights import Right
from handlers import troubles
from handlers.troubles import Trouble
from handlers.turn import Turn
from handlers.words import N_, _
from storage import dead_letters, inbox
from storage.dead_letters import Ended
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Troubles:
    """What went wrong, by its sort, how much of it there is, what is put off, and who can be written to nowhere."""

    by_sort: Mapping[str, list[Trouble]]
    counts: Mapping[str, int]
    put_off: list[Ended]
    people: list[Person]


async def show(desk: Desk) -> web.StreamResponse:
    """The lists, after a way again with a word of what became of it."""
    said = SAID.get(desk.request.query.get("said", ""), "")
    found = await desk.read(_found)
    return page(desk, "troubles.html", found=found, reason=troubles.reason_words, said=_(said) if said else "")


def _found(turn: Turn) -> Troubles:
    tx = turn.tx
    every = troubles.found(tx)
    by_sort = {sort: [one for one in every if one.sort == sort] for sort in troubles.WAYS}
    counts = {sort: count(tx) for sort, count in COUNTS.items()}
    return Troubles(by_sort, counts, dead_letters.put_off(tx, turn.now), dead_letters.without_door(tx))


#: How much of each sort there is; not all of it is shown.
COUNTS: Mapping[str, Callable[[Tx], int]] = MappingProxyType(
    {"arrival": inbox.failed_count, "letter": dead_letters.letter_count, "file": dead_letters.lost_file_count}
)
#: What is said after a way again.
SAID: Mapping[str, str] = MappingProxyType(
    {
        "again": N_("It is on its way again."),
        "over": N_("That was mended already."),
    }
)


async def again(desk: Desk) -> web.StreamResponse:
    """Take the way again that the form names."""
    sent = await form(desk)
    done = await desk.write(troubles.again, desk.request.match_info["sort"], sent["key"])
    raise web.HTTPSeeOther(f"/board/troubles?said={'again' if done else 'over'}")


ROUTES = (
    Page("GET", "/board/troubles", show, Right.DEAD_LETTERS, label=N_("Failed and undelivered")),
    Page("POST", "/board/troubles/{sort}", again, Right.DEAD_LETTERS),
)
