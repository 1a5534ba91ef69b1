"""How an announcement looks in groups that show neither files nor long texts: cut, with the way to its page.

WeCom's markdown has no sign that takes the meaning from the next one, so what would have one is shown in its wide form.
https://developer.work.weixin.qq.com/document/path/99110
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from domain.doors import colon, cut_to, octets
from domain.messages import Button, Message
from domain.office import Office
from handlers import phrases
from handlers.announcing import PAGE
from handlers.words import _, speaking

#: Bytes that a title, and the names of the files, take at the most.
LONGEST_TITLE, LONGEST_NAMES = 200, 300
CUT = "…"
#: Where a button leads that is for officials: they have it in the app, no link is needed.
OF_OFFICIALS = ("f:tasks",)
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

_AT_LINE_START = re.compile(r"^([^\S\n]*)([#>])", re.MULTILINE)
_WIDE = {"#": "\uff03", ">": "\uff1e"}
_SIGNS = str.maketrans({"<": "\uff1c", "`": "\uff40"})


@dataclass(frozen=True, slots=True)
class Look:
    """How words are marked. plain: makes words safe; title: a heading of safe words; link: a label and an address."""

    plain: Callable[[str], str]
    title: Callable[[str], str]
    link: Callable[[str, str], str]


def safe(text: str) -> str:
    """Words that WeCom's markdown shows as they are."""
    wide = text.translate(_SIGNS).replace("](", "\uff3d(").replace("**", "\uff0a\uff0a")
    return _AT_LINE_START.sub(lambda found: found[1] + _WIDE[found[2]], wide)


MARKDOWN = Look(safe, lambda words: f"## {words}", lambda label, url: f"[{safe(label)}]({url})")
PLAIN = Look(str, str, lambda label, url: f"{label}{colon(label)}{url}")


def page_of(message: Message) -> Button | None:
    """The way to the page of an announcement."""
    every = (button for row in message.buttons for button in row)
    return next((button for button in every if button.value.startswith(PAGE)), None)


def worded(message: Message, office: Office, most_bytes: int, look: Look) -> str:
    """All its words in at most so many bytes, with the way to the page where it was cut or has files."""
    with speaking(office.language):
        head = _head(message, look)
        body = look.plain("\n".join((message.text, *(f"{one}{colon(one)}{value}" for one, value in message.facts))))
        whole = _joined(head, body, *_tail(message, office, look, cut=False))
        if octets(whole) <= most_bytes:
            return whole
        tail = _tail(message, office, look, cut=True)
        room = most_bytes - octets(_joined(head, CUT, *tail)) - 1
        return _joined(head, cut_to(body, max(0, room), octets).rstrip() + CUT, *tail)


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _head(message: Message, look: Look) -> str:
    title = " ".join(cut_to(message.title, LONGEST_TITLE, octets).split())
    return look.title(look.plain(title)) if title else ""


def _tail(message: Message, office: Office, look: Look, *, cut: bool) -> list[str]:
    """What stands below: the names of the files, the way to the page, the way into the private chat."""
    return [
        _names(message, look),
        _whole(message, look) if cut or message.files else "",
        _private(message, office, look),
    ]


def _names(message: Message, look: Look) -> str:
    if not message.files:
        return ""
    names = _("Files ({n}): {names}", n=len(message.files), names=phrases.listed(one.name for one in message.files))
    shown = cut_to(names, LONGEST_NAMES, octets)
    return look.plain(shown if shown == names else shown + CUT)


def _whole(message: Message, look: Look) -> str:
    page = page_of(message)
    if page is None:
        return ""
    if page.url:
        return look.link(page.label, page.url)
    return look.plain(_("To read it whole, send me privately: /policy {code}", code=page.value.removeprefix(PAGE)))


def _private(message: Message, office: Office, look: Look) -> str:
    """The way to where one business is spoken of; "" where there is none to be linked to."""
    every = (button for row in message.buttons for button in row)
    button = next((one for one in every if one.value.startswith("f:") and not one.value.startswith(PAGE)), None)
    if button is None or button.value in OF_OFFICIALS:
        return ""
    url = private_link(office, button.value)
    return look.link(button.label, url) if url else ""


def private_link(office: Office, value: str) -> str:
    """Where the private chat opens for those in WeChat groups, as if this button was tapped; "" for nowhere."""
    payload = "_".join(value.split(":", 2)[1:])
    if office.kefu:
        if PAYLOAD.fullmatch(payload) is None:
            return office.kefu
        return f"{office.kefu}{'&' if '?' in office.kefu else '?'}scene_param={quote(payload)}"
    return f"{office.url}/chat" if office.url else ""
