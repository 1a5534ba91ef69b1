"""From the command `qinqing demo` to a healthy /health, and resident memory: idle, and after 100,000 updates.

The updates go through the house in process, as in `talking.py`: whole filing conversations of 100 chats, committed and
synced, their replies through outbox and delivery. The memory is that of the process that handled them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.bench.door import FILING
from tests.bench.harness import LEAST_RUNS, machine_line
from tests.bench.talking import talkers

UPDATES = 100_000
CHATS = 100
LIMIT_SECONDS = 60.0


def started() -> tuple[float, float]:
    """Start the demo office once; returns seconds to healthy, and MB resident then."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        begun = time.perf_counter()
        with running(Path(folder), port) as process:
            healthy(port, begun)
            return time.perf_counter() - begun, resident_mb(process.pid)


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The demo office, with its database in the folder."""
    command = [str(Path(sys.executable).parent / "qinqing"), "demo"]
    env = {**os.environ, "QINQING_HTTP_PORT": str(port)}
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def healthy(port: int, begun: float) -> None:
    """Return when /health says yes; raises TimeoutError when it does not in time."""
    while time.perf_counter() - begun < LIMIT_SECONDS:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            if answer.status == 200:
                return
        time.sleep(0.01)
    raise TimeoutError("the office did not become healthy")


def resident_mb(pid: int) -> float:
    """Memory a process holds now, in MB (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def after_updates() -> dict[str, float]:
    """MB resident of a house in a process of its own, when it has warmed up and after the updates."""
    worker = [sys.executable, "-m", "tests.bench.start", "--updates"]
    found: dict[str, float] = json.loads(subprocess.run(worker, check=True, capture_output=True, text=True).stdout)
    return found


async def handle_updates() -> None:
    """The worker: print both figures."""
    async with talkers(CHATS) as hold:
        await hold(1)
        before = resident_mb(os.getpid())
        await hold(UPDATES // len(FILING) // CHATS)
        print(json.dumps({"before": before, "after": resident_mb(os.getpid())}))


def free_port() -> int:
    """A port nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """Print what was measured."""
    runs = [started() for _ in range(LEAST_RUNS + 1)][1:]
    seconds, memory = [one for one, _ in runs], [one for _, one in runs]
    print(f"\nstart\n{machine_line()}\n{LEAST_RUNS} runs after a warm-up")
    print(f"  to healthy: median {statistics.median(seconds):.2f} s, min {min(seconds):.2f}, max {max(seconds):.2f}")
    print(f"  resident idle: median {statistics.median(memory):.0f} MB")
    held = after_updates()
    words = f"{held['before']:.0f} MB warmed up, {held['after']:.0f} MB after {UPDATES:,} updates"
    print(f"  resident of the house in process: {words}", flush=True)


if __name__ == "__main__":
    asyncio.run(handle_updates()) if "--updates" in sys.argv else main()
