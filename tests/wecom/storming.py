"""A storm for an office on WeCom: many file at once, everything is told several times, and late; then the reckoning."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from storage import pulls
from storage.db import Database
from storage.tables import addresses, cases, inbox, outbox
from storage.transaction import Tx
from tests.databases import PLAIN
from tests.wecom_sim import WecomSim
from tests.wecom_sim.consoles import OPEN_KFID
from tests.wecom_sim.members import MemberPhone
from tests.wecom_sim.owners import OwnerPhone
from tests.wecom_sim.postman import Callback

SEED = 20261122
#: What somebody says that files their first inquiry: the facts, the kind, consent, who is asking, and that it is right.
SCRIPT = ("{facts}", "3", "1", "{name}面馆", "13800000001", "1")
#: Two entries of the app's menu that are tapped within one second.
CLICKS = ("f:help", "f:my")
#: One in so many notices of customer service never comes: the next one brings two messages.
LOST_NOTICES = 4
AGAIN_SECONDS, LOOK_SECONDS = 0.3, 0.05
SETTLED_SECONDS = 90.0


@dataclass
class Storm:
    """Brings what people do. filers: who files, by name; callbacks: all that were taken, each once."""

    sim: WecomSim
    seed: int = SEED
    filers: dict[str, MemberPhone | OwnerPhone] = field(default_factory=dict)
    callbacks: list[Callback] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    async def owner_files(self, name: str) -> None:
        """An owner writes on and on; the order is that of the account's log."""
        phone = self.filers[name] = self.sim.owner(f"wm{name}")
        for step in SCRIPT:
            text = filled(step, name)
            if step != SCRIPT[-1] and self.chance.randrange(LOST_NOTICES) == 0:
                self.sim.callbacks.lose += 1
                await phone.say(text)
            else:
                await self.brought(lambda words=text: phone.say(words))  # type: ignore[misc]

    async def member_files(self, name: str) -> None:
        """A member opens the app, files, and taps two entries of the menu within one second."""
        phone = self.filers[name] = self.sim.member(name)
        await self.brought(phone.enter)
        for step in SCRIPT:
            text = filled(step, name)
            await self.brought(lambda words=text: phone.say(words))  # type: ignore[misc]
        at = int(self.sim.now())
        told = [{"EventKey": key, "CreateTime": at} for key in CLICKS]
        await asyncio.gather(*(self.brought(lambda one=one: phone.event("click", one)) for one in told))  # type: ignore[misc]

    async def brought(self, act: Callable[[], Awaitable[Callback]]) -> None:
        """Bring one thing until it is taken: a platform gives up after four tries, and people try again."""
        one = await act()
        while not one.accepted:
            await asyncio.sleep(AGAIN_SECONDS)
            one = await self.sim.callbacks.again(one)
        self.callbacks.append(one)

    async def late_again(self, count: int) -> None:
        """So many of what was taken long ago come once more, in any order."""
        for one in self.chance.choices(self.callbacks, k=count):
            await self.sim.callbacks.again(one)

    def answers(self) -> list[int]:
        """The status of every try of every callback."""
        return [status for one in self.sim.callbacks.sent for status in one.answers]

    def took(self) -> list[float]:
        """The seconds of each, in ascending order."""
        return sorted(seconds for one in self.sim.callbacks.sent for seconds in one.took)


def facts(name: str) -> str:
    """A matter like no other."""
    digest = hashlib.sha256(name.encode()).digest()
    return f"{name} 的事：" + "".join(chr(0x4E00 + 16 * byte + at) for at, byte in enumerate(digest))


def filled(step: str, name: str) -> str:
    """One line of the script as this person says it."""
    return step.format(facts=facts(name), name=name)


# --- the reckoning ----------------------------------------------------------------------------------------------------


@dataclass
class Kept:
    """What an office kept. cases: numbers by facts; arrivals: how many were taken; fates: (channel, state, reason).

    refs: the platform's names of what was said, by address.
    """

    cases: dict[str, list[str]]
    arrivals: int
    failed: int
    fates: Counter[tuple[str, str, str]]
    refs: dict[str, list[str]]


def kept(tx: Tx) -> Kept:
    """All of it."""
    numbers: dict[str, list[str]] = {}
    for row in tx.all(select(cases.c.facts, cases.c.number)):
        numbers.setdefault(row.facts, []).append(row.number)
    taken = Counter(row.state for row in tx.all(select(inbox.c.state).where(inbox.c.channel.in_(("wecom", "kefu")))))
    refs: dict[str, list[str]] = {}
    fates: Counter[tuple[str, str, str]] = Counter()
    asked = select(addresses.c.address, outbox.c.channel, outbox.c.state, outbox.c.reason, outbox.c.platform_ref)
    asked = asked.join(addresses).where(~outbox.c.mine, outbox.c.channel.in_(("wecom", "kefu"))).order_by(outbox.c.id)
    for row in tx.all(asked):
        fates[row.channel, row.state, row.reason] += 1
        if row.state == "sent":
            refs.setdefault(row.address, []).append(row.platform_ref)
    return Kept(numbers, taken["done"], taken["failed"], fates, refs)


async def settled(url: str) -> None:
    """Wait until an office has pulled and said everything."""
    late = time.monotonic() + SETTLED_SECONDS
    db = Database(url, PLAIN)
    while left := await db.read(_unsaid):
        assert time.monotonic() < late, f"{left} are still to be pulled or said"
        await asyncio.sleep(LOOK_SECONDS)
    await db.close()


async def found(url: str) -> Kept:
    """What the office at this database kept."""
    db = Database(url, PLAIN)
    all_of_it = await db.read(kept)
    await db.close()
    return all_of_it


def _unsaid(tx: Tx) -> int:
    waiting = select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending")), ~outbox.c.mine)
    return len(tx.all(waiting)) + int(pulls.look(tx, OPEN_KFID).is_due)


def shown_refs(phone: MemberPhone | OwnerPhone) -> list[str]:
    """The platform's names of all that ever came to a phone, in order."""
    return [one.task_id or one.msgid for one in phone.shown]


def said_wrongly(storm: Storm, all_of_it: Kept, but: Iterable[str] = ()) -> list[str]:
    """Who has not on their phone exactly what the office says it said there: each message once, in order, none more."""
    wrong = []
    for name, phone in storm.filers.items():
        address = f"wm{name}" if isinstance(phone, OwnerPhone) else name
        ours, theirs = list(dict.fromkeys(all_of_it.refs.get(address, ()))), shown_refs(phone)
        if name not in but and ours != theirs:
            wrong.append(f"{name}: said {ours}, shown {theirs}")
    return wrong


def not_told(storm: Storm, all_of_it: Kept, but: Iterable[str] = ()) -> list[str]:
    """Who does not see the number of their case on their phone."""
    return [
        name
        for name, phone in storm.filers.items()
        if name not in but and not phone.saw(next(iter(all_of_it.cases.get(facts(name), ["?"]))))
    ]


def filed_wrongly(storm: Storm, all_of_it: Kept) -> list[str]:
    """Whose matter was not filed exactly once."""
    return [name for name in storm.filers if len(all_of_it.cases.get(facts(name), ())) != 1]
