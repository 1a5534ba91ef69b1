"""The lists of commands a bot has given, as the Bot API keeps them: one for each scope and language."""

from __future__ import annotations

import json
import re
from typing import Any

from lo_bot_api_emulator import ApiRefusal

Json = dict[str, Any]
#: Scope, chat where the scope is one chat, language: to what each command is for.
Menus = dict[tuple[str, str, str], dict[str, str]]

SCOPES = frozenset(("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"))
NAME = re.compile(r"[a-z0-9_]{1,32}")
MOST = 100
LONGEST = 256


def keep(menus: Menus, blocked: set[int], fields: Json) -> None:
    """Keep a list. Raises ApiRefusal for one that Telegram refuses."""
    lines, scope = _decoded(fields["commands"]), _decoded(fields.get("scope", {"type": "default"}))
    language = fields.get("language_code") or ""
    if len(lines) > MOST:
        raise ApiRefusal("Bad Request: BOT_COMMANDS_TOO_MUCH")
    for line in lines:
        if not NAME.fullmatch(line["command"]) or not 1 <= len(line["description"]) <= LONGEST:
            raise ApiRefusal("Bad Request: BOT_COMMAND_INVALID")
    if scope["type"] not in SCOPES or not re.fullmatch(r"([a-z]{2})?", language):
        raise ApiRefusal("Bad Request: invalid scope or language")
    if scope["type"] == "chat" and int(scope["chat_id"]) in blocked:
        raise ApiRefusal("Forbidden: bot was blocked by the user", 403)
    menus[scope["type"], str(scope.get("chat_id", "")), language] = {
        line["command"]: line["description"] for line in lines
    }


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
