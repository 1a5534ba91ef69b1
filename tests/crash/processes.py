"""A real office process that can be killed, and owners who file into it and send again what was not acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

PROGRAM = Path(sys.executable).with_name("qinqing")
HEALTHY_WITHIN_SECONDS = 60
ANSWERED_WITHIN_SECONDS = 3
LOOK_SECONDS = 0.02
OFFICE = 'name = "衡岳县优化营商环境办公室"\nphone = "0000-6100000"\n'


class Office:
    """`qinqing run` with its database, files and keys in `folder`, on a port it keeps over restarts.

    `within`: a command the process is run by, such as one that gives it a small disk.
    """

    def __init__(self, folder: Path, within: Sequence[str] = ()) -> None:
        self.folder, self.within = folder, tuple(within)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        (folder / "office.toml").write_text(OFFICE, "utf-8")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def environment(self, folder: Path | None = None) -> dict[str, str]:
        """What tells the program where things are."""
        data = (folder or self.folder) / "data"
        return {
            **os.environ,
            "QINQING_OFFICE": str(self.folder / "office.toml"),
            "QINQING_DATABASE_URL": f"sqlite:///{data}/office.db",
            "QINQING_FILES": str(data / "files"),
            "QINQING_KEYS": str(data / "keys"),
            "QINQING_HTTP_PORT": str(self.port),
        }

    async def start(self) -> None:
        """Start the process and wait until it is healthy."""
        process = self._spawn()
        async with asyncio.timeout(HEALTHY_WITHIN_SECONDS), ClientSession() as http:
            while not await self._answers(http):
                assert process.poll() is None, self.log()[-3000:]
                await asyncio.sleep(LOOK_SECONDS)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            command = [*self.within, str(PROGRAM), "run"]
            self.process = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)
        return self.process

    def log(self) -> str:
        """What the process has said."""
        return (self.folder / "log").read_text("utf-8")

    async def _answers(self, http: ClientSession) -> bool:
        with suppress(ClientError, TimeoutError):
            async with http.get(self.url("/ready")) as answer:
                return answer.status == 200
        return False

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        assert self.process is not None
        self.kills += 1
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it as an administrator does, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(HEALTHY_WITHIN_SECONDS)

    def command(self, *words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run another command of the program on this office's data, or on a copy of it."""
        return subprocess.run(
            [str(PROGRAM), *words], env=self.environment(folder), capture_output=True, text=True, check=False
        )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Owner:
    """Files `count` cases over one WebSocket, one frame at a time, each sent until it is acknowledged."""

    def __init__(self, office: Office, name: str, count: int, told: Callable[[str, str], None]) -> None:
        self.office, self.name, self.count, self.told = office, name, count, told
        self.acked: list[str] = []
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True))

    def texts(self) -> list[str]:
        """What this owner's cases say: each its own matter, so that none is taken for another."""
        return [f"{self.name} 的第 {number} 件：{self._matter(number)}" for number in range(self.count)]

    def _matter(self, number: int) -> str:
        digest = hashlib.sha256(f"{self.name} {number}".encode()).digest()
        return "".join(chr(0x4E00 + 16 * byte + at) for at, byte in enumerate(digest))

    def frames(self) -> Iterator[dict[str, str]]:
        """Everything to be sent: per case its text, the kind (inquiry), the first time consent and a phone, and yes."""
        for number, text in enumerate(self.texts()):
            first = (("consent", "1"), ("enterprise", f"{self.name}面馆"), ("phone", "13800000001"))
            steps = [("text", text), ("kind", "3"), *(first if number == 0 else ()), ("yes", "1")]
            yield from ({"id": f"{number}-{step}", "text": words} for step, words in steps)

    async def file_everything(self) -> None:
        """Send all frames; come back and send again whatever was not acknowledged."""
        async with self.http:
            left = list(self.frames())
            while left:
                with suppress(ClientError, ConnectionError, TimeoutError):
                    await self._send(left)
                await asyncio.sleep(LOOK_SECONDS if left else 0)

    async def _send(self, left: list[dict[str, str]]) -> None:
        """Send over one connection until all is acknowledged or the connection ends."""
        async with self.http.get(self.office.url("/chat")), self.http.ws_connect(self._door()) as ws:
            kills = self.office.kills
            while left:
                await ws.send_str(json.dumps(left[0]))
                self.told("sent", left[0]["id"])
                async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
                    await acknowledged(ws, left[0]["id"])
                if self.office.kills != kills:
                    raise ConnectionError("the ack was lost with the process")
                self.acked.append(left.pop(0)["id"])
                self.told("acked", self.acked[-1])

    def _door(self) -> str:
        return self.office.url("/chat/ws?echo=1")


async def acknowledged(ws: ClientWebSocketResponse, frame_id: str) -> None:
    """Read until this frame is acknowledged. Raises ConnectionError when the socket ends before."""
    while True:
        arrived = await ws.receive()
        if arrived.type is not WSMsgType.TEXT:
            raise ConnectionError("the socket ended")
        frame: dict[str, Any] = json.loads(arrived.data)
        assert "refused" not in frame, frame
        if frame.get("ack") == frame_id:
            return
