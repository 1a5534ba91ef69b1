"""A running office as its doors see it: what they may read of it, and how they bring it what arrives."""

from __future__ import annotations

from typing import Protocol

from bot.channels.contract import Channel
from bot.clock import Clock
from bot.filestore import FileStore
from bot.keys import Keys
from bot.metrics import Metrics
from bot.settings import OfficeFile, Settings
from domain.messages import Incoming
from storage.db import Database


class Running(Protocol):
    """bot/app.py has the one there is; doors know no more of it than this."""

    settings: Settings
    file: OfficeFile
    keys: Keys
    db: Database
    store: FileStore
    clock: Clock
    metrics: Metrics

    async def take(self, channel: Channel, raw: bytes) -> None:
        """Take what a platform brought, as it came; raises Unavailable where it is not kept."""

    async def receive(self, incoming: Incoming) -> None:
        """Take one arrival; raises Unavailable where it is not kept."""

    async def opens_at(self, channel: str, link: str) -> None:
        """A platform has said where the office's chat opens there."""
