"""What the peers share: the conversation, Telegram's update and reply, the secret."""

import json
from typing import Any

TOKEN = "123456:TEST"
SECRET = "s3cret"
ME: dict[str, Any] = {"id": 123456, "is_bot": True, "first_name": "B", "username": "bench_bot"}

# Six steps, one reply each: command, kind, facts, enterprise, phone, confirmation.
FILING = [
    "/file",
    "投诉",
    "变压器采购受阻,工地停了三天,请帮忙协调。",
    "衡岳印章有限公司",
    "13800000000",
    "确认",
]


def telegram_update(number: int, chat: int, text: str) -> dict[str, Any]:
    """Return the update of one text message in a private chat, as Telegram writes it."""
    name = {"first_name": "Ann", "last_name": "Lee", "username": "ann"}
    message: dict[str, Any] = {
        "message_id": number,
        "date": 1760000000,
        "from": {"id": chat, "is_bot": False, "language_code": "zh-hans", **name},
        "chat": {"id": chat, "type": "private", **name},
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return {"update_id": number, "message": message}


def api_answer(method: str, chat: object, text: object) -> bytes:
    """Return the Bot API's answer to a call, as bytes to be parsed."""
    if method.lower() == "getme":
        result: object = ME
    elif chat is None:
        result = True
    else:
        private = {"id": int(str(chat)), "type": "private", "first_name": "Ann"}
        result = {"message_id": 7, "date": 1760000000, "from": ME, "chat": private, "text": text}
    return json.dumps({"ok": True, "result": result}).encode()
