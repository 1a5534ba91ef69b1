"""A lease as its holder sees it: taken or renewed when it is time, trusted only while it surely lasts."""

from __future__ import annotations

import os
import platform
import secrets
import sys
import time
from hashlib import sha256
from pathlib import Path

from storage import leases
from storage.db import Database
from storage.engines import is_sqlite

#: This process among all that have had its number.
_PROCESS = secrets.token_hex(8)
#: What a start of the machine is called, and the numbers of processes that are counted together (namespaces(7)).
BOOT, SPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


class Lease:
    """What only one process may do at a time. seconds: after that long another may take over from one that died."""

    def __init__(self, db: Database, name: str, owner: str, seconds: float) -> None:
        self._db, self._name, self._owner, self._seconds = db, name, owner, seconds
        self._gone = has_ended if is_sqlite(db.url) and os.name == "posix" else None
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
            self._epoch = await self._db.write(leases.take, self._name, self._owner, self._seconds, self._gone)
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
    """A name for a part of this process that no other has or will have."""
    return f"{_PLACE}-{os.getpid()}-{_PROCESS}{secrets.token_hex(4)}"


def has_ended(owner: str) -> bool:
    """Whether a lease's owner was a process of this place that is no more; an embedded database has no others.

    So an office that was killed goes on as soon as it is up again, and waits for no lease of its own. Whoever is of
    another place is waited for: a container beside this one counts its processes by itself.
    """
    place, _, rest = owner.rpartition("-")[0].rpartition("-")
    if not _PLACE or place != _PLACE or not (rest.isascii() and rest.isdecimal()):
        return False
    if int(rest) == os.getpid():
        return not owner.rpartition("-")[2].startswith(_PROCESS)
    return not _runs(int(rest))


def place_of(boot: Path = BOOT, space: Path = SPACE, system: str = sys.platform) -> str:
    """Within what numbers of processes mean anything: this machine since its start, and on Linux the container.

    Names of machines do not say it: containers and copied machines share them. "" where nobody can tell.
    """
    if system != "linux":
        return platform.node()
    try:
        told = f"{boot.read_text().strip()} {os.readlink(space)}"
    except OSError:
        return ""
    return sha256(told.encode()).hexdigest()[:16]


_PLACE = place_of()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
