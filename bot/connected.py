"""What connects an office to a platform: its channel, what brings arrivals in, and the addresses it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot.channels.contract import Channel
from storage.transaction import Signal


class Part(Protocol):
    """Something that lives as long as the office runs, and hears what commits have signalled."""

    async def start(self) -> None:
        """Begin."""

    async def close(self) -> None:
        """End, with what was begun finished."""

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A channel with what brings arrivals in by it. routes: adds the addresses the platform calls."""

    channel: Channel
    parts: Sequence[Part] = field(default=())
    routes: Callable[[web.Application], None] | None = None
