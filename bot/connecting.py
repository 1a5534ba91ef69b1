"""CHANNELS: the platforms an office can be on. Each is there only where its settings are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from bot.channels.contract import Channel
from storage.transaction import Signal

if TYPE_CHECKING:
    from bot.app import App


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


#: One line a platform: what connects an office to it, None where its settings are not there.
CHANNELS: tuple[Callable[[App], Connected | None], ...] = ()


def connect(app: App) -> list[Connected]:
    """Every platform whose settings are there. Raises BadDeclaration for settings that cannot be right."""
    return [connected for make in CHANNELS if (connected := make(app)) is not None]
