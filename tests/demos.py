"""`qinqing demo` as a newcomer types it, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.crash.processes import PROGRAM, free_port


class Demo:
    """The command in `folder`, with these settings beside its port."""

    def __init__(self, folder: Path, told: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QINQING_")}
        environment = {**kept, **told, "QINQING_HTTP_PORT": str(self.port)}
        self.out = folder / "out"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen([PROGRAM, "demo"], cwd=folder, env=environment, stdout=out, stderr=out)

    def end(self) -> int:
        """Ask it to stop; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """Whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def printed(self) -> str:
        """What it has said."""
        return self.out.read_text("utf-8")

    async def asked(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """What a page of the demo gets."""
        async with ClientSession() as http:
            if body is None:
                async with http.get(self.url + path) as answer:
                    return await answer.json()
            async with http.post(self.url + path, json=body) as answer:
                return await answer.json()
