"""One storm for any bot: 400 updates arrive while its process ends in the middle, ten times; then the reckoning."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import select

from storage.db import Database
from storage.tables import addresses, cases, inbox, outbox
from storage.transaction import Tx
from tests.databases import PLAIN
from tests.telegram.emulator import Emulator
from tests.telegram.front import TOKEN

#: Every round has people of its own, so that hardly any of its replies waits for its chat's rate; and one who asks.
CHATS_A_ROUND = 67
FIRST_CHAT, ASKS = 5001, 5000
UPDATES = 400
SEED = 20261122
LOOK_SECONDS = 0.004
#: So many turns of the loop the platform needs at most to take what a dead process has left on the line.
TURNS = 200
#: The process ends at the latest after so long, and everything is answered within that after the last end.
LATEST_SECONDS = 20.0
SETTLED_SECONDS = 60.0
#: What a chat says that files its first inquiry: the facts, the kind, consent, who is asking, and that it is right.
SCRIPT = ("{facts}", "3", "1", "{name}面馆", "13800000001", "1")


class Program(Protocol):
    """A bot's process."""

    async def start(self) -> None:
        """Start it."""

    async def listens(self, emulator: Emulator) -> None:
        """Wait until updates come in."""

    def kill(self) -> None:
        """SIGKILL."""

    def stop(self) -> None:
        """SIGTERM, and wait for its end."""


@dataclass
class Reckoning:
    """What became of what was brought.

    lost, twice: updates, by what is kept. replies_lost, replies_repeated: by what the platform showed.
    repeated_by_end: replies said before each end and again after it, the last: said twice without one;
    repeated_most: the most in one chat for one end.
    """

    updates: int
    lost: int
    twice: int
    replies: int
    replies_lost: int
    replies_repeated: int
    repeated_most: int = 0
    repeated_by_end: tuple[int, ...] = ()
    out_of_order: int = 0

    def line(self) -> str:
        """The figures in words."""
        at_most = f", at most {max(self.repeated_by_end)} at one end" if self.repeated_by_end else ""
        return (
            f"{self.updates} updates: lost {self.lost}, twice {self.twice}; {self.replies} replies: "
            f"lost {self.replies_lost}, repeated {self.replies_repeated}{at_most}"
        )


@dataclass
class Storm:
    """Brings updates and ends the process. ends: when it ended; brought: the chat and the text of each update."""

    emulator: Emulator
    program: Program
    seed: int = SEED
    brought: dict[int, tuple[int, str]] = field(default_factory=dict)
    ends: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    async def bring(self, lines: Sequence[tuple[int, str]]) -> None:
        """Bring messages: (chat, text), one after the other."""
        for chat, text in lines:
            who = {"id": chat, "is_bot": False, "first_name": f"老板{chat}", "language_code": "zh-hans"}
            place = {"id": chat, "type": "private", "first_name": who["first_name"]}
            body = {"message_id": self.emulator.new_message_id(), "date": int(time.time()), "from": who, "chat": place}
            number = await self.emulator.arriving.enqueue(TOKEN, {"message": {**body, "text": text}})
            self.brought[number] = (chat, text)

    async def round(self, lines: Sequence[tuple[int, str]], *, kill: bool = True) -> None:
        """Bring lines, end the process somewhere between the first update and the last reply, and start it again."""
        before = self._progress()
        await self.bring(lines)
        moment = before + self.chance.randrange(1, 2 * len(lines) - 20)
        late = time.monotonic() + LATEST_SECONDS
        while self._progress() < moment and time.monotonic() < late:  # noqa: ASYNC110 - moments are drawn, not told
            await asyncio.sleep(LOOK_SECONDS)
        await asyncio.sleep(self.chance.uniform(0, 0.02))
        if kill:
            self.program.kill()
        else:
            await asyncio.to_thread(self.program.stop)
        for _turn in range(TURNS):
            await asyncio.sleep(0)
        self.ends.append(time.monotonic())
        await self.start()

    async def start(self) -> None:
        """Start the process, once the platform has noticed that the last one is gone."""
        while self.emulator.arriving.asked(TOKEN):  # noqa: ASYNC110 - the platform tells nobody
            await asyncio.sleep(LOOK_SECONDS)
        await self.program.start()
        await self.program.listens(self.emulator)

    def _progress(self) -> int:
        """How many updates were confirmed, and how many calls made since."""
        return len(self.brought) - self.emulator.arriving.waiting(TOKEN) + len(self.emulator.said)

    def end_after(self, at: float) -> int:
        """Which end of the process was the next after a moment, 0 for the first; as many as there were for none."""
        return sum(end < at for end in self.ends)


# --- what is said -----------------------------------------------------------------------------------------------------


def filings(number: int) -> list[tuple[int, str]]:
    """A round, from 0: each of its chats files a matter of its own, step by step beside the others; one more asks."""
    lines = [(chat, _filled(step, chat)) for step in SCRIPT for chat in chats_of(number)]
    return [*lines, (ASKS, "/my")]


def chats_of(number: int) -> range:
    """Who files in a round."""
    first = FIRST_CHAT + number * CHATS_A_ROUND
    return range(first, first + CHATS_A_ROUND)


def facts(chat: int) -> str:
    """A matter like no other."""
    digest = hashlib.sha256(str(chat).encode()).digest()
    return f"{chat} 的事：" + "".join(chr(0x4E00 + 16 * byte + at) for at, byte in enumerate(digest))


def _filled(step: str, chat: int) -> str:
    return step.format(facts=facts(chat), name=f"老板{chat}")


def unlike(number: int) -> list[tuple[int, str]]:
    """The same round for a bot that only notes: every text is another."""
    return [(chat, f"{number}-{at}") for at, (chat, _) in enumerate(filings(number))]


# --- the reckoning ----------------------------------------------------------------------------------------------------


async def settled(storm: Storm, url: str) -> None:
    """Wait until the office has taken and said everything."""
    late = time.monotonic() + SETTLED_SECONDS
    db = Database(url, PLAIN)
    while storm.emulator.arriving.waiting(TOKEN) or await db.read(_unsaid):
        assert time.monotonic() < late, f"{await db.read(_unsaid)} replies are still to be said"
        await asyncio.sleep(0.1)
    await db.close()


def _unsaid(tx: Tx) -> int:
    return len(tx.all(select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending")), ~outbox.c.mine)))


async def reckoned(storm: Storm, url: str, rounds: int) -> Reckoning:
    """What the office kept and the platform showed, after so many rounds of filings."""
    db = Database(url, PLAIN)
    texts, keys, rows = await db.read(_kept)
    await db.close()
    filing = [chat for number in range(rounds) for chat in chats_of(number)]
    wanted = Counter(map(facts, filing))
    bot = TOKEN.partition(":")[0]
    refs = [ref for refs in rows.values() for ref in refs]
    named = Counter(refs)
    said = Counter(f"{call.chat}/{call.message}" for call in storm.emulator.said)
    spare = said - named
    extra = [call for call in storm.emulator.said for _ in range(spare[f"{call.chat}/{call.message}"])]
    ends = Counter(storm.end_after(call.at) for call in extra)
    chats = Counter((call.chat, storm.end_after(call.at)) for call in extra)
    return Reckoning(
        updates=len(storm.brought),
        lost=sum(f"{bot}:{number}" not in keys for number in storm.brought) + (wanted - texts).total(),
        twice=(texts - wanted).total() + _answered_twice([rows[chat] for chat in filing]),
        replies=len(refs),
        replies_lost=(named - said).total(),
        replies_repeated=spare.total(),
        repeated_most=max(chats.values(), default=0),
        repeated_by_end=tuple(ends[number] for number in range(len(storm.ends) + 1)),
        out_of_order=sum(refs != sorted(refs, key=_number) for refs in rows.values()),
    )


def _answered_twice(rows: list[list[str]]) -> int:
    """How many chats were answered more often than others that said as much."""
    fewest = min(map(len, rows))
    return sum(len(refs) > fewest for refs in rows)


def _number(ref: str) -> int:
    return int(ref.partition("/")[2] or 0)


def _kept(tx: Tx) -> tuple[Counter[str], set[str], dict[int, list[str]]]:
    """The facts of the cases, the arrivals taken, and by chat the platform's names of what was said, in order."""
    texts = Counter(row.facts for row in tx.all(select(cases.c.facts)))
    keys = {row.key for row in tx.all(select(inbox.c.key).where(inbox.c.state == "done"))}
    chats = {row.id: int(row.address) for row in tx.all(select(addresses.c.id, addresses.c.address))}
    rows: dict[int, list[str]] = {chat: [] for chat in chats.values()}
    spoken = select(outbox.c.address_id, outbox.c.platform_ref).where(~outbox.c.mine).order_by(outbox.c.id)
    for row in tx.all(spoken):
        rows[chats[row.address_id]].append(row.platform_ref)
    return texts, keys, rows


def noted(storm: Storm, file: Path) -> Reckoning:
    """The same for a bot that notes each text in a file, a line each, and answers with it."""
    lines = Counter(file.read_text("utf-8").splitlines())
    wanted = Counter(text for _, text in storm.brought.values())
    said = Counter(call.text.partition(": ")[2] for call in storm.emulator.said)
    return Reckoning(
        updates=len(storm.brought),
        lost=(wanted - lines).total(),
        twice=(lines - wanted).total(),
        replies=lines.total(),
        replies_lost=(wanted - said).total(),
        replies_repeated=(said - wanted).total(),
    )
