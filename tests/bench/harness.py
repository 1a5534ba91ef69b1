"""Runs rows beside one another, A B A B, and prints what each did.

A row is a worker process, and for end-to-end rows a server process too. Every process is started once and
kept pinned to its core (server or in-process worker on the first, load on the second); a run is one line to
the worker's input and one line of JSON, its figures, back. So imports and connections are never counted.
"""

import asyncio
import contextlib
import gc
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Figures = dict[str, float]
LEAST_RUNS = 5
READY = "ready"


@dataclass(frozen=True)
class Row:
    """One line of a table.

    durable: what survives a crash, in words. worker, server: module and arguments, as after `python -m`.
    A server is told its port in PORT and the Bot API stub's in STUB. env is added for the measured process.
    """

    name: str
    durable: str
    worker: tuple[str, ...]
    server: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """The counted runs of a row, in the order they were made."""

    row: Row
    runs: tuple[Figures, ...]

    def all(self, figure: str) -> list[float]:
        return [run[figure] for run in self.runs]

    def median(self, figure: str) -> float:
        return statistics.median(self.all(figure))


def run_pairs(
    title: str,
    rows: Sequence[Row],
    *,
    runs: int = LEAST_RUNS,
    figure: str = "rate",
    unit: str = "conversations/s",
) -> list[Measured]:
    """Measure the rows alternately and print the table; the first row is the one compared with the others.

    One warm-up of each row, then `runs` counted rounds of every row in turn. Raises ValueError for fewer
    than five rounds, RuntimeError when a row's process ends early.
    """
    if runs < LEAST_RUNS:
        raise ValueError(f"at least {LEAST_RUNS} counted runs, not {runs}")
    with contextlib.ExitStack() as processes:
        started = [processes.enter_context(_running(row)) for row in rows]
        for once in started:
            once()
        rounds = [[once() for once in started] for _ in range(runs)]
    measured = [Measured(row, tuple(taken)) for row, taken in zip(rows, zip(*rounds, strict=True), strict=True)]
    print_table(title, measured, figure, unit)
    return measured


def print_table(title: str, measured: Sequence[Measured], figure: str, unit: str) -> None:
    """Print median, minimum and maximum of each row, and how the first row compares with it."""
    print(f"\n{title}\n{machine_line()}\n{len(measured[0].runs)} runs each after a warm-up, in turn; {unit}")
    for one in measured:
        print(f"  {one.row.name} (durable: {one.row.durable})")
        print(f"    {spread(one, figure)}{_others(one, figure)}{_beside(measured[0], one, figure)}", flush=True)


def spread(one: Measured, figure: str) -> str:
    """Return a figure's median, minimum and maximum in words."""
    values = one.all(figure)
    return f"median {one.median(figure):,.0f}, min {min(values):,.0f}, max {max(values):,.0f}"


def ratio(ours: Measured, peer: Measured, figure: str = "rate") -> float:
    """Return ours over the peer's: the median of the ratios of runs made one after the other."""
    return statistics.median(a / b for a, b in zip(ours.all(figure), peer.all(figure), strict=True))


def machine_line() -> str:
    """Say what this was measured on, and how busy it was (load of the last minute)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    busy = os.getloadavg()[0]
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}, {python}, load {busy:.1f}"


@contextlib.contextmanager
def slow_disk(milliseconds: float) -> Iterator[dict[str, str]]:
    """Yield the environment in which every fsync takes that much longer; needs Linux and a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise RuntimeError("a slow disk is imitated with a few lines of C, and there is no C compiler (cc) here")
    source = Path(__file__).parent / "peers" / "slowfsync.c"
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "slowfsync.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        yield {"LD_PRELOAD": str(library), "FSYNC_MS": str(milliseconds)}


async def serve_runs(once: Callable[[], Awaitable[Figures]]) -> None:
    """The worker's side: make one run for each line that arrives, until the input ends.

    The event loop stays the same, so connections and tasks made before the first run go on living.
    """
    print(READY, flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        gc.collect()
        print(json.dumps(await once()), flush=True)


@contextlib.contextmanager
def _running(row: Row) -> Iterator[Callable[[], Figures]]:
    """Start a row's processes; what is yielded makes one run."""
    worker, env = row.worker, {**os.environ, **row.env}
    with contextlib.ExitStack() as processes:
        if row.server:
            port, stub = _free_port(), _free_port()
            worker = (*worker, "--server", str(port), "--stub", str(stub))
            server = _start(row.server, {**env, "PORT": str(port), "STUB": str(stub)}, core=0)
            processes.callback(_stop, server)
            env = dict(os.environ)
        process = _start(worker, env, core=1 if row.server else 0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        processes.callback(_stop, process)
        if _line(row, process) != READY:
            raise RuntimeError(f"{row.name}: the worker did not say that it is ready")
        yield lambda: _once(row, process)


def _start(
    module: Sequence[str],
    env: Mapping[str, str],
    *,
    core: int,
    stdin: int | None = None,
    stdout: int | None = None,
) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-m", *module], env=env, stdin=stdin, stdout=stdout, text=True)
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(process.pid, {cores[core % len(cores)]})
    return process


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _once(row: Row, process: "subprocess.Popen[str]") -> Figures:
    assert process.stdin is not None
    print(file=process.stdin, flush=True)
    figures: Figures = json.loads(_line(row, process))
    return figures


def _line(row: Row, process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{row.name}: the worker ended early with exit code {process.wait()}")
    return line.strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in described.read_text().splitlines() if "model name" in line]
    return names[0] if names else platform.processor()


def _others(one: Measured, figure: str) -> str:
    return "".join(f", {name} {one.median(name):,.1f}" for name in one.runs[0] if name != figure)


def _beside(first: Measured, one: Measured, figure: str) -> str:
    return "" if one is first else f"; {first.row.name} is {ratio(first, one, figure):.2f} times that"
