"""Random people who say anything at any time, from one seed: the same walk every time it is run."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select, update

from domain.case import Role
from domain.messages import Button, Incoming, Message, Place, Promised
from handlers import deliveries, dispatch
from handlers.cards import MORE_BUTTONS, OFFICIAL_BUTTONS, OWNER_BUTTONS
from handlers.flows.consent import CONSENT
from handlers.registry import commands
from scheduler import timetable
from storage import people
from storage.tables import addresses, cases, outbox, units
from storage.transaction import Tx
from tests.town import Town

#: Who walks: owners with names nobody types by chance, officials of every role, two who hold several.
OWNERS = {
    "o1": ("欧阳甲甲", "甲甲五金店", "+8613900000001"),
    "o2": ("欧阳乙乙", "乙乙饭庄", "+8613900000002"),
    "o3": ("欧阳丙丙", "丙丙印务", "+8613900000003"),
}
UNITS = ("zhujian", "jiaotong")
OFFICIALS: dict[str, tuple[tuple[Role, str], ...]] = {
    "dispatcher": ((Role.DISPATCHER, ""),),
    "approver": ((Role.APPROVER, ""),),
    "liaison": ((Role.LIAISON, "zhujian"),),
    "handler": ((Role.HANDLER, "zhujian"),),
    "head": ((Role.HEAD, "zhujian"),),
    "other liaison": ((Role.LIAISON, "jiaotong"),),
    "other handler": ((Role.HANDLER, "jiaotong"), (Role.HEAD, "jiaotong")),
    "leader": ((Role.LEADER, ""),),
    "supervisor": ((Role.SUPERVISOR, ""),),
    "inspector": ((Role.INSPECTOR, ""),),
    "custodian": ((Role.CUSTODIAN, ""),),
    "administrator": ((Role.ADMINISTRATOR, ""), (Role.DISPATCHER, "")),
    "monitor": ((Role.MONITOR, ""),),
}

STEERING = (
    "返回",
    "取消",
    "帮助",
    "修改",
    "跳过",
    "完成",
    "是",
    "确认",
    "back",
    "cancel",
    "help",
    "change",
    "skip",
    "done",
)
COMMON = ("1", "2", "3", "是", "/file", "/desk", "/tasks", "/my", "/meeting")
WORDS = (
    "门口的路灯坏了三天",
    "衡岳印章产业园二期停电",
    "谢谢",
    "没有",
    "13800000000",
    "0312-1234567",
    "明天",
    "2027-02-30",
    "😀" * 20,
    "👨‍👩‍👧‍👦🇨🇳",
    "\u202eمرحبا\u202c שלום",
    "e\u0301" * 30,
    "零宽\u200b\u200d\ufeff字",
    "空\x00字符",
    "\x00",
    "\ud800半个\udfff",
    "字" * 10_001,
    "字" * 20_001,
    "",
    "   ",
    "\n\n",
    "。。。",
    "{count} {text} {} {0}",
    "%s %(x)s $x",
    "'; DROP TABLE cases; --",
    "<b>粗</b>&amp;",
    "f:case:1",
    "t:1:1:yes",
    "20260303-0001",
    "20260303-9999",
    "0" * 40,
    "²",
    "١٢٣",
    "第3项",
    "/",
    "//",
    "/ start",
    "/start@qinqing_bot 1",
    "/join x",
    "/unknown",
    "/case ' OR 1=1",
    "/my -1",
    "/my 99999999999999999999",
    "/my ²",
    "/rate 1.no",
    "/case ①",
)
FORGED = (
    "",
    "x",
    ":",
    "t:",
    "t:1",
    "t:1:1:",
    "t:999999999999999999:999999999:yes",
    "t:1:0:!change=facts",
    "t:1:1:!no such",
    "t:-1:1:yes",
    "f:",
    "f:nothing:1",
    "f:case:",
    "f:case:0",
    "f:case:-1",
    "f:case:²",
    "f:case:9999999999999999999999",
    "f:case:\x00",
    "f:case:\ud800",
    "f:resume:",
    "f:resume:1",
    "f:resume:²",
    "f:resume:99999999999999999999",
    "f:take:1.0",
    "f:take:1.999",
    "f:take:1.²",
    "f:rate:1.",
    "f:rate:1.maybe",
    "f:answer:1",
    "f:withdraw:1",
    "f:my:99999",
    "f:my:²",
    "f:failed:web/1",
    "f:offer",
    "f:join:" + "x" * 300,
    "x" * 5000,
)
#: What buttons may begin on a case: all that cards offer, and what only reads it.
FLOWS_OF_A_CASE = (
    *("case", "story", "why", "readers"),
    *dict.fromkeys(flow for table in (OFFICIAL_BUTTONS, MORE_BUTTONS, OWNER_BUTTONS) for _move, flow, _label in table),
)
RARELY = {"withdraw", "transfer", "terminate", "refuse", "recuse", "propose_refusal", "propose_termination"}
WORK = set(FLOWS_OF_A_CASE[4:]) - RARELY | {"more"}
NAMES = ("图.jpg", "空\x00.pdf", "半\ud800.png", "", "长" * 300 + ".jpg", "../../etc/passwd")
PLACES = (Place(27.1, 112.9, "县城"), Place(-90.0, 180.0, ""), Place(0.0, 0.0, "半\ud800\x00"))


@dataclass
class Walk:
    """One walk through a town. `heard` holds, by address, what was said there last."""

    town: Town
    rng: random.Random
    doors: list[str] = field(default_factory=list)
    seen: int = 0
    heard: dict[str, list[Message]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    sent: list[Incoming] = field(default_factory=list)
    shared: dict[str, set[int]] = field(default_factory=dict)

    def step(self) -> Incoming | None:
        """Somebody does something; what arrived, None where only time has passed."""
        if self.rng.random() < 0.06:
            self._time_passes()
            return None
        goes_on = bool(self.sent) and self.rng.random() < 0.5
        door = self.sent[-1].address if goes_on else self.rng.choice(self.doors)
        incoming = self._somehow(door)
        self.town.write(dispatch.handle, incoming, self.town.now)
        self.sent.append(incoming)
        self.listen()
        return incoming

    def listen(self) -> None:
        """Remember what was said since the last time, and its buttons."""
        rows = self.town.read(_said_after, self.seen)
        for row in rows:
            message = msgspec.json.decode(row.message, type=Message)
            self.seen = row.id
            self.heard.setdefault(row.address, []).append(message)
            self.buttons += [button.value for line in message.buttons for button in line]
        del self.buttons[:-400]

    # --- time -------------------------------------------------------------------------------------------------

    def _time_passes(self) -> None:
        ahead = self.rng.choice((0, 1, 30, 60 * 4, 60 * 18, 60 * 24, 60 * 24, 60 * 24 * 5))
        self.town.now += timedelta(minutes=self.rng.randint(0, ahead))
        for job in timetable.JOBS:
            self.town.write(timetable.run, job, self.town.now)
        if self.rng.random() < 0.8:
            for address in self.town.read(_addresses):
                self.town.write(deliveries.release, address, self.town.now)
        self.listen()

    # --- what somebody does -----------------------------------------------------------------------------------

    def _somehow(self, door: str) -> Incoming:
        ways: tuple[tuple[int, Callable[[str], dict[str, Any]]], ...] = (
            (40, self._likely_tap),
            (25, self._work),
            (10, self._sensible_words),
            (8, self._any_words),
            (3, self._any_button),
            (4, self._a_case),
            (2, self._forged),
            (4, self._files),
            (2, self._place),
            (4, self._edit),
            (3, self._again),
            (2, self._a_code),
        )
        weights, makers = zip(*ways, strict=True)
        found = self.rng.choices(makers, weights)[0](door)
        if "incoming" in found:
            repeated: Incoming = found["incoming"]
            return repeated
        key = self.town.key()
        rest = {"name": "来访", "ref": f"ref-{key}", "group": door == "group", "history": self.rng.random() < 0.3}
        rest["sent_at"] = self.town.now
        return Incoming("web", key, door, **{**rest, **found})

    def _last_buttons(self, door: str) -> list[Button]:
        recent = self.heard.get(door, [])[-3:]
        chosen = self.rng.choice(recent) if recent and self.rng.random() < 0.3 else (recent[-1] if recent else None)
        return [button for row in chosen.buttons for button in row] if chosen else []

    def _likely_tap(self, door: str) -> dict[str, Any]:
        offered = [b for b in self._last_buttons(door) if not b.value.endswith(":!cancel")]
        if not offered or self.rng.random() < 0.25:
            return self._sensible_words(door)
        first = self.rng.random() < 0.4
        return {"press": (offered[0] if first else self.rng.choice(offered)).value}

    def _work(self, door: str) -> dict[str, Any]:
        """Go on with what was begun; otherwise take up something that a card offers."""
        offered = self._last_buttons(door)
        if offered and offered[0].value.startswith("t:"):
            lines = [button for button in offered if ":!" not in button.value]
            return {"press": self.rng.choice(lines).value} if lines else {"text": WORDS[0]}
        recent = [b.value for m in self.heard.get(door, [])[-8:] for row in m.buttons for b in row]
        work = [value for value in recent if value.split(":")[1] in WORK]
        return {"press": self.rng.choice(work)} if work else self._likely_tap(door)

    def _sensible_words(self, door: str) -> dict[str, Any]:
        return {
            "text": self.rng.choice((*WORDS[:6], "1", "2", "3", "是", "/file", "/desk", "/tasks", "/my", "/meeting"))
        }

    def _any_words(self, door: str) -> dict[str, Any]:
        typed = list(commands())
        pool = (WORDS, STEERING, typed, [str(n) for n in range(14)], self.town.read(_numbers))
        return {"text": self.rng.choice(self.rng.choice([words for words in pool if words]))}

    def _any_button(self, door: str) -> dict[str, Any]:
        return {"press": self.rng.choice(self.buttons)} if self.buttons else self._forged(door)

    def _a_case(self, door: str) -> dict[str, Any]:
        known = len(self.town.read(_numbers)) + 1
        flow = self.rng.choice(FLOWS_OF_A_CASE)
        return {"press": f"f:{flow}:{self.rng.randint(1, known)}"}

    def _forged(self, door: str) -> dict[str, Any]:
        return {"press": self.rng.choice(FORGED)}

    def _files(self, door: str) -> dict[str, Any]:
        files = tuple(_file(name) for name in self.rng.choices(NAMES, k=self.rng.randint(1, 3)))
        return {"files": files, "text": self.rng.choice(("", "", self.rng.choice(WORDS)))}

    def _place(self, door: str) -> dict[str, Any]:
        return {"place": self.rng.choice(PLACES)}

    def _edit(self, door: str) -> dict[str, Any]:
        mine = [one for one in self.sent if one.address == door and one.ref]
        edited = self.rng.choice(mine[-6:]).ref if mine else "ref-none"
        return {"edits": edited, "ref": edited, **self._any_words(door)}

    def _again(self, door: str) -> dict[str, Any]:
        since = self.town.now - timedelta(days=6)
        recent = [one for one in self.sent[-60:] if one.sent_at and one.sent_at > since]
        return {"incoming": self.rng.choice(recent)} if recent else self._any_words(door)

    def _a_code(self, door: str) -> dict[str, Any]:
        said = [message.text for messages in self.heard.values() for message in messages[-4:]]
        found = [text.split("/join ")[1].split()[0] for text in said if "/join " in text]
        return {"text": f"/join {self.rng.choice(found)}"} if found else {"text": "/device"}


def _file(name: str) -> Promised:
    return Promised(name, "image/jpeg", 10, sha256(name.encode("utf-8", "replace")).hexdigest())


def _said_after(tx: Tx, after: int) -> list[Any]:
    statement = (
        select(outbox.c.id, outbox.c.person_id, outbox.c.priority, outbox.c.message, addresses.c.address)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.id > after, outbox.c.mine.is_(False))
        .order_by(outbox.c.id)
    )
    return tx.all(statement)


@dataclass(frozen=True, slots=True)
class Said:
    """One row of what is to be said."""

    address: str
    person: int | None
    reply: bool
    message: Message


def said_between(tx: Tx, after: int) -> list[Said]:
    """Everything put in line after an id."""
    return [
        Said(row.address, row.person_id, row.priority == 0, msgspec.json.decode(row.message, type=Message))
        for row in _said_after(tx, after)
    ]


def _addresses(tx: Tx) -> list[int]:
    return [row.id for row in tx.all(select(addresses.c.id))]


def _numbers(tx: Tx) -> list[str]:
    return [row.number for row in tx.all(select(cases.c.number))]


def begin(town: Town, seed: int) -> Walk:
    """A town with everybody in it; two addresses nobody knows yet and a group."""
    walk = Walk(town, random.Random(seed))
    town.write(_few_units)
    for name, (called, enterprise, phone) in OWNERS.items():
        town.write(_owner, name, called, enterprise, phone, town)
    for name, roles in OFFICIALS.items():
        town.write(_official, name, roles, town)
    walk.doors = [*OWNERS, *OWNERS, *OWNERS, *OFFICIALS, "dispatcher", "handler", "liaison", "new 1", "new 2", "group"]
    return walk


def _few_units(tx: Tx) -> None:
    """Most cases reach a unit with people in it; a third unit has none."""
    tx.execute(update(units).where(units.c.code.not_in([*UNITS, "renshe"])).values(active=False))


def _owner(tx: Tx, name: str, called: str, enterprise: str, phone: str, town: Town) -> None:
    _address, person = people.meet(tx, "web", name, "zh_CN", town.now, name=called)
    assert person is not None
    known = {"enterprise": enterprise, "phone": phone, "consented": CONSENT, "consented_at": town.now}
    people.change(tx, person.id, **known)


def _official(tx: Tx, name: str, roles: tuple[tuple[Role, str], ...], town: Town) -> None:
    _address, person = people.meet(tx, "web", name, "zh_CN" if len(name) % 5 else "en", town.now, name=f"官{name}")
    assert person is not None
    project = next(iter(town.projects.values()))
    for role, unit in roles:
        of_project = project if role is Role.INSPECTOR else None
        people.give_role(tx, person.id, role, town.now, town.units[unit] if unit else None, of_project)
