"""Qinqing's door on Telegram by itself: each update is read and answered with one question, nothing is decided or kept.

The same server, parsing, rendering, python-telegram-bot's Bot and request as in `door.py`; no database, no delivery, no
flow. What it costs is the least an answer through these libraries can cost: what is left to a peer's time is all that
the office itself may take.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from bot import serving
from bot.channels.contract import Channel
from domain.messages import Button, Message
from tests.bench.door import office

QUESTION = Message(
    title="这是哪一类事情?",
    text="回复数字就行。",
    buttons=((Button("请求协调", "t:1"), Button("投诉", "t:2")), (Button("咨询", "t:3"),)),
)


def main() -> None:
    """Answer on PORT until asked to stop."""
    answers: set[asyncio.Task[object]] = set()

    async def answered(channel: Channel, raw: bytes) -> None:
        arrived = channel.parse(raw)
        assert arrived is not None
        answer = asyncio.create_task(channel.send(arrived.address, QUESTION, "", arrived.key))
        answers.add(answer)
        answer.add_done_callback(answers.discard)

    with tempfile.TemporaryDirectory() as folder:
        app, _channel = office(Path(folder), f"http://127.0.0.1:{os.environ['STUB']}", int(os.environ["PORT"]))
        app.take = answered
        asyncio.run(serving.serve(app))


if __name__ == "__main__":
    main()
