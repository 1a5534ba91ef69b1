"""People at WeCom and WeChat: what stands on their phones they read, tap and answer, as they would there."""

from __future__ import annotations

import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, CookieJar, FormData

from bot.channels.wecom.events import CHOICE, CHOOSE
from tests.wecom_sim import WecomSim
from tests.wecom_sim.postman import Callback
from tests.wecom_sim.things import Shown

#: A line that may be answered with its number: "2. 供电公司".
NUMBERED = re.compile(r"^(\d+)[.、．]\s*(.+)$", re.MULTILINE)
_numbers = itertools.count(1)
Act = Callable[[], Coroutine[Any, Any, Callback]]


@dataclass
class Reader:
    """Somebody's list of messages, as one who looks at it sees it. listed: what stands there now, in order."""

    sim: WecomSim
    name: str
    listed: Callable[[], list[Shown]]
    read: dict[str, int] = field(default_factory=dict)

    async def heard(self, part: str) -> Shown:
        """Wait for a message not looked at yet, or changed since, that contains this; it counts as looked at then."""
        found = await self._until(lambda: next((one for one in self._unread() if part in one.words()), None), part)
        self.read[found.msgid] = found.changed
        return found

    def not_heard(self, part: str) -> None:
        """No message not looked at yet contains the part."""
        assert not [one for one in self._unread() if part in one.words()], part

    def read_all(self) -> None:
        """Look at everything that is there."""
        self.read.update({one.msgid: one.changed for one in self.listed()})

    def _unread(self) -> list[Shown]:
        return [one for one in self.listed() if self.read.get(one.msgid, -1) < one.changed]

    def _count(self) -> int:
        """How often something has come or changed here."""
        return sum(1 + one.changed for one in self.listed())

    async def _until(self, holds: Callable[[], Any], what: str) -> Any:
        try:
            return await self.sim.until(holds)
        except AssertionError:
            recent = "\n---\n".join(f"{one.words()} {one.buttons() or one.menu()}" for one in self.listed()[-4:])
            complaints = self.sim.complaints[-3:]
            raise AssertionError(f"{self.name} did not get “{what}” ({complaints}); last:\n{recent}") from None


@dataclass
class Person(Reader, ABC):
    """Somebody who can answer. think: lets the time pass that they take before they do something."""

    phone: Any = None
    think: Callable[[], None] = lambda: None

    async def say(self, text: str) -> None:
        """Write words."""
        await self._does(lambda: self.phone.say(text))

    async def photo(self, data: bytes) -> None:
        """Send a photo."""
        await self._does(lambda: self.phone.send_image(data))

    async def tap(self, label: str, about: str = "") -> None:
        """Tap the newest thing with this label, or one that contains it; wait until something follows.

        about: only on a message in which this stands too.
        """
        act = await self._until(lambda: self._way(label, about), f"[{label}]")
        before = self._count()
        await self._does(act)
        await self._until(lambda: self._count() > before, f"anything after [{label}]")

    async def _does(self, act: Act) -> None:
        """Bring what they do; it has been taken when this returns."""
        self.think()
        callback = await act()
        assert callback.accepted, f"{self.name}: {callback.event} was answered with {callback.answers}"

    def _way(self, label: str, about: str) -> Act | None:
        """What tapping this label is, on the newest message having it; None where none has."""
        for exact in (True, False):
            for shown in reversed(self.listed()):
                if about in shown.words() and (act := self._on(shown, label, exact=exact)) is not None:
                    return act
        return None

    @abstractmethod
    def _on(self, shown: Shown, label: str, *, exact: bool) -> Act | None:
        """What tapping a label on this message is; None where it has none such."""

    def _typed(self, shown: Shown, label: str, *, exact: bool) -> Act | None:
        """The number of a line that has no button is typed."""
        for number, words in NUMBERED.findall(shown.words()):
            if _fits(label, words, exact=exact):
                return lambda: self.phone.say(number)
        return None


class Owner(Person):
    """A business owner in customer service."""

    async def file(self, name: str, data: bytes) -> None:
        """Send a file."""
        await self._does(lambda: self.phone.send_file(name, data))

    async def enter(self) -> None:
        """Come in by the office's link."""
        await self._does(lambda: self.phone.enter("qinqing"))

    def _on(self, shown: Shown, label: str, *, exact: bool) -> Act | None:
        for click, words in shown.menu().items():
            if _fits(label, words, exact=exact):
                return lambda: self.phone.tap(click)
        return self._typed(shown, label, exact=exact)


@dataclass
class Official(Person):
    """A member in the office's app. office: its address, for the page inside WeCom."""

    office: str = ""

    async def enter(self) -> None:
        """Open the app."""
        await self._does(self.phone.enter)

    async def on_the_page(self, text: str, *files: tuple[str, bytes]) -> str:
        """Answer on the page inside WeCom, where WeCom says who it is; returns what it shows then."""
        named = {"X-Sim-User": self.phone.member.userid}
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=named) as http:
            async with http.get(f"{self.office}/wecom/page") as answer:
                assert answer.status == 200, await answer.text()
                page = await answer.text()
            mark = re.search(r'name="mark" value="([0-9a-f]+)"', page)
            assert mark is not None, page
            form = FormData({"mark": mark[1], "text": text}, quote_fields=False)
            for name, data in files:
                form.add_field("file", data, filename=name)
            async with http.post(f"{self.office}/wecom/page", data=form, headers={"Origin": self.office}) as answer:
                assert answer.status == 200, await answer.text()
                return await answer.text()

    def _on(self, shown: Shown, label: str, *, exact: bool) -> Act | None:
        task = shown.task_id
        for key, words in shown.buttons().items():
            if key != CHOOSE and _fits(label, words, exact=exact):
                return lambda: self.phone.tap(key, task)
        for option, words in shown.lists().get(CHOICE, {}).items() if shown.buttons() else ():
            if _fits(label, words, exact=exact):
                return lambda: self._chosen(option, task)
        return None if shown.kind == "template_card" else self._typed(shown, label, exact=exact)

    async def _chosen(self, option: str, task: str) -> Callback:
        self.phone.choose(CHOICE, option, task_id=task)
        return await self.phone.tap(CHOOSE, task)


def _fits(label: str, words: str, *, exact: bool) -> bool:
    plain = re.sub(r"^\d+[.、．]\s*", "", words)
    return label == plain if exact else label in words


def owner(sim: WecomSim, name: str, think: Callable[[], None] = lambda: None) -> Owner:
    """Somebody with WeChat."""
    phone = sim.owner(f"wm{next(_numbers):06d}", name)
    return Owner(sim, name, lambda: phone.shown, phone=phone, think=think)


def official(sim: WecomSim, office: str, name: str, think: Callable[[], None] = lambda: None) -> Official:
    """A member with the office's app."""
    phone = sim.member(f"member{next(_numbers)}", name)
    return Official(sim, name, lambda: phone.shown, phone=phone, think=think, office=office)
