"""A town whose people sit at a platform: the real channel reads what they do, and renders what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from bot.verdicts import Verdict, judged, record, taken
from domain.messages import Incoming
from handlers import dispatch
from handlers.cleaning import cleaned
from storage import outbox
from storage.outgoing import Outgoing
from tests import people, town
from tests.at_doors.people import AtPlatform, OfficialThere, OwnerThere
from tests.at_doors.platforms import Platform
from tests.at_doors.telegram import TelegramThere
from tests.at_doors.wecom import WecomThere
from tests.people import Official, Owner, Town

T = TypeVar("T")
AnyPerson = TypeVar("AnyPerson", bound=people.Person)

#: Where the stories are told: each runs at each.
CHANNELS = ("web", "telegram", "wecom")
PLATFORMS: Mapping[str, Callable[[StoryTown], Platform]]
#: Nobody taps as fast as a test.
THINKING = timedelta(seconds=10)
#: What becomes of a message that its platform takes, now or later, or that goes on to another door.
FINE = ("sent", "later", "paused", "unreachable", "over")


@dataclass
class StoryTown(Town):
    """A town at one platform."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    platform: Platform = field(init=False)

    def sit_at(self, name: str) -> None:
        """From now on people sit there."""
        self.platform = PLATFORMS[name](self)

    def change_office(self, **values: Any) -> None:
        """The office is on a platform."""
        self.db.office = replace(self.db.office, **values)

    def think(self) -> None:
        """A moment passes before somebody does something."""
        self.now += THINKING

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something that a loop is needed for."""
        return self.loop.run_until_complete(work)

    def taken_in(self, incoming: Incoming) -> None:
        """What a channel has read of an arrival is taken."""
        self.write(dispatch.handle, cleaned(incoming), self.now)

    def show(self) -> None:
        """Say what waits, and let everybody look at their screen."""
        while sum(map(self._brought, self.platform.channels)):
            pass
        for door in self.doors:
            door.look()

    def close(self) -> None:
        """The platform has nothing to complain of, and every chain verifies."""
        try:
            self.platform.close()
        finally:
            self.loop.close()
            super().close()

    def seat(self, kind: type[AnyPerson], name: str) -> AnyPerson:
        """Somebody at the platform."""
        sort, there = THERE[kind]
        address = self.platform.address(name, sort)
        person = there(self, name, address, channel=self.platform.sits[sort])
        self.doors.append(person)
        assert isinstance(person, kind)
        return person

    def _meet(self, person: people.Person) -> None:
        super()._meet(person)
        self.platform.met(person)

    def _bring(self, channel: str, line: Outgoing) -> None:
        """Send one line as it is sent: the channel renders it, and the platform judges it."""
        if line.once:
            self.write(outbox.sending, line.id)
        verdict = self.run(self._sent(channel, line))
        assert verdict.state in FINE, f"{channel} never takes this ({verdict.reason}):\n{people.words(line.message)}"
        self.write(record, [verdict], self.now)

    async def _sent(self, channel: str, line: Outgoing) -> Verdict:
        try:
            made = await self.platform.channels[channel].send(line.address, line.message, line.replaces, line.key)
        except Exception as error:
            return judged(line, error, self.now, channel)
        return taken(line, made)


PLATFORMS = {"telegram": TelegramThere, "wecom": WecomThere}
THERE: Mapping[type[people.Person], tuple[str, type[AtPlatform]]] = {
    Owner: ("owner", OwnerThere),
    Official: ("official", OfficialThere),
}


def telling(channel: str, url: str) -> Iterator[Town]:
    """A town for one story at one of CHANNELS, in an empty database."""
    if channel == "web":
        yield from people.living(url)
        return
    made = town.build(url, town.FIRST_MORNING, StoryTown)
    made.sit_at(channel)
    yield made
    made.close()
