"""WeCom's own crypto, @wecom/crypto, run by node: what it seals ours must open, and the other way round."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / ".venv" / "oracle" / "node_modules"


class Oracle:
    """One running node."""

    def __init__(self, running: subprocess.Popen[bytes]) -> None:
        self._running = running

    def __call__(self, does: str, **about: str) -> Any:
        """What it answers to one line."""
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(json.dumps({"does": does, **about}).encode() + b"\n")
        self._running.stdin.flush()
        return json.loads(self._running.stdout.readline())


def node() -> str:
    """Where node is; skips the test where it or WeCom's crypto is missing, and fails it under CI."""
    found = shutil.which("node")
    if found is None or not (MODULES / "@wecom" / "crypto").is_dir():
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("WeCom's own crypto is not here; the test against it needs nodejs and npm, then: make oracle")
    return str(found)


@contextmanager
def oracle() -> Iterator[Oracle]:
    """WeCom's crypto, for as long as the block runs."""
    command = [node(), str(HERE / "oracle.cjs")]
    surroundings = {**os.environ, "NODE_PATH": str(MODULES)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings) as running:
        yield Oracle(running)
        assert running.stdin is not None
        running.stdin.close()
