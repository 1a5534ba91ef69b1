"""Updates as Telegram sends them, short to write."""

from __future__ import annotations

import json
from typing import Any

from bot.channels.telegram import updates
from domain.messages import Incoming

Json = dict[str, Any]

BOT = "7"
WANG, GROUP, AT = 1001, -100200300, 1_790_000_000
USERNAME = "Front_Desk_Bot"
SENDER: Json = {"id": WANG, "is_bot": False, "first_name": "王", "last_name": "老板", "language_code": "zh-hans"}
PRIVATE: Json = {"id": WANG, "first_name": "王", "type": "private"}
SUPERGROUP: Json = {"id": GROUP, "title": "园区企业群", "type": "supergroup"}


def message(**more: Any) -> Json:
    """A message in the private chat of 王老板; `sender` stands for `from`."""
    sender = more.pop("sender", SENDER)
    return {"message_id": 5, "from": sender, "chat": PRIVATE, "date": AT, **more}


def file(**more: Any) -> Json:
    """A file in a message."""
    return {"file_id": "f1", "file_unique_id": "u", "file_size": 77, **more}


def in_group(text: str, **more: Any) -> Json:
    """A message of 王老板 in a group."""
    return message(chat=SUPERGROUP, text=text, **more)


def press(data: str = "f:my", **more: Any) -> Json:
    """A tap on a button below one of our messages."""
    below = {"message_id": 4, "chat": PRIVATE, "date": AT, "from": {"id": 7, "is_bot": True, "first_name": "亲清"}}
    return {"id": "c1", "from": SENDER, "chat_instance": "x", "message": below, "data": data, **more}


def membership(status: str, chat: Json = PRIVATE, **more: Any) -> Json:
    """What became of the bot in a chat."""
    bot = {"id": 7, "is_bot": True, "first_name": "亲清"}
    old, new = {"user": bot, "status": "x"}, {"user": bot, "status": status, **more}
    return {"chat": chat, "from": SENDER, "date": AT, "old_chat_member": old, "new_chat_member": new}


def raw(number: int = 9, /, **kind: Json) -> bytes:
    """An update as it comes over the line."""
    return json.dumps({"update_id": number, **kind}, ensure_ascii=False).encode()


def parsed(number: int = 9, /, **kind: Json) -> Incoming | None:
    """What an update is to us."""
    return updates.parse(raw(number, **kind), BOT, lambda: USERNAME)


def said(**more: Any) -> Incoming:
    """What a message in the private chat is to us; it is something."""
    found = parsed(message=message(**more))
    assert found is not None
    return found
