"""Qinqing behind the bench's platform: a Telegram-like webhook in, sendMessage out, everything between as it runs.

Durable: an update is acknowledged when it and its reply are committed to SQLite and synced to the disk.
`python -m tests.bench.door` serves on PORT and sends to the Bot API at STUB, as the peers' servers do.
"""

from __future__ import annotations

import hmac
import os
import tempfile
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, text

from bot.channels.contract import Limits, Receipt
from bot.delivery import Delivery
from bot.demo_office import UNITS
from domain.case import Role
from domain.likely import grams
from domain.messages import Incoming, Message
from domain.office import Office
from domain.workdays import Calendar
from handlers import flows, words
from handlers.dispatch import handle
from handlers.flows.consent import CONSENT
from storage import migrations, people, units
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed
from storage.db import Database, Tx
from storage.tables import addresses
from storage.tables import people as people_table
from tests.bench.load import FIRST_CHAT
from tests.bench.peers.updates import SECRET, TOKEN

#: Six messages, one reply each: command, kind (a line's number), account, enterprise, phone, confirmation.
#: {n} is the number of the conversation, never used again: of the same matter, Qinqing asks whether to join it with the
#: last one, which is a step more.
FILING = ["/file", "1", "变压器采购受阻,{n}号工地停了三天,请帮忙协调。", "衡岳印章有限公司", "13800000000", "确认"]
CHATS = 1000

Post = Callable[[bytes], Awaitable[bytes]]


class Sender(msgspec.Struct):
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""


class Chat(msgspec.Struct):
    id: int
    type: str


class Said(msgspec.Struct, rename={"sender": "from"}):
    message_id: int
    chat: Chat
    sender: Sender | None = None
    text: str = ""


class Update(msgspec.Struct):
    update_id: int
    message: Said | None = None


class Sent(msgspec.Struct):
    message_id: int


class Answered(msgspec.Struct):
    ok: bool
    result: Sent


class Keyboard(msgspec.Struct):
    inline_keyboard: list[list[dict[str, str]]]


class SendMessage(msgspec.Struct, omit_defaults=True):
    chat_id: int
    text: str
    reply_markup: Keyboard | None = None


UPDATES = msgspec.json.Decoder(Update)
ANSWERS = msgspec.json.Decoder(Answered)


class BenchChannel:
    """The channel. post: takes a request's body to the platform and brings the answer's body back."""

    name = "bench"
    limits = Limits()

    def __init__(self, post: Post) -> None:
        self._post = post

    def parse(self, raw: bytes) -> Incoming | None:
        update = UPDATES.decode(raw)
        said = update.message
        if said is None:
            return None
        sender = said.sender or Sender()
        return Incoming(
            channel=self.name,
            key=str(update.update_id),
            address=str(said.chat.id),
            text=said.text,
            name=f"{sender.first_name} {sender.last_name}".strip(),
            language="zh_CN" if sender.language_code.startswith("zh") else "",
            ref=str(said.message_id),
            group=said.chat.type != "private",
        )

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        answer = ANSWERS.decode(await self._post(request_body(int(address), message)))
        return Receipt(str(answer.result.message_id))

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        raise FileNotFoundError(reference)  # nobody sends files here


def request_body(chat: int, message: Message) -> bytes:
    """A message as sendMessage takes it: title, facts and text in one, buttons below."""
    facts = (f"{label}: {value}" for label, value in message.facts)
    shown = "\n".join(part for part in (message.title, *facts, message.text) if part)
    rows = [[{"text": b.label, "callback_data": b.value} for b in row] for row in message.buttons]
    return msgspec.json.encode(SendMessage(chat, shown, Keyboard(rows) if rows else None))


# --- the office -------------------------------------------------------------------------------------------------------


def bench_office() -> Office:
    """An office with the State Council's calendar and a real signing key."""
    calendar = Calendar({day.day: day for day in seed()}, KNOWN_THROUGH, KNOWN_FROM, 1)
    key = Ed25519PrivateKey.generate()
    return Office("衡岳县优化营商环境办公室", calendar, sign=key.sign, public_key=key.public_key().public_bytes_raw())


def furnish(tx: Tx, chats: int, now: datetime) -> None:
    """The demo county's units, one dispatcher, and people who have agreed to the privacy words."""
    for row in tomllib.loads(UNITS.read_text(encoding="utf-8"))["unit"]:
        units.save(tx, row["code"], row["short"], row["phone"], row["duties"], grams(row["duties"], row["name"]))
    _address, dispatcher = people.meet(tx, "web", "dispatcher", "zh_CN", now, name="派单员")
    assert dispatcher is not None
    people.give_role(tx, dispatcher.id, Role.DISPATCHER, now)
    _agreed(tx, chats, now)
    tx.execute(text(FORGET))


def _agreed(tx: Tx, chats: int, now: datetime) -> None:
    first = 1000
    known = {"language": "zh_CN", "consented": CONSENT, "consented_at": now, "created_at": now}
    tx.execute(insert(people_table), [{"id": first + n, "name": "Ann Lee", **known} for n in range(chats)])
    door = {"channel": BenchChannel.name, "group_chat": False, "used_at": now}
    rows = [{"person_id": first + n, "address": str(FIRST_CHAT + n), **door} for n in range(chats)]
    tx.execute(insert(addresses), rows)


#: Enterprise and phone are remembered and not asked again: forgotten at once here, so that every conversation has six
#: steps like the peers'. It costs a write more than the product does.
FORGET = """CREATE TRIGGER forget AFTER UPDATE OF phone ON people WHEN NEW.phone <> '' BEGIN
    UPDATE people SET phone = '', enterprise = '' WHERE id = NEW.id; END"""


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@asynccontextmanager
async def house(channel: BenchChannel, chats: int = CHATS) -> AsyncIterator[tuple[Database, Delivery]]:
    """A running office on a new SQLite file, with its delivery to the channel."""
    assert flows
    words.catalogues()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/bench.db"
        migrations.upgrade(url)
        db = Database(url, bench_office())
        await db.start()
        await db.write(furnish, chats, now())
        delivery = Delivery(db, {channel.name: channel}, now)
        db.subscribe(delivery.heard)
        await delivery.start()
        try:
            yield db, delivery
        finally:
            await delivery.close()
            await db.close()


# --- served -----------------------------------------------------------------------------------------------------------


def hooked(channel: BenchChannel, db: Database) -> web.Application:
    """The webhook: acknowledged when the update is committed."""

    async def hook(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), SECRET):
            return web.Response(status=403)
        incoming = channel.parse(await request.read())
        if incoming is not None:
            await db.write(handle, incoming, now())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    return app


def posting(http: ClientSession, address: str) -> Post:
    """Takes requests to a Bot API over HTTP."""
    head = {"Content-Type": "application/json"}

    async def post(body: bytes) -> bytes:
        async with http.post(address, data=body, headers=head) as answer:
            answer.raise_for_status()
            return await answer.read()

    return post


async def application() -> web.Application:
    """The server, with everything behind it, as long as it runs."""
    app = web.Application()
    http = ClientSession()
    channel = BenchChannel(posting(http, f"http://127.0.0.1:{os.environ['STUB']}/bot{TOKEN}/sendMessage"))
    running = house(channel)
    db, _delivery = await running.__aenter__()
    app = hooked(channel, db)

    async def stop(_app: Any) -> None:
        await running.__aexit__(None, None, None)
        await http.close()

    app.on_cleanup.append(stop)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
