"""What is written into the fields of a message template, each sort of which takes only so much.

https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from domain.doors import cut_to
from domain.errors import BadDeclaration
from domain.messages import Message
from handlers.words import N_

TEMPLATE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
FIELD = re.compile(r"([a-z_]{1,30})([0-9]{1,3})", re.ASCII)
#: The fields where the settings name none.
USUAL = "thing1=what,character_string2=number,time3=when,thing4=tip"
#: Characters that a sort of field takes; what stands in none of the sorts here is no field for words.
MOST = MappingProxyType(
    {"thing": 20, "character_string": 32, "time": 40, "date": 40, "phrase": 5, "const": 20, "number": 32}
)
CUT = "…"


def _fact(place: int) -> Callable[[Message], str]:
    return lambda message: message.facts[place][1] if len(message.facts) > place else ""


#: What a message in short has: its title, and its facts in their order.
PARTS: Mapping[str, Callable[[Message], str]] = MappingProxyType(
    {"what": lambda message: message.title, "number": _fact(0), "when": _fact(1), "tip": _fact(2)}
)
#: Where a message has nothing to say in a field, which must not be empty.
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Template:
    """One template: its id, and for each of its fields the part of a message that is written there."""

    id: str
    fields: tuple[tuple[str, str], ...]

    def data(self, message: Message) -> dict[str, Any]:
        """The fields filled, each cut to what it takes."""
        return {name: {"value": _fitted(name, PARTS[part](message))} for name, part in self.fields}


def declared(words: str, where: str) -> Template:
    """ "ID" or "ID:thing1=what,time3=when". Raises BadDeclaration naming the setting for what is neither."""
    template, _sep, named = words.partition(":")
    if TEMPLATE_ID.fullmatch(template) is None:
        raise BadDeclaration(where=where, what=N_("does not begin with the id of a template"))
    return Template(template, tuple(_field(one, where) for one in (named or USUAL).split(",")))


def _field(words: str, where: str) -> tuple[str, str]:
    name, _sep, part = words.strip().partition("=")
    found = FIELD.fullmatch(name)
    if found is None or found[1] not in MOST or part not in PARTS:
        raise BadDeclaration(where=where, what=N_("names a field as thing1=what; a part is what, number, when or tip"))
    return name, part


def _fitted(name: str, value: str) -> str:
    """A value on one line that its sort of field takes."""
    plain = " ".join(value.split()) or NOTHING
    most = MOST[name.rstrip("0123456789")]
    return plain if len(plain) <= most else cut_to(plain, most - len(CUT), len) + CUT
