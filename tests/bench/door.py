"""Qinqing as it runs, on Telegram: the office behind its own webhook, sending to the Bot API at STUB.

`python -m tests.bench.door` is `qinqing run` with an office of the bench's own: the demo county's units, one dispatcher
who is told of each filing on the web chat, and people who have agreed to the privacy words. Everything between is as it
runs: server, parsing, SQLite with `synchronous=FULL`, the delivery with its lease, python-telegram-bot's Bot over our
request, ticking. Durable: an update is acknowledged when it and its reply are committed and synced to the disk.

One thing is taken off: the platform's pace. The load answers faster than a person, and the peers keep to no limit.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from sqlalchemy import insert, text

from bot import app as building
from bot import logs, serving
from bot.app import App
from bot.channels.contract import Limits
from bot.channels.telegram.channel import Telegram
from bot.demo_office import UNITS
from bot.settings import OfficeFile, Settings
from domain.case import Role
from domain.likely import grams
from domain.office import Office
from domain.workdays import Calendar
from handlers.flows.consent import CONSENT
from storage import people, units
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed
from storage.db import Tx
from storage.tables import addresses
from storage.tables import people as people_table
from tests.bench.load import FIRST_CHAT
from tests.bench.peers.updates import SECRET, TOKEN

#: Six messages, one reply each: command, kind (a line's number), account, enterprise, phone, confirmation.
#: {n} is the number of the conversation, never used again: of the same matter, Qinqing asks whether to join it with the
#: last one, which is a step more.
FILING = ["/file", "1", "变压器采购受阻,{n}号工地停了三天,请帮忙协调。", "衡岳印章有限公司", "13800000000", "确认"]
CHATS = 1000
NAME = "衡岳县优化营商环境办公室"


def office(folder: Path, api: str, port: int = 0, chats: int = CHATS) -> tuple[App, Telegram]:
    """An office on a new SQLite file, furnished and not yet started, with its channel; api: the Bot API's address."""
    logs.configure()  # to the error output: a worker's own lines are its figures
    settings = Settings(
        office=folder / "office.toml",
        database_url=f"sqlite:///{folder}/bench.db",
        files=folder / "files",
        keys=folder / "keys",
        http_port=port,
        public_url="https://bench.example",
        telegram_token=SecretStr(TOKEN),
        telegram_api=api,
        telegram_webhook_secret=SecretStr(SECRET),
    )
    app = building.build(settings, file=OfficeFile(name=NAME))
    app.db.write_now(furnish, chats, now())
    channel = app.connected[0].channel
    assert isinstance(channel, Telegram)
    channel.limits = Limits()
    return app, channel


def bench_office() -> Office:
    """An office with the State Council's calendar and a real signing key, for measurements below the running one."""
    calendar = Calendar({day.day: day for day in seed()}, KNOWN_THROUGH, KNOWN_FROM, 1)
    key = Ed25519PrivateKey.generate()
    return Office(NAME, calendar, sign=key.sign, public_key=key.public_key().public_bytes_raw())


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
    door = {"channel": Telegram.name, "group_chat": False, "used_at": now}
    rows = [{"person_id": first + n, "address": str(FIRST_CHAT + n), **door} for n in range(chats)]
    tx.execute(insert(addresses), rows)


#: Enterprise and phone are remembered and not asked again: forgotten at once here, so that every conversation has six
#: steps like the peers'. It costs a write more than the product does.
FORGET = """CREATE TRIGGER forget AFTER UPDATE OF phone ON people WHEN NEW.phone <> '' BEGIN
    UPDATE people SET phone = '', enterprise = '' WHERE id = NEW.id; END"""


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def main() -> None:
    """Serve on PORT until asked to stop."""
    with tempfile.TemporaryDirectory() as folder:
        app, _channel = office(Path(folder), f"http://127.0.0.1:{os.environ['STUB']}", int(os.environ["PORT"]))
        asyncio.run(serving.serve(app))


if __name__ == "__main__":
    main()
