"""A delivery that is looked at from outside: started, woken, killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from bot.delivery import Delivery
from storage.db import Database, Tx
from storage.tables import leases
from tests.bot.platforms import NOON, Clock, Platform, Wire, know, say, states

NEVER = 3600.0


def delivery(db: Database, channel: Any, clock: Any, **more: Any) -> Delivery:
    """A delivery that looks at its queue only when it is woken."""
    made = Delivery(db, {channel.name: channel}, clock, **{"look_seconds": NEVER, "lease_seconds": NEVER, **more})
    db.subscribe(made.heard)
    return made


async def delivered(db: Database, there: tuple[Platform, Wire], requests: int, clock: Clock | None = None) -> None:
    """Deliver until the platform has had so many requests, and write down what became of them."""
    sending = delivery(db, there[1], clock or Clock())
    await sending.start()
    await there[0].until(requests)
    await sending.close()


def queue(tx: Tx, to: dict[str, list[str]], /, **more: Any) -> None:
    for door in know(tx, *to):
        say(tx, door, *to[door.address], **more)


async def die(sending: Delivery) -> None:
    """End as a killed process does: nothing more is written down, and the lease is not given back."""
    for deliverer in sending._deliverers.values():
        assert deliverer._looker is not None
        tasks = [deliverer._looker, *deliverer._calls, *deliverer._recording._writers.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run_out(tx: Tx) -> None:
    tx.execute(update(leases).values(until=NOON - timedelta(days=3650)))


async def written(db: Database, sent: int) -> None:
    """Wait until it is written down that so many rows were sent."""
    await _until(db, lambda state, _reason: state == "sent", sent)


async def refused(db: Database, put_off: int) -> None:
    """Wait until it is written down why so many rows wait."""
    await _until(db, lambda state, reason: state == "queued" and bool(reason), put_off)


async def _until(db: Database, holds: Callable[[str, str], bool], rows: int) -> None:
    async with asyncio.timeout(20):
        while sum(holds(*row) for row in await db.read(states)) < rows:  # noqa: ASYNC110 - another thread writes
            await asyncio.sleep(0.005)
