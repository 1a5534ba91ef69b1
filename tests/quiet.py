"""When an office has done all that is due: what was called for is pulled, what is due is said."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from bot.app import App
from bot.clock import Clock
from storage import pulls
from storage.tables import outbox
from storage.transaction import Tx
from tests.wecom_sim.consoles import OPEN_KFID

PATIENCE_SECONDS, LOOK_SECONDS = 60.0, 0.01
NOW = timedelta()


async def quiet(app: App, within: timedelta = NOW) -> None:
    """Wait for it. within: also for what becomes due in this time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await app.db.read(busy, app.clock, within):  # noqa: ASYNC110 - another thread writes
            await asyncio.sleep(LOOK_SECONDS)


def busy(tx: Tx, clock: Clock, within: timedelta = NOW) -> bool:
    """Whether something is to be pulled, or said within this time from now.

    The clock is read last: by a moment from before what stands there, the newest row would seem not to be due yet.
    """
    if pulls.look(tx, OPEN_KFID).is_due:
        return True
    waits = outbox.c.state.in_(("queued", "sending")) & (outbox.c.channel != "web")
    due = select(func.count()).where(waits, outbox.c.not_before <= clock.now() + within)
    return bool(tx.scalar(due))
