"""The platform as a whole: all it keeps, what can go wrong, and everything it noticed."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable

from tests.wecom_sim.faults import Faults
from tests.wecom_sim.rates import Windows
from tests.wecom_sim.things import (
    AccessToken,
    App,
    Card,
    CardCode,
    Delivered,
    Departments,
    Group,
    Json,
    KfAccount,
    KfCode,
    MassTask,
    Media,
    Member,
    Owner,
    Shown,
    WeChatPerson,
)

__all__ = ["EXPECTED", "Shown", "World"]

#: Refusals an honest office runs into; any other that nobody planned is a complaint. 60140, 42016: a code is spent or
#: a task forgotten. 40014, 42001: a token died. 40029: somebody's code. 41063: still being sent. 81013: nobody there.
#: 93000: the robot is gone. 95007: a notice was late. 95013, 95018: a person took over. 95033: said before.
#: 60003, 60011, 60111: somebody or some department has just gone.
EXPECTED = {60003, 60011, 60111} | {
    40014,
    42001,
    40029,
    41063,
    42016,
    42052,
    43004,
    43101,
    60140,
    81013,
    93000,
    95007,
    95013,
    95018,
    95033,
}


class World:
    """All of it. now: seconds since 1970, to be replaced by a test's own clock.

    empty_pages: so many pulls are answered empty with has_more. kf_page: messages in a pull at most. kf_fails: sort
    of failure of the next messages to owners, which are taken and then not shown.
    trusted_hosts: where pages may be sent back to, empty for anywhere. mass_seconds: so long 41063 is told of a task.
    api_a_minute: how often one API may be called by the corp (sheet 1.11).
    repeats: bodies sent again within the duplicate check. repeats_tell_codes: whether the answer to one holds the
    response code, which the sheet leaves open.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.faults = Faults()
        self.complaints: list[str] = []
        self.cuts: list[str] = []
        self.delivered: list[Delivered] = []
        self.calls: Counter[str] = Counter()
        self.refusals: Counter[tuple[str, int]] = Counter()
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, AccessToken] = {}
        self.current_token: dict[str, str] = {}
        self.shut_out_until = 0.0
        self.members: dict[str, Member] = {}
        self.owners: dict[str, Owner] = {}
        self.kf_accounts: dict[str, KfAccount] = {}
        self.media: dict[str, Media] = {}
        self.groups: dict[str, Group] = {}
        self.robots: dict[str, Group] = {}
        self.tasks: dict[str, MassTask] = {}
        self.cards: dict[tuple[str, str], Card] = {}
        self.card_codes: dict[str, CardCode] = {}
        self.kf_codes: dict[str, KfCode] = {}
        self.kf_tokens: dict[str, tuple[str, float]] = {}
        self.sent: dict[str, tuple[float, list[Shown]]] = {}
        self.bodies: dict[str, tuple[float, Json]] = {}
        self.repeats = 0
        self.repeats_tell_codes = False
        self.empty_pages = 0
        self.kf_page = 1000
        self.kf_fails: deque[int] = deque()
        self.kf_failed: list[tuple[KfAccount, str, str, int]] = []
        self.kf_scenes: set[str] = set()
        self.oauth_codes: dict[str, tuple[str, float]] = {}
        self.trusted_hosts: set[str] = set()
        self.mass_seconds = 0.0
        self.departments = Departments()
        self.sees_root = True
        self.wechat: dict[str, WeChatPerson] = {}
        self.templates: dict[str, set[str]] = {"mini": set(), "service": set()}
        self.sms_secret = "sms-secret-of-the-tests"
        self.sms_taken: set[str] = set()
        self.phones: defaultdict[str, list[Shown]] = defaultdict(list)
        self.windows = Windows()
        self.api_a_minute = 10_000
        self._last = 1000

    def number(self) -> int:
        """The next number, for ids."""
        self._last += 1
        return self._last

    def complain(self, words: str) -> None:
        """Note a breach."""
        self.complaints.append(words)

    def reach(self, to: str, api: str, shown: Shown, where: list[Shown], words: str) -> None:
        """Put a message before somebody, and count it."""
        where.append(shown)
        self.delivered.append(Delivered(to, api, shown.msgid, words, shown.at))

    def delivered_to(self, who: str) -> list[Delivered]:
        """All that reached one person, group or number, in order."""
        return [one for one in self.delivered if one.to == who]
