"""The table of conversations: filled by @flow, read by the engine, checked at start-up."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from typing import Any

from domain.case import Role
from domain.errors import BadDeclaration
from domain.messages import Message
from handlers.questions import plain
from handlers.words import every_language

Reply = Message | list[Message] | None
FlowFunction = Callable[..., Coroutine[Any, Any, Reply]]


@dataclass(frozen=True, slots=True)
class Flow:
    """One conversation. words: what people may type for it, split at “|”; roles: who may begin it, empty for all.

    function takes a handlers.talk.Talk; it is not named here so that the engine may look flows up.
    """

    name: str
    function: FlowFunction
    command: str = ""
    words: str = ""
    roles: frozenset[Role] = frozenset()
    describes: str = ""


FLOWS: dict[str, Flow] = {}


def flow(
    name: str, *, command: str = "", words: str = "", roles: frozenset[Role] = frozenset(), describes: str = ""
) -> Callable[[FlowFunction], FlowFunction]:
    """Declare a conversation. Raises BadDeclaration for a second flow of that name."""

    def declare(function: FlowFunction) -> FlowFunction:
        if name in FLOWS:
            raise BadDeclaration(where=f"flow {name}", what="declared twice")
        commands.cache_clear()
        FLOWS[name] = Flow(name, function, command, words, roles, describes)
        return function

    return declare


@cache
def commands() -> dict[str, Flow]:
    """Flows by what people may type: “/command” and every word of every language.

    Raises BadDeclaration where two flows answer to one command or word.
    """
    found: dict[str, Flow] = {}
    for one in FLOWS.values():
        for typed in _typed(one):
            if typed in found and found[typed] is not one:
                raise BadDeclaration(where=f"flow {one.name}", what=f"“{typed}” already begins {found[typed].name}")
            found[typed] = one
    return found


def _typed(one: Flow) -> list[str]:
    typed = [f"/{one.command}"] if one.command else []
    for texts in every_language(one.words) if one.words else ():
        typed += [plain(word) for word in texts.split("|")]
    return typed
