"""A full disk refuses, and says so; nothing acknowledged is lost, and what was refused is taken once there is room."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.crash.processes import LOOK_SECONDS, Office, Owner
from tests.crash.test_sigkill import kept

CASES_EACH = 60
OWNERS = 3
FULL_AFTER_ACKS = 90
DISK = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"'
#: How long the disk stays full at least: each owner has met it by then and waits for an ack.
REFUSALS = 3


class SmallDisk:
    """A file system of its own for the process; filled by a file, and emptied by removing it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.within = ("unshare", "--mount", "sh", "-c", DISK, str(self.data))

    def there(self, office: Office) -> Path:
        """The process's own folder, seen from here."""
        assert office.process is not None
        return Path(f"/proc/{office.process.pid}/root{self.data}")

    def fill(self, office: Office) -> None:
        with (self.there(office) / "ballast").open("wb", buffering=0) as ballast:
            while True:
                try:
                    ballast.write(b"\0" * 4096)
                except OSError:
                    return

    def make_room(self, office: Office) -> None:
        (self.there(office) / "ballast").unlink()


class Quota:
    """Files of the process may not grow: what a quota does, where file systems may not be mounted."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.within: tuple[str, ...] = ()

    def fill(self, office: Office) -> None:
        assert office.process is not None
        limit = (4096, resource.RLIM_INFINITY)
        resource.prlimit(office.process.pid, resource.RLIMIT_FSIZE, limit)

    def make_room(self, office: Office) -> None:
        assert office.process is not None
        limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(office.process.pid, resource.RLIMIT_FSIZE, limit)

    def there(self, office: Office) -> Path:
        """Where the process keeps its data."""
        return self.data


def copied(office: Office, data: Path, to: Path) -> Path:
    """A copy of everything as a crash would leave it; a small disk goes with its process."""
    assert office.process is not None
    office.process.send_signal(signal.SIGSTOP)
    shutil.copytree(data, to / "data", ignore=shutil.ignore_patterns("*-shm"))
    office.process.send_signal(signal.SIGCONT)
    return to


def may_mount(folder: Path) -> bool:
    """Whether a process here may have a file system of its own."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    command = ["unshare", "--mount", "sh", "-c", DISK, str(folder), "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=[SmallDisk, Quota])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Office, SmallDisk | Quota]]:
    if sys.platform != "linux":
        pytest.skip("disks are filled by what Linux offers for it")
    if request.param is SmallDisk and not may_mount(tmp_path):
        pytest.skip("no file system may be mounted here; the quota's test says the same")
    disk = request.param(tmp_path)
    made = Office(tmp_path, disk.within)
    await made.start()
    yield made, disk
    made.stop()


async def until_refused(office: Office, times: int) -> None:
    """Wait until the office has said so often that it cannot keep something."""
    async with asyncio.timeout(60):
        while office.log().count("not kept") < times:  # noqa: ASYNC110 - read as an administrator reads it
            await asyncio.sleep(LOOK_SECONDS)


async def answers(office: Office) -> bool:
    """Whether the process still answers."""
    async with ClientSession() as http, http.get(office.url("/health")) as answer:
        return "status" in await answer.json()


async def test_a_full_disk_loses_and_doubles_nothing(office: tuple[Office, SmallDisk | Quota], tmp_path: Path) -> None:
    process, disk = office
    full = asyncio.Event()
    acked = Counter[str]()

    def told(what: str, frame_id: str) -> None:
        acked[what] += 1
        if what == "acked" and acked["acked"] == FULL_AFTER_ACKS:
            disk.fill(process)
            full.set()

    owners = [Owner(process, f"老板{number}", CASES_EACH, told) for number in range(OWNERS)]
    filing = asyncio.gather(*(owner.file_everything() for owner in owners))
    await full.wait()
    await until_refused(process, REFUSALS)
    assert await answers(process)
    before = acked["acked"]
    disk.make_room(process)
    await filing
    assert before < acked["acked"]
    copy = copied(process, disk.there(process), tmp_path / "copy")
    process.stop()
    texts, said, moves = await kept(process, copy)
    assert texts == Counter(text for owner in owners for text in owner.texts())
    assert all(said[frame_id] == OWNERS for owner in owners for frame_id in owner.acked)
    assert moves["file"] == OWNERS * CASES_EACH
    assert process.command("db", "verify", folder=copy).returncode == 0
