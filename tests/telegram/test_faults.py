"""A storm of refusals, broken lines and silence: afterwards every row has its fate, in order, and never too fast."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.telegram import request
from bot.clock import DemoClock
from domain.messages import Message
from storage import outbox, people
from storage.outbox import Priority
from storage.tables import addresses
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.telegram.offices import Town, office
from tests.telegram.rates import Rates

SEED = 20261122
EACH = 3
CHATS = range(7001, 7041)
BLOCKED, GONE, KICKED, OLD, NEW, EDITED = 7101, 7102, -7103, -7104, -1007104, 7105
ENDING_SECONDS = 120.0
#: So long an answer is waited for here; in earnest it is longer than a test should take.
SILENCE_SECONDS = 2.0
#: What a chat lives through that is reached in the end; seconds are the platform's own retry times, or of silence.
PASSING: tuple[dict[str, Any], ...] = (
    {"kind": "slow down", "seconds": 1},
    {"kind": "slow down", "seconds": 17},
    {"kind": "slow down", "seconds": 60},
    {"kind": "bad gateway"},
    {"kind": "bad gateway", "times": 3},
    {"kind": "closed before"},
    {"kind": "closed after"},
)
SILENT: tuple[dict[str, Any], ...] = ({"kind": "hang before", "seconds": 30}, {"kind": "hang after", "seconds": 30})
LASTING: tuple[tuple[int, dict[str, Any]], ...] = (
    (BLOCKED, {"kind": "blocked", "times": 99}),
    (GONE, {"kind": "chat gone", "times": 99}),
    (KICKED, {"kind": "kicked", "times": 99}),
    (OLD, {"kind": "migrated", "to": NEW, "times": 99}),
)


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(request, "ANSWER_SECONDS", SILENCE_SECONDS)
    async with office(tmp_path, rates=Rates(overall=0)) as made:
        made.emulator.wall = lambda: made.app.clock.now().timestamp()
        yield made


def plan(town: Town) -> None:
    """The same storm each time: two faults drawn for every chat, and one of silence for some."""
    chance = random.Random(SEED)
    for chat in CHATS:
        for fault in (*chance.sample(PASSING, 2), *(chance.sample(SILENT, 1) if chat % 8 == 0 else ())):
            town.emulator.faults.plan(**fault, chat=chat)
    for chat, fault in LASTING:
        town.emulator.faults.plan(**fault, chat=chat)


def queue(tx: Tx, now: Any) -> None:
    """So many messages for everybody, answers all of them."""
    chats = (*CHATS, BLOCKED, GONE, KICKED, OLD)
    doors = {chat: people.meet(tx, "telegram", str(chat), "zh_CN", now, group=chat < 0) for chat in chats}
    for number in range(EACH):
        for door, person in doors.values():
            outbox.say(tx, door, person.id if person else None, Message(f"第{number}条"), now, priority=Priority.REPLY)


async def weathered(town: Town) -> None:
    """Let time pass, a minute in a second, until nothing is queued."""
    clock = town.app.clock
    assert isinstance(clock, DemoClock)
    ends = time.monotonic() + ENDING_SECONDS
    while left := await town.app.db.read(_queued):
        assert time.monotonic() < ends, f"{left} rows have no fate: {await town.app.db.read(fates)}"
        await asyncio.sleep(0.2)
        clock.move_to(clock.now() + timedelta(seconds=12))


async def test_a_card_that_is_gone_is_said_anew_and_one_that_stands_is_left(town: Town) -> None:
    for number, fault in enumerate(("", "edit lost", "not changed")):
        if fault == "edit lost":
            town.emulator.faults.plan(fault, chat=EDITED, method="editMessageText")
        await town.app.db.write(card, town.app.clock.now(), "一" if fault == "" else "二")
        await weathered(town)
        assert {state for state, _ in (await town.app.db.read(fates))[str(EDITED)]} == {"sent"}, number
    assert [one["text"] for one in town.emulator.shown[EDITED].values()] == ["一", "二"]


def card(tx: Tx, now: Any, text: str) -> None:
    """The same card once more."""
    who = "telegram", str(EDITED)
    door, person = people.find(tx, *who) or people.meet(tx, *who, "zh_CN", now)
    outbox.say(tx, door, person.id if person else None, Message(text, card="case-1"), now, priority=Priority.TASK)


def _queued(tx: Tx) -> int:
    return len(tx.all(select(rows.c.id).where(rows.c.state.in_(("queued", "sending")), rows.c.channel == "telegram")))


def fates(tx: Tx) -> dict[str, list[tuple[str, str]]]:
    """(state, reason) of every row, by chat."""
    asked = select(addresses.c.address, rows.c.state, rows.c.reason).join(addresses).order_by(rows.c.id)
    found = defaultdict(list)
    for row in tx.all(asked.where(rows.c.channel == "telegram")):
        found[row.address].append((row.state, row.reason))
    return found


async def test_a_storm_leaves_nothing_open(town: Town) -> None:
    plan(town)
    await town.app.db.write(queue, town.app.clock.now())
    await weathered(town)
    found = await town.app.db.read(fates)
    for chat in (*CHATS, NEW):
        assert [state for state, _ in found[str(chat)]] == ["sent"] * EACH, (chat, found[str(chat)])
    for chat in (BLOCKED, GONE, KICKED):
        assert all(state in ("unreachable", "dead") and reason for state, reason in found[str(chat)]), found[str(chat)]
    in_order(town)
    as_wanted(town)


def in_order(town: Town) -> None:
    """Each chat saw its messages one behind the other; what was repeated, at once."""
    for chat in (*CHATS, NEW):
        texts = [call.text for call in town.emulator.said if call.chat == chat]
        assert texts == sorted(texts), (chat, texts)
        assert set(texts) == {f"第{number}条" for number in range(EACH)}
        assert len(texts) <= EACH + 3, (chat, texts)


def as_wanted(town: Town) -> None:
    """Nobody was written to before the time the platform named, and the strict count refused nothing."""
    wanted: dict[int, float] = {}
    for call in town.emulator.calls:
        if call.chat:
            assert call.wall >= wanted.pop(call.chat, 0), f"{call.chat} was written to too early"
        if call.status == 429:
            assert call.reason.rpartition(" ")[2] in ("1", "17", "60")
            wanted[call.chat] = call.wall + float(call.reason.rpartition(" ")[2])
    assert not town.emulator.faults.due("sendMessage", CHATS[0]), "the storm was not lived through"
    assert town.emulator.counter is not None
    assert town.emulator.counter.most["private"] <= 3
