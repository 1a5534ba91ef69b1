"""Everything that can go wrong with a call of WeCom's, one after the other: afterwards every row has its fate, what was
only late has arrived once, what did not arrive is said when its reader comes back, and no limit was passed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.wecom import meanings
from domain.messages import Button, Message
from storage import outbox, people
from storage.outbox import Priority
from storage.tables import addresses
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.quiet import busy
from tests.wecom import people as phones
from tests.wecom.offices import Town, office
from tests.wecom.people import Official, Owner

#: Here the platform's minute of pause is a second; the clock goes on by so much at each look.
PAUSE_SECONDS, STEP = 1.0, timedelta(seconds=12)
LOOK_SECONDS, ENDING_SECONDS = 0.05, 60.0
STALL_SECONDS = 5.0


@dataclass
class Pair:
    """An owner and a member whom nobody has met before."""

    town: Town
    owner: Owner
    member: Official

    def both(self, errcode: int = 0, times: int = 1, **more: Any) -> None:
        """Messages to either go wrong so often."""
        for api in ("kf/send_msg", "message/send"):
            self.town.sim.faults.times(api, times, errcode, **more)


def _tokens(pair: Pair, end: Callable[[str], None]) -> None:
    for app in ("app", "kefu"):
        end(app)


def _too_many(pair: Pair) -> None:
    pair.both(45009, times=2)
    pair.town.sim.faults.once("kf/sync_msg", 45009)


def _empty_pages(pair: Pair) -> None:
    pair.town.sim.empty_pages = 3


def _disorder(pair: Pair) -> None:
    pair.town.sim.callbacks.copies, pair.town.sim.callbacks.jitter_seconds = 3, 0.1


def _cards(code: int) -> Callable[[Pair], None]:
    return lambda pair: pair.town.sim.faults.once("message/update_template_card", code)


def _owners(code: int) -> Callable[[Pair], None]:
    return lambda pair: pair.town.sim.faults.once("kf/send_msg", code)


def _lost(sort: int) -> Callable[[Pair], None]:
    return lambda pair: pair.town.sim.kf_fails.append(sort)


def _not_reached(pair: Pair) -> None:
    userid = pair.member.phone.member.userid
    pair.town.sim.faults.once("message/send", more={"invaliduser": userid.lower()}, touser=userid)


def _no_licence(pair: Pair) -> None:
    pair.member.phone.member.licensed = False


def _out_of_range(pair: Pair) -> None:
    pair.member.phone.member.sees.discard("app")


#: What passes: everything is said in the end, and once.
PASSING: dict[str, Callable[[Pair], None]] = {
    "the tokens are over (42001)": lambda pair: _tokens(pair, pair.town.sim.expire),
    "the tokens are killed (40014)": lambda pair: _tokens(pair, pair.town.sim.revoke),
    "too many calls (45009)": _too_many,
    "busy (-1)": lambda pair: pair.both(-1, times=2),
    "too many at once (45033)": lambda pair: pair.both(45033),
    "a stall of five seconds": lambda pair: pair.both(stall=STALL_SECONDS),
    "a broken proxy": lambda pair: pair.both(http=502, times=2),
    "cut before it took effect": lambda pair: pair.both(closed="before"),
    "cut after it took effect": lambda pair: pair.both(closed="after"),
    "empty pages with more behind": _empty_pages,
    "callbacks three times and mixed": _disorder,
    "a response code that is spent (60140)": _cards(60140),
    "a task that is forgotten (42016)": _cards(42016),
    "the talk changes hands (95018)": _owners(95018),
}
#: Where the card cannot be changed in its place, a fresh one is shown below it.
FRESH = {"a response code that is spent (60140)", "a task that is forgotten (42016)"}
#: What shuts an owner's window: it is said when they write again.
SHUT: dict[str, Callable[[Pair], None]] = {
    "more than five (95001)": _owners(95001),
    "more than 48 hours (95002)": _owners(95002),
    "the talk has ended (95013)": _owners(95013),
    "not shown, over 48 hours (4)": _lost(4),
    "not shown, more than five (6)": _lost(6),
    "not shown, refused (10)": _lost(10),
}
#: What keeps a member from being reached.
AWAY: dict[str, Callable[[Pair], None]] = {
    "named among the invalid": _not_reached,
    "no licence": _no_licence,
    "all are invalid (81013)": _out_of_range,
}


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(meanings, "PAUSE_SECONDS", PAUSE_SECONDS)
    async with office(tmp_path, paced=True) as made:
        yield made
        assert made.sim.complaints == []
        assert made.sim.windows.most["member a minute"] <= 30


async def met(town: Town) -> Pair:
    """Both have opened their chats and were greeted."""
    pair = Pair(town, town.owner("林晓"), phones.official(town.sim, town.url, "路过的同事"))
    for one in (pair.owner, pair.member):
        await one.say("/help")
        await one.heard("")
        one.read_all()
    await weathered(town)
    return pair


async def lived_through(town: Town, plan: Callable[[Pair], None], name: str) -> Pair:
    """Something goes wrong while both are told news, and the member's card changes."""
    pair = await met(town)
    await town.app.db.write(told, pair, f"{name}：旧", town.app.clock.now())
    await weathered(town)
    plan(pair)
    await town.app.db.write(told, pair, f"{name}：新", town.app.clock.now())
    await weathered(town)
    return pair


async def asking(pair: Pair) -> None:
    """Both ask something; afterwards nothing that was planned is left."""
    await asyncio.gather(pair.owner.say("/my"), pair.member.say("/my"))
    await weathered(pair.town)
    sim = pair.town.sim
    sim.callbacks.copies, sim.callbacks.jitter_seconds = 1, 0.0
    assert (sim.faults.left(), list(sim.kf_fails), sim.empty_pages) == ([], [], 0)


def told(tx: Tx, pair: Pair, text: str, now: datetime) -> None:
    """News for both; for the member in the place of the card before."""
    ways = (("kefu", pair.owner.phone.owner.external_userid), ("wecom", pair.member.phone.member.userid))
    for channel, address in ways:
        found = people.find(tx, channel, address)
        assert found is not None
        assert found[1] is not None
        named = "news" if channel == "wecom" else ""
        message = Message(text, buttons=((Button("看一看", "f:my"),),), card=named)
        outbox.say(tx, found[0], found[1].id, message, now, priority=Priority.NEWS)


async def weathered(town: Town) -> None:
    """Let time pass until nothing waits to be pulled or said."""
    ends = time.monotonic() + ENDING_SECONDS
    while await town.app.db.read(busy, town.app.clock, timedelta(days=1)):
        assert time.monotonic() < ends, await town.app.db.read(fates)
        await asyncio.sleep(LOOK_SECONDS)
        town.clock.move_to(town.clock.now() + STEP)


def fates(tx: Tx) -> list[tuple[str, str, str, str]]:
    """(channel, address, state, reason) of every row that was to be said on WeCom."""
    asked = select(rows.c.channel, addresses.c.address, rows.c.state, rows.c.reason).join(addresses)
    asked = asked.where(rows.c.channel.in_(("wecom", "kefu")), ~rows.c.mine).order_by(rows.c.id)
    return [tuple(row) for row in tx.all(asked)]


async def ended(town: Town, name: str) -> None:
    """Every row has its fate, with a reason where it was not said."""
    for channel, _address, state, reason in await town.app.db.read(fates):
        assert state in ("sent", "joined", "replaced", "unreachable", "dead"), (name, channel, state)
        assert reason or state not in ("unreachable", "dead"), (name, channel, state)


def times(reader: Owner | Official, words: str) -> int:
    """How many messages on a phone have these words."""
    return sum(words in one.words() for one in reader.listed())


async def test_what_passes_is_said_once_in_the_end(town: Town) -> None:
    for name, plan in PASSING.items():
        pair = await lived_through(town, plan, name)
        await asking(pair)
        await ended(town, name)
        assert times(pair.owner, f"{name}：新") == 1, name
        assert times(pair.member, f"{name}：新") == 1, name
        assert times(pair.member, f"{name}：旧") == (1 if name in FRESH else 0), name
        mine = {pair.owner.phone.owner.external_userid, pair.member.phone.member.userid}
        states = {state for _channel, address, state, _reason in await town.app.db.read(fates) if address in mine}
        assert states <= {"sent", "joined", "replaced"}, (name, states)


async def test_what_an_owner_did_not_get_is_said_when_they_write_again(town: Town) -> None:
    for name, plan in SHUT.items():
        pair = await lived_through(town, plan, name)
        await ended(town, name)
        await asking(pair)
        await ended(town, name)
        assert times(pair.owner, f"{name}：新") == 1, name
        assert times(pair.member, f"{name}：新") == 1, name


async def test_who_cannot_be_reached_in_the_app_is_marked_so_with_a_reason(town: Town) -> None:
    for name, plan in AWAY.items():
        pair = await met(town)
        plan(pair)
        await town.app.db.write(told, pair, f"{name}：新", town.app.clock.now())
        await weathered(town)
        await ended(town, name)
        userid = pair.member.phone.member.userid
        mine = [(state, reason) for _channel, to, state, reason in await town.app.db.read(fates) if to == userid]
        assert any(state == "unreachable" and reason for state, reason in mine), (name, mine)
        assert times(pair.owner, f"{name}：新") == 1, name
        assert town.sim.faults.left() == [], name
