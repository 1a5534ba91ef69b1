"""Bots as real processes that can be killed: our office on Telegram, and others started the same way."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.crash.processes import HEALTHY_WITHIN_SECONDS, LOOK_SECONDS, Office
from tests.telegram.emulator import Emulator
from tests.telegram.front import TOKEN

SECRET = "a-secret-of-the-tests"


class TelegramOffice(Office):
    """`qinqing run` with a token, polling, or with a webhook that this registers."""

    def __init__(self, folder: Path, api: str, *, webhook: bool = False) -> None:
        super().__init__(folder)
        self.api, self.webhook = api, webhook

    def environment(self, folder: Path | None = None) -> dict[str, str]:
        """What tells the program where things are, the platform among them."""
        told = {"QINQING_TELEGRAM_TOKEN": TOKEN, "QINQING_TELEGRAM_API": self.api, "QINQING_PUBLIC_URL": self.url("")}
        if self.webhook:
            told["QINQING_TELEGRAM_WEBHOOK_SECRET"] = SECRET
        return {**super().environment(folder), **told}

    async def listens(self, emulator: Emulator) -> None:
        """Wait until updates can come in: it has registered its address, or begun to ask."""
        async with asyncio.timeout(HEALTHY_WITHIN_SECONDS):
            while not self._comes_in(emulator):  # noqa: ASYNC110 - the platform tells nobody
                await asyncio.sleep(LOOK_SECONDS)

    def _comes_in(self, emulator: Emulator) -> bool:
        return bool(emulator.arriving.address(TOKEN)) if self.webhook else emulator.arriving.asked(TOKEN)

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)


class Bot:
    """Another program with a bot: `python -m module`, told the platform's address and a folder in its environment."""

    def __init__(self, folder: Path, api: str, module: str) -> None:
        self.folder, self.api, self.module = folder, api, module
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process; it has no address to be asked at."""
        self._spawn()

    def _spawn(self) -> None:
        told = {"BOT_API": self.api, "BOT_TOKEN": TOKEN, "BOT_FOLDER": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", self.module]
            self.process = subprocess.Popen(command, env={**os.environ, **told}, stdout=log, stderr=log)

    async def listens(self, emulator: Emulator) -> None:
        """Wait until it has begun to ask for updates."""
        async with asyncio.timeout(HEALTHY_WITHIN_SECONDS):
            while not emulator.arriving.asked(TOKEN):  # noqa: ASYNC110 - the platform tells nobody
                await asyncio.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End it as an administrator does, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.ask_to_stop()
            self.process.wait(HEALTHY_WITHIN_SECONDS)
