"""A lease as its holder sees it: taken or renewed when it is time, trusted only while it surely lasts."""

from __future__ import annotations

import os
import platform
import secrets
import time

from storage import leases
from storage.db import Database


class Lease:
    """What only one process may do at a time. seconds: after that long another may take over from one that died."""

    def __init__(self, db: Database, name: str, owner: str, seconds: float) -> None:
        self._db, self._name, self._owner, self._seconds = db, name, owner, seconds
        self._epoch: int | None = None
        self._until = self._renew_at = 0.0

    def lasts(self) -> bool:
        """Whether it is surely still ours."""
        return time.monotonic() < self._until

    @property
    def epoch(self) -> int | None:
        """A number that changes whenever the lease was taken anew; None while it is not ours."""
        return self._epoch

    async def hold(self) -> bool:
        """Take the lease, or renew it when a third of its time is over; whether it is ours. May raise Unavailable."""
        begun = time.monotonic()
        if begun < min(self._renew_at, self._until):
            return True
        if self._epoch is None:
            self._epoch = await self._db.write(leases.take, self._name, self._owner, self._seconds)
        elif not await self._db.write(leases.renew, self._name, self._owner, self._epoch, self._seconds):
            self._epoch = None
        ours = self._epoch is not None
        self._until = begun + self._seconds * 0.9 if ours else 0.0
        self._renew_at = begun + self._seconds / 3
        return ours

    def distrust(self) -> None:
        """Begin nothing more under it."""
        self._until = 0.0

    async def give_up(self) -> None:
        """Let another process have it at once. May raise Unavailable; then it runs out by itself."""
        self.distrust()
        epoch, self._epoch = self._epoch, None
        if epoch is not None:
            await self._db.write(leases.release, self._name, self._owner, epoch)


def process_name() -> str:
    """A name for this process that no other has or will have."""
    return f"{platform.node()}-{os.getpid()}-{secrets.token_hex(4)}"
