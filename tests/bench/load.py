"""The load and the Bot API for end-to-end rows, in one process.

A server under measurement takes Telegram updates at --path with the secret header and sends its replies to
the stub Bot API here. A step is timed from posting the update to receiving the reply. Nothing is pipelined:
a chat says its next text when it has heard the reply to the last.

With --ack nothing is answered: only the server's 200 is awaited, on every connection again and again.
"""

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from tests.bench.harness import Figures, serve_runs
from tests.bench.peers.updates import FILING, ME, SECRET, telegram_update

HOST = "127.0.0.1"
FIRST_CHAT = 1000
REPLY_LIMIT_SECONDS = 120.0
START_LIMIT_SECONDS = 30.0
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CHAT_ID = re.compile(rb'chat_id"?[:=] *"?(\d+)')
END_OF_HEAD = b"\r\n\r\n"


@dataclass
class Talks:
    """Who is waiting for a reply, and the numbers of updates and of conversations; all live as long as the process."""

    waiting: dict[int, "asyncio.Future[None]"] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    matters: "count[int]" = field(default_factory=lambda: count(1))

    def expect(self, chat: int) -> "asyncio.Future[None]":
        reply = asyncio.get_running_loop().create_future()
        self.waiting[chat] = reply
        return reply

    def heard(self, chat: int) -> None:
        reply = self.waiting.pop(chat, None)
        if reply is not None and not reply.done():
            reply.set_result(None)


def response(result: object) -> bytes:
    """Return a Bot API answer as it goes over the wire."""
    body = json.dumps({"ok": True, "result": result}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


SENT = response(
    {
        "message_id": 7,
        "date": 1760000000,
        "chat": {"id": 1, "type": "private", "first_name": "A"},
        "from": ME,
        "text": "x",
    }
)
DONE = response(True)
WHO = response(ME)


class BotApi(asyncio.Protocol):
    """As much of a Bot API server as a bot that only talks needs; every send* is a reply to its chat."""

    def __init__(self, talks: Talks) -> None:
        self.talks, self.received = talks, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (request := self._whole()) is not None:
            self._answer(*request)

    def _whole(self) -> tuple[bytes, bytes] | None:
        """Take one whole request from what was received: its method's name in the address, and its body."""
        head, end, rest = self.received.partition(END_OF_HEAD)
        if not end:
            return None
        length = content_length(head)
        if len(rest) < length:
            return None
        self.received = rest[length:]
        return head.split(b" ", 2)[1].rpartition(b"/")[2], rest[:length]

    def _answer(self, method: bytes, body: bytes) -> None:
        if not method.startswith(b"send"):
            self.transport.write(WHO if method == b"getMe" else DONE)
            return
        self.transport.write(SENT)
        chat = CHAT_ID.search(body)
        if chat is None:
            raise ValueError(f"{method.decode()} without a chat_id: {body[:200]!r}")
        if method != b"sendChatAction":
            self.talks.heard(int(chat[1]))


class Posting(asyncio.Protocol):
    """One connection that posts its updates one after the other, each when the last was acknowledged."""

    def __init__(self, requests: list[bytes], done: "asyncio.Future[None]") -> None:
        self.requests, self.done, self.received = iter(requests), done, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, rest = self.received.partition(END_OF_HEAD)
        if not end or len(rest) < (length := content_length(head)):
            return
        self.received = rest[length:]
        if b" 200 " not in head[:16]:
            self._end(RuntimeError(f"the server said {head[:60]!r}"))
            return
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self._end(None)
        else:
            self.transport.write(request)

    def _end(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
            self.transport.close()


def content_length(head: bytes) -> int:
    """Return the length of the body in bytes; raises ValueError for a body sent in pieces."""
    if b"chunked" in head.lower():
        raise ValueError("the load reads bodies with Content-Length only, not chunked ones")
    length = LENGTH.search(head)
    return int(length[1]) if length else 0


def post(path: str, number: int, chat: int, text: str) -> bytes:
    """Return the webhook request that brings one text message."""
    body = json.dumps(telegram_update(number, chat, text)).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def converse(talks: Talks, options: argparse.Namespace, chat: int, seconds: list[float]) -> None:
    """Hold one chat's conversations on one connection, adding the seconds of each step to the list."""
    reader, writer = await asyncio.open_connection(HOST, options.server)
    for _ in range(max(1, options.conversations // options.chats)):
        matter = str(next(talks.matters))
        for text in options.texts:
            reply = talks.expect(chat)
            begun = time.perf_counter()
            writer.write(post(options.path, next(talks.numbers), chat, text.replace("{n}", matter)))
            await acknowledged(reader)
            async with asyncio.timeout(REPLY_LIMIT_SECONDS):
                await reply
            seconds.append(time.perf_counter() - begun)
    writer.close()
    await writer.wait_closed()


async def acknowledged(reader: asyncio.StreamReader) -> None:
    """Read one answer of the server; raises RuntimeError when it is not 200."""
    head = await reader.readuntil(END_OF_HEAD)
    if b" 200 " not in head[:16]:
        raise RuntimeError(f"the server said {head[:60]!r}")
    await reader.readexactly(content_length(head))


async def talk_once(talks: Talks, options: argparse.Namespace) -> Figures:
    """Hold the conversations in all chats at once: conversations/s, and update to reply in milliseconds."""
    seconds: list[float] = []
    begun = time.perf_counter()
    chats = range(FIRST_CHAT, FIRST_CHAT + options.chats)
    await asyncio.gather(*(converse(talks, options, chat, seconds) for chat in chats))
    took = time.perf_counter() - begun
    cuts = statistics.quantiles(seconds, n=100)
    rate = len(seconds) / len(options.texts) / took
    return {"rate": rate, "p50 ms": cuts[49] * 1000, "p99 ms": cuts[98] * 1000}


async def ack_once(talks: Talks, options: argparse.Namespace) -> Figures:
    """Post single messages, made beforehand, over all connections at once: acknowledgements/s."""
    loop = asyncio.get_running_loop()
    each = max(1, options.conversations // options.chats)
    batches = [
        [post(options.path, next(talks.numbers), FIRST_CHAT + chat, options.texts[0]) for _ in range(each)]
        for chat in range(options.chats)
    ]
    ends = [loop.create_future() for _ in batches]
    begun = time.perf_counter()
    for requests, end in zip(batches, ends, strict=True):
        await loop.create_connection(partial(Posting, requests, end), HOST, options.server)
    await asyncio.gather(*ends)
    return {"rate": each * len(batches) / (time.perf_counter() - begun)}


async def answering(port: int) -> None:
    """Return when something listens at the port; raises TimeoutError when nothing does in time."""
    async with asyncio.timeout(START_LIMIT_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                return
            await asyncio.sleep(0.05)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Load for a webhook server, with a Bot API stub for its replies.")
    parser.add_argument("--server", type=int, required=True, help="port of the server under measurement")
    parser.add_argument("--stub", type=int, required=True, help="port where the Bot API stub listens")
    parser.add_argument("--path", default="/hook")
    parser.add_argument("--chats", type=int, default=100, help="open chats, each on its own connection")
    parser.add_argument("--conversations", type=int, default=1000, help="in one run, over all chats; with --ack: posts")
    parser.add_argument("--texts", type=json.loads, default=FILING, help="JSON list: what one conversation says")
    parser.add_argument("--ack", action="store_true", help="only await the 200")
    return parser.parse_args()


async def main(options: argparse.Namespace) -> None:
    talks = Talks()
    once: Callable[[Talks, argparse.Namespace], Awaitable[Figures]] = ack_once if options.ack else talk_once
    await asyncio.get_running_loop().create_server(partial(BotApi, talks), HOST, options.stub)
    await answering(options.server)
    await serve_runs(partial(once, talks, options))


if __name__ == "__main__":
    asyncio.run(main(arguments()))
