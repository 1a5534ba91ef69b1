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
from domain.rights import Right
from handlers.turn import Turn
from handlers.words import N_, _
from storage import dead_letters, inbox
from storage.dead_letters import Ended
from storage.inbox import Failed


@dataclass(frozen=True, slots=True)
class Troubles:
    """What went wrong, newest or oldest first as it is best mended."""

    arrivals: list[Failed]
    letters: list[Ended]
    lost: list[Ended]
    letter_count: int
    lost_count: int


async def show(desk: Desk) -> web.StreamResponse:
    """The lists, after a way again with a word of what became of it."""
    said = SAID.get(desk.request.query.get("said", ""), "")
    return page(desk, "troubles.html", found=await desk.read(_found), said=_(said) if said else "")


def _found(turn: Turn) -> Troubles:
    tx = turn.tx
    return Troubles(
        inbox.failed(tx),
        dead_letters.letters(tx),
        dead_letters.lost_files(tx),
        dead_letters.letter_count(tx),
        dead_letters.lost_file_count(tx),
    )


#: What is said after a way again.
SAID: Mapping[str, str] = MappingProxyType(
    {
        "again": N_("It is on its way again."),
        "over": N_("That was mended already."),
    }
)


def _run_again(turn: Turn, channel: str, key: str) -> bool:
    """The arrival is handled again after this transaction, by the program as it is now."""
    if not any((one.channel, one.key) == (channel, key) for one in inbox.failed(turn.tx)):
        return False
    turn.tx.signal("again", channel, key)
    return True


def _send_again(turn: Turn, _channel: str, key: str) -> bool:
    return bool(_id(key)) and dead_letters.send_again(turn.tx, _id(key), turn.now)


def _fetch_again(turn: Turn, _channel: str, key: str) -> bool:
    return bool(_id(key)) and dead_letters.fetch_again(turn.tx, _id(key), turn.now)


def _id(key: str) -> int:
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0


async def again(desk: Desk) -> web.StreamResponse:
    """Take the way again that the form names."""
    sent = await form(desk)
    way = WAYS.get(desk.request.match_info["sort"])
    if way is None:
        raise web.HTTPSeeOther("/board/troubles")
    done = await desk.write(way, sent["channel"], sent["key"])
    raise web.HTTPSeeOther(f"/board/troubles?said={'again' if done else 'over'}")


#: The ways again, by what is to be tried.
WAYS: Mapping[str, Callable[[Turn, str, str], bool]] = MappingProxyType(
    {"arrival": _run_again, "letter": _send_again, "file": _fetch_again}
)

ROUTES = (
    Page("GET", "/board/troubles", show, Right.DEAD_LETTERS, label=N_("Failed and undelivered")),
    Page("POST", "/board/troubles/{sort}", again, Right.DEAD_LETTERS),
)
