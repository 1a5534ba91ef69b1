"""Ten thousand pushes at Telegram's true thirty a second, against a server that counts them in every second there is.

The queue, the delivery and the Telegram channel are the product's own, on SQLite; the server is a process of its own,
speaks HTTP and refuses whatever is one too many. Printed: how long it took, sent ÷ allowed, refusals, the fullest
second. The first figure is to be 0.98 or more, the second 0.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from sqlalchemy import func, select

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.request import Caller
from bot.delivery import Delivery
from bot.filestore import FileStore
from bot.lending import Lending
from domain.messages import Message
from storage import migrations, outbox, people
from storage.db import Database
from storage.outbox import Priority
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.bench.door import bench_office
from tests.bench.harness import machine_line
from tests.telegram.rates import Counter, Rates

PUSHES = 10_000
FIRST_CHAT = 1000
TOKEN = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
HOST = "127.0.0.1"
LOOK_SECONDS = 1.0


class Strict:
    """As much of a Bot API server as is pushed to, with its count."""

    def __init__(self) -> None:
        self._counter = Counter(Rates())
        self._figures = {"sent": 0, "refused": 0, "first": 0.0, "last": 0.0}

    def application(self) -> web.Application:
        """What it serves."""
        app = web.Application()
        app.router.add_post("/bot{token}/sendMessage", self._send)
        app.router.add_get("/figures", self._said)
        return app

    async def _send(self, request: web.Request) -> web.Response:
        now, figures = time.monotonic(), self._figures
        chat = int((await request.json())["chat_id"])
        if self._counter.too_fast(chat, now) > 0:
            figures["refused"] += 1
            refusal = {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests",
                "parameters": {"retry_after": 1},
            }
            return web.json_response(refusal, status=429)
        figures["sent"] += 1
        figures["first"], figures["last"] = figures["first"] or now, now
        sent = {"message_id": figures["sent"], "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}
        return web.json_response({"ok": True, "result": sent})

    async def _said(self, _request: web.Request) -> web.Response:
        return web.json_response(self._figures | {"fullest": self._counter.most["overall"]})


def queue(tx: Tx, pushes: int, now: datetime) -> None:
    """News for as many people."""
    for chat in range(FIRST_CHAT, FIRST_CHAT + pushes):
        door, person = people.meet(tx, Telegram.name, str(chat), "zh_CN", now)
        assert person is not None
        outbox.say(
            tx, door, person.id, Message("衡岳县惠企政策有更新，请查看。"), now, priority=Priority.NEWS, fresh=True
        )


def left(tx: Tx) -> int:
    """How many rows are not sent yet."""
    return int(tx.scalar(select(func.count()).select_from(rows).where(rows.c.state != "sent")))


async def pushed(pushes: int, api: str, folder: Path) -> dict[str, Any]:
    """Push, and what the server counted."""
    url = f"sqlite:///{folder}/push.db"
    migrations.upgrade(url)
    db = Database(url, bench_office())
    await db.start()
    await db.write(queue, pushes, _now())
    channel = Telegram(Caller(TOKEN, api), "1", Lending(db, FileStore(str(folder)), Telegram.name))
    delivery = Delivery(db, {channel.name: channel}, _now)
    await delivery.start()
    while await db.read(left):  # noqa: ASYNC110 - another thread writes
        await asyncio.sleep(LOOK_SECONDS)
    await delivery.close()
    await channel.close()
    await db.close()
    async with ClientSession() as http, http.get(f"{api}/figures") as answer:
        figures: dict[str, Any] = await answer.json()
        return figures


def _now() -> datetime:
    return datetime.now(UTC)


def told(figures: dict[str, Any]) -> str:
    """The figures in a line."""
    took = figures["last"] - figures["first"]
    share = (figures["sent"] - 1) / (took * Rates().overall)
    return (
        f"{figures['sent']:,} pushes in {took:.1f} s: sent ÷ allowed {share:.4f}, "
        f"{figures['refused']} refused, at most {figures['fullest']} in any second"
    )


def main(pushes: int = PUSHES) -> None:
    """Measure and print."""
    command = [sys.executable, "-m", "tests.bench.push", "--serve"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = json.loads(server.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            figures = asyncio.run(pushed(pushes, f"http://{HOST}:{port}", Path(folder)))
    finally:
        server.terminate()
        server.wait()
    print(f"\npush\n{machine_line()}\n  {told(figures)}", flush=True)


async def serve() -> None:
    """The server's own process: prints its port, and stays until it is ended."""
    runner = web.AppRunner(Strict().application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    print(json.dumps(runner.addresses[0][1]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--pushes", type=int, default=PUSHES)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve())
    else:
        main(given.pushes)
