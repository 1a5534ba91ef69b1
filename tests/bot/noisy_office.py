"""An office in a process of its own, with the program's own logging and every logger at its most talkative, in which
everything goes wrong that can: run by tests/bot/test_log_privacy.py, which reads what it logged."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot import logs
from handlers import registry
from storage import inbox
from storage.transaction import Tx
from tests.bot.offices import Running, Visitor, fresh_id, production

NAME, PHONE, MATTER = "林晓禾", "13855556666", "门口变压器漏油烧坏了灶台"
CODE = "SecretCode-9f8e7d6c5b4a"


async def broken(*_args: Any) -> Any:
    """A program error whose words quote what a person wrote."""
    raise ValueError(f"cannot read “{MATTER}” of {NAME}, {PHONE}")


def spoilt(tx: Tx) -> None:
    """A database error in a statement with what people wrote as its parameters."""
    tx.connection.execute(
        text("INSERT INTO inbox (channel, key, raw) VALUES (:a, :b, :c)"), {"a": NAME, "b": MATTER, "c": PHONE}
    )


def raising(_tx: Tx) -> None:
    """A program error on the writer thread."""
    raise KeyError(f"{NAME} {PHONE}", MATTER)


async def file_a_case(visitor: Visitor) -> None:
    """The main way, with photo and receipt."""
    chat = await visitor.chat(echo=1)
    message = await chat.say("/file")
    for label in ("同意", "诉求"):
        message = await chat.tap(label, message)
    message = await chat.file(f"{NAME}.jpg", b"\xff\xd8\xff\xe0 a photo", MATTER)
    for words in (f"{NAME}的店", PHONE):
        message = await chat.say(words)
    message = await chat.tap("提交", message)
    await visitor.office.get("/receipt/" + message["text"].rsplit("/receipt/", 1)[1].strip())
    await chat.close()


async def misbehave(visitor: Visitor) -> None:
    """Forged frames, buttons and links; an arrival the program fails on."""
    chat = await visitor.chat(echo=1)
    for frame in (
        "{",
        f'{{"id": "{MATTER}", "text": 7}}',
        json.dumps({"id": "x", "file": {"name": NAME, "data": "%%"}}),
    ):
        await chat.ws.send_str(frame)
        await chat.next()
    for press in (f"f:{NAME}:{PHONE}", f"t:1:1:{MATTER}", f"f:case:{PHONE}", "f:erase:" + MATTER):
        await chat.send({"press": press})
        await chat.heard()
    object.__setattr__(registry.FLOWS["help"], "function", broken)
    await chat.send({"id": fresh_id(), "text": "/help"})
    await chat.heard("我们这边出了点问题")
    await chat.close()
    for path in (
        f"/file/{CODE}",
        f"/receipt/{CODE}",
        f"/mydata/{CODE}",
        f"/board/in/{CODE}",
        f"/chat?join={CODE}&as={NAME}",
    ):
        await visitor.office.get(path)


async def fail_everywhere(office: Running) -> None:
    """Errors in the database, on threads, in tasks nobody waits for, and in a library that quotes what it was given."""
    for function in (spoilt, raising):
        for run in (office.app.db.write, office.app.db.read):
            try:
                await run(function)
            except Exception:
                logging.getLogger("some.library").exception("failed for %s", NAME)
    logging.getLogger("some.library").warning(f"put together: {MATTER}")
    logging.getLogger("some.library").error("a mapping: %(phone)s", {"phone": PHONE})
    thread = threading.Thread(target=lambda: int(MATTER))
    thread.start()
    thread.join()
    task = asyncio.get_running_loop().create_task(broken())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
    assert await office.app.db.read(inbox.failed_count) == 1


async def main(folder: Path) -> None:
    """Live through all of it, and end with an error nobody catches."""
    async with production(folder) as office:
        visitor = await office.visitor()
        await file_a_case(visitor)
        await misbehave(visitor)
        await fail_everywhere(office)
        await visitor.close()
    raise RuntimeError(f"the end: {NAME} {MATTER}")


if __name__ == "__main__":
    logs.configure()
    logging.getLogger().setLevel(logging.DEBUG)
    asyncio.run(main(Path(sys.argv[1])), debug=True)
