"""What the platform keeps: apps, people and what their phones show, talks, files, groups."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.wecom_sim import words

Json = dict[str, Any]

SUBSCRIBED_FOR_GOOD = 1 << 60
CORP_ID = "ww5a1c9e7d3b2f8064"
HOUR_SECONDS = 3600.0
DAY_SECONDS = 24 * HOUR_SECONDS
MEDIA_SECONDS = 3 * DAY_SECONDS


class Refused(Exception):
    """A call answered with an error code. more: further fields of the answer."""

    def __init__(self, errcode: int, errmsg: str = "refused", **more: Any) -> None:
        super().__init__(errcode, errmsg)
        self.errcode, self.errmsg, self.more = errcode, errmsg, more


@dataclass
class App:
    """One set of credentials. kind: "wecom" or "wechat". callback: the URL it is told at, "" for none.

    rotates: asking for a token again kills the one before (accounts of WeChat, sheet 1.6).
    """

    name: str
    agent_id: int
    corp_id: str
    secret: str
    token: str = ""
    aes_key: str = ""
    callback: str = ""
    kind: str = "wecom"
    rotates: bool = False


@dataclass
class AccessToken:
    """A token and whose it is; expires_at in seconds of the platform's clock."""

    value: str
    app: App
    expires_at: float


@dataclass
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes


@dataclass
class Call:
    """A call of the API whose token was found good. body: its JSON, {} for a GET. raw: the bytes of it."""

    api: str
    query: Mapping[str, str]
    app: App
    body: Json
    raw: bytes = b""
    file: Upload | None = None


@dataclass(frozen=True)
class Api:
    """How one API is served. apps: whose token it takes, empty for none. wrong: the code for others' tokens."""

    serve: Callable[[Any, Call], Json | bytes]
    method: str = "POST"
    apps: tuple[str, ...] = ("app",)
    wrong: int = 48002


@dataclass
class Shown:
    """A message as it stands on somebody's phone or in a group.

    sender: an app's name, an open_kfid, "robot", "group", "subscribe", "service", "sms". body: what its type holds.
    replaced: the words of the grey button that took the place of the others. chosen: what was picked in its lists.
    """

    msgid: str
    sender: str
    kind: str
    body: Json
    at: float
    task_id: str = ""
    changed: int = 0
    recalled: bool = False
    replaced: str = ""
    chosen: dict[str, list[str]] = field(default_factory=dict)

    def words(self) -> str:
        """All that can be read, a line each."""
        return words.words(self)

    def buttons(self) -> dict[str, str]:
        """The keys of a card that can be pressed, with their labels."""
        return words.buttons(self)

    def menu(self) -> dict[str, str]:
        """The ids of an owner's menu that can be pressed, with their words."""
        return words.menu(self)

    def lists(self) -> dict[str, dict[str, str]]:
        """The lists of a card to choose in: question key to option ids with their words."""
        return words.lists(self)

    def links(self) -> list[str]:
        """Every address in it."""
        return words.links(self)


@dataclass(frozen=True)
class Delivered:
    """Something reached somebody. to: a userid, an external_userid, a chat, a key, an openid or a phone number."""

    to: str
    api: str
    msgid: str
    words: str
    at: float


@dataclass
class Member:
    """Somebody of the corp. status: 1 active, 2 disabled, 4 not activated, 5 left. sees: the apps in their range.

    licensed: whether the corp has paid for messages of third parties to them.
    """

    userid: str
    name: str = ""
    departments: list[int] = field(default_factory=lambda: [1])
    position: str = ""
    leads: list[int] = field(default_factory=list)
    superiors: list[str] = field(default_factory=list)
    tags: set[int] = field(default_factory=set)
    status: int = 1
    licensed: bool = True
    sees: set[str] = field(default_factory=lambda: {"app", "kefu", "contacts"})
    shown: list[Shown] = field(default_factory=list)


@dataclass
class KfTalk:
    """An owner's talk with one account. said_at: the last message of theirs. sent: ours since. state: sheet 2.5."""

    said_at: float | None = None
    entered_at: float | None = None
    sent: int = 0
    state: int = 4
    ended: bool = False
    servicer: str = ""
    scene: str = ""
    scene_param: str = ""


@dataclass
class KfCode:
    """A code that lets one message through. only_state: it holds only in this state, None for any."""

    open_kfid: str
    owner: str
    until: float
    kinds: tuple[str, ...]
    only_state: int | None = None
    used: bool = False


@dataclass
class Owner:
    """A customer on WeChat."""

    external_userid: str
    nickname: str = "微信用户"
    unionid: str = ""
    shown: list[Shown] = field(default_factory=list)
    talks: defaultdict[str, KfTalk] = field(default_factory=lambda: defaultdict(KfTalk))


@dataclass
class KfAccount:
    """A customer service account. log: all that can be pulled, in order, with its time. msgids: ours, for ever."""

    open_kfid: str
    name: str = "园区服务"
    servicers: set[str] = field(default_factory=set)
    gone: bool = False
    log: list[Json] = field(default_factory=list)
    msgids: dict[str, str] = field(default_factory=dict)
    untokened: deque[float] = field(default_factory=deque)


@dataclass
class Media:
    """A file kept for three days. robot: the only robot that may use it, "" for the whole corp."""

    media_id: str
    kind: str
    name: str
    data: bytes
    at: float
    robot: str = ""


@dataclass
class Card:
    """A task's cards, on the phones of those who got them."""

    app: str
    task_id: str
    held: dict[str, Shown] = field(default_factory=dict)


@dataclass
class CardCode:
    """A response code: works once, 72 hours."""

    card: Card
    at: float
    used: bool = False


@dataclass
class Group:
    """A group: made by an app, or a customer group of `owner`, or where a robot sits. by: the app that made it."""

    chat_id: str
    name: str = ""
    owner: str = ""
    members: list[str] = field(default_factory=list)
    by: str = ""
    shown: list[Shown] = field(default_factory=list)


@dataclass
class MassTask:
    """A mass sending that waits for its member. status: 0 not sent, 2 sent. results: how each group fared."""

    msgid: str
    sender: str
    chats: list[str]
    body: Json
    at: float
    status: int = 0
    sent_at: float = 0
    results: dict[str, int] = field(default_factory=dict)


@dataclass
class Departments:
    """Departments by id, and tags by id, with their names. 1 is the root."""

    names: dict[int, str] = field(default_factory=lambda: {1: "园区管委会"})
    parents: dict[int, int] = field(default_factory=lambda: {1: 0})
    tags: dict[int, str] = field(default_factory=dict)


@dataclass
class WeChatPerson:
    """Somebody on WeChat, at one account: their openid there. may_send: messages left, by template.

    follows: the service account.
    """

    openid: str
    unionid: str = ""
    follows: bool = False
    may_send: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    shown: list[Shown] = field(default_factory=list)

    def subscribe(self, template: str, times: int = SUBSCRIBED_FOR_GOOD) -> None:
        """Let messages of a template come, for good or so many."""
        self.may_send[template] += times
