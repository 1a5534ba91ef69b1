"""The end of a task."""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def cancelled(task: asyncio.Task[None]) -> None:
    """End a task and wait until it has ended."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
