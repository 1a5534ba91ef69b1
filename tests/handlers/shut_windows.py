"""Owners in WeChat customer service whose window is shut, and the doors that only push."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.case import Case, Role
from handlers.flows.consent import CONSENT
from storage import people, visits
from tests.handlers.conftest import POWER
from tests.people import Owner, Person, Town, _know, words

KEFU = "https://work.weixin.qq.com/kfid/kfc1?enc_scene=E1"
MOBILE = "+8613900000001"
#: The doors that push, in the order in which they are tried, and who stands at each.
PUSHING = {"subscribe": "openid-mini", "service": "openid-service", "sms": MOBILE}


@dataclass
class Shut:
    """An owner in customer service, with everything that can still reach them. Each is a phone screen of its own."""

    town: Town
    owner: Owner
    screens: dict[str, Person]
    phone: str = MOBILE

    def file(self, naming: str = "") -> str:
        """A case of theirs, after which their window is shut; its number."""
        number = self.owner.file("变压器装不上", naming=naming)
        self.town.write(_know, self.owner.id, phone=self.phone)
        self.owner.blocked = True
        return number

    def heard(self, channel: str, part: str) -> str:
        """What a screen shows that contains the part."""
        return words(self.screens[channel].heard(part))

    def case(self, number: str) -> Case:
        return self.town.case(number)

    def owed(self) -> list[int]:
        """The cases somebody has to phone about."""
        return [call.case for call in self.town.read(visits.owed_calls)]


def opened(town: Town, *doors: str, phone: str = MOBILE, connected: tuple[str, ...] = tuple(PUSHING)) -> Shut:
    """An owner in customer service with these doors beside it (an SMS door is made of the phone when it is needed)."""
    town.db.office = replace(town.db.office, kefu=KEFU, platforms=("kefu", *connected))
    owner = Owner(town, "林晓", "wm-linxiao", channel="kefu")
    town.doors.append(owner)
    town._meet(owner)
    town.write(_know, owner.id, enterprise="晓林面馆", phone=MOBILE, consented=CONSENT, consented_at=town.now)
    screens: dict[str, Person] = {}
    for place, (channel, address) in enumerate(PUSHING.items(), 1):
        screens[channel] = Person(town, channel, address, channel=channel)
        town.doors.append(screens[channel])
        if channel in doors:
            town.write(people.add_door, owner.id, channel, address, town.now, place)
    return Shut(town, owner, screens, phone)


def answered(shut: Shut, text: str = "已经装好通电") -> str:
    """A case of theirs that was answered after their window had shut; its number. News before that was read."""
    town = shut.town
    number = shut.file()
    desk = town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    desk.dispatch(number, POWER)
    handler.sign(number)
    for screen in shut.screens.values():
        screen.read_all()
    handler.answer(number, text)
    return number
