"""Tests from the person's chair: people who say, tap and send, and who heard what.

    def test_it(town: Town) -> None:
        owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
        number = owner.file("门口的路灯坏了")
        desk.heard(number)
        town.forward(workdays=3)
        owner.heard("已受理")

`town` is a fixture over both kinds of database, `small_town` one over SQLite alone. Everything goes the real way:
`dispatch.handle` takes what people send, `deliveries.release` shows what was said to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

from bot.channels.contract import Receipt
from bot.verdicts import Verdict, record, taken
from domain.case import Kind, Role
from domain.doors import PAGE
from domain.messages import GONE, HERE, Button, Incoming, Message, Place, Promised
from domain.people import Person as PersonOf
from handlers import dispatch
from handlers.flows.consent import CONSENT
from storage import outgoing, people, pulled
from storage.outgoing import Outgoing
from storage.transaction import Tx
from tests import town as towns
from tests.readable import number_in, words
from tests.town import moment

__all__ = ["Group", "Official", "Owner", "Person", "Town", "moment", "number_in", "words"]

_numbers = count(1)
AnyPerson = TypeVar("AnyPerson", bound="Person")

#: The lines people tap when they file.
KIND_LINES = {Kind.REQUEST: "诉求", Kind.COMPLAINT: "投诉", Kind.INQUIRY: "咨询", Kind.SUGGESTION: "建议"}


@dataclass(eq=False)
class Person:
    """Somebody at a chat page. What was shown since they last wrote is `unread`; `heard` takes from it."""

    town: Town
    name: str
    address: str = field(default_factory=lambda: f"visitor-{next(_numbers)}")
    group: bool = False
    page_open: bool = True
    channel: str = "web"
    blocked: bool = False
    id: int = 0
    address_id: int = 0
    shown: dict[int, Message] = field(default_factory=dict)
    unread: list[Message] = field(default_factory=list)
    refs: dict[str, int] = field(default_factory=dict)
    _seen: int = 0

    # --- what they do -----------------------------------------------------------------------------------------

    def say(self, text: str, *, ref: str = "", edits: str = "", replies_to: str = "") -> str:
        """Write a message; returns the platform's name of it, for one that is to be edited later."""
        return self._send(text=text, ref=ref, edits=edits, replies_to=replies_to)

    def tap(self, label: str) -> None:
        """Tap the button with this label, or one that contains it, on the latest message having such a button."""
        self.press(self.button(label).value)

    def press(self, value: str) -> None:
        """Tap a button by its value, wherever it was learnt."""
        self._send(press=value)

    def send(self, *names: str, text: str = "", place: Place | None = None) -> str:
        """Send files by their names, with or without words, or a place."""
        files = tuple(Promised(name, _media(name), 1000, _digest(name)) for name in names)
        return self._send(text=text, files=files, place=place)

    def album(self, name: str, *files: str, text: str = "", order: Sequence[int] = (), under: int = 0) -> list[str]:
        """Send files as one album, with words under one of them; the platform brings them one by one, in this order.

        Returns its names of the parts. They are taken as one arrival when `settle` is called, or something else comes.
        """
        stem = self.town.key()
        parts = [(f"{self.address}/{stem}{n:03}", file, text if n == under else "") for n, file in enumerate(files)]
        for n in order or range(len(files)):
            ref, file, words_ = parts[n]
            kept = (Promised(file, _media(file), 1000, _digest(file)),)
            self._send(text=words_, files=kept, ref=ref, album=name)
        return [ref for ref, _file, _words in parts]

    def settle(self, name: str) -> None:
        """A second after its last part an album is complete."""
        self.town.write(dispatch.gather, self.channel, self.address, name, self.town.now, self.town.now)
        self._arrived()
        self.town.show()

    def leave(self) -> None:
        """Block the office's chat on the platform."""
        self.blocked = True
        self._send(presence=GONE)

    def come_back(self) -> None:
        """Unblock it."""
        self.blocked = False
        self._send(presence=HERE)

    def edit(self, ref: str, text: str) -> None:
        """Correct an earlier message."""
        self._send(text=text, edits=ref)

    def repeat(self, text: str, times: int) -> None:
        """The platform brings one and the same message so often."""
        key = self.town.key()
        for _time in range(times):
            self._send(text=text, key=key)

    def away(self) -> None:
        """Close the page: what is said waits."""
        self.page_open = False

    def back(self) -> None:
        """Open the page again, and see what waited."""
        self.page_open = True
        self.town.show()

    def _send(
        self,
        *,
        text: str = "",
        press: str = "",
        files: tuple[Promised, ...] = (),
        place: Place | None = None,
        ref: str = "",
        edits: str = "",
        key: str = "",
        **more: str,
    ) -> str:
        key = key or self.town.key()
        ref = ref or f"ref-{key}"
        self.unread.clear()
        named: dict[str, Any] = {"name": self.name, "ref": ref, "edits": edits, "group": self.group, **more}
        self.town.take(Incoming(self.channel, key, self.address, text, press, files, place, **named))
        self._arrived()
        return ref

    def _arrived(self) -> None:
        """After the first word the office knows this person, and the page has an address."""
        if self.address_id:
            return
        found = self.town.read(people.find, self.channel, self.address)
        if found is None:  # a part of an album makes nobody known
            return
        self.address_id, self.id = found[0].id, found[1].id if found[1] else 0
        self.town.show()

    # --- what they see ----------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read what was released to this page; a newer card takes an older one's place."""
        for line in self.town.read(pulled.since, self.address_id, self._seen):
            assert line.position is not None
            self._seen = line.position
            self.shown.pop(line.replaces or 0, None)
            self.shown[line.position] = line.message
            self.unread.append(line.message)

    def brought(self, line: Outgoing) -> str:
        """A platform has brought a message, in place of an earlier one where it says so; returns its name of it."""
        number = len(self.refs) + 1
        self.refs[f"{self.address}/{number}"] = number
        self.shown.pop(self.refs.get(line.replaces, 0), None)
        self.shown[number] = line.message
        self.unread.append(line.message)
        return f"{self.address}/{number}"

    def ref_of(self, part: str) -> str:
        """The platform's name of the latest message that contains the part, for one who replies to it."""
        number = max(number for number, message in self.shown.items() if part in words(message))
        return next(ref for ref, known in self.refs.items() if known == number)

    @property
    def last(self) -> Message:
        """The latest message on the page."""
        assert self.shown, f"{self.name} was told nothing at all"
        return self.shown[max(self.shown)]

    def heard(self, part: str) -> Message:
        """The first message not looked at yet that contains the part; it counts as looked at now."""
        for number, message in enumerate(self.unread):
            if part in words(message):
                return self.unread.pop(number)
        raise AssertionError(f"{self.name} did not hear “{part}” but:\n{self._recent()}")

    def silent(self) -> None:
        """There is nothing this person has not looked at."""
        assert not self.unread, f"{self.name} was to hear nothing more, but heard:\n{self._recent()}"

    def not_heard(self, part: str) -> None:
        """No message not looked at yet contains the part."""
        said = [words(message) for message in self.unread if part in words(message)]
        assert not said, f"{self.name} heard “{part}”:\n{said[0]}"

    def read_all(self) -> list[Message]:
        """Look at everything; returns it in order."""
        seen, self.unread = self.unread, []
        return seen

    def button(self, label: str) -> Button:
        """The button with this label on the latest message having one."""
        for _position, message in sorted(self.shown.items(), reverse=True):
            labels = [button for row in message.buttons for button in row]
            fits = [b for b in labels if b.label == label] or [b for b in labels if label in b.label]
            if fits:
                return fits[0]
        raise AssertionError(f"{self.name} sees no button “{label}”; the last message is:\n{words(self.last)}")

    def offers(self, label: str) -> bool:
        """Whether the latest message has a button whose label contains this."""
        return any(label in button.label for row in self.last.buttons for button in row)

    def card(self, number: str) -> Message:
        """Open the card of a case by its number."""
        self.press(f"f:case:{number}")
        return self.last

    def _recent(self) -> str:
        return "\n---\n".join(words(message) for message in self.unread) or "(nothing)"


class Owner(Person):
    """A business owner."""

    def file(self, facts: str, kind: Kind = Kind.REQUEST, naming: str = "", *, about_it: bool = True) -> str:
        """File by talking, as somebody whose enterprise and phone are known; returns the number of the case.

        naming: the line to tap where the name is not to be known, such as “保密” or “匿名”.
        about_it: what is said where a complaint names a unit, and is asked whether it is about that unit.
        """
        self.say("/file")
        self.tap(KIND_LINES[kind])
        self.say(facts)
        if "投诉的就是" in self.last.text:
            self.tap("是，就是" if about_it else "不是，")
        if kind is Kind.COMPLAINT:
            self.tap(naming or "可以告诉")
        elif naming:
            for label in ("修改", "署名", naming):
                self.tap(label)
        if self.offers("另外登记"):
            self.tap("另外登记")
        self.tap("提交")
        return number_in(self.heard("您的编号是"))


class Official(Person):
    """Somebody with a role."""

    def dispatch(self, number: str, unit: str, *assisting: str, weight: str = "简单") -> None:
        """Accept where that is still to be done, and hand over: the units by their short names."""
        card = self.card(number)
        assert number in words(card), words(card)
        self.tap("交办")
        self.tap(unit)
        for other in assisting:
            self.tap(other)
        self.tap("就这些" if assisting else "不需要")
        if assisting:
            self.tap("牵头单位统一答复")
        if "哪一类" in self.last.text:
            self.tap(weight)
        self.tap("交办")

    def sign(self, number: str) -> None:
        """Take the case for the unit."""
        self.card(number)
        self.tap("签收")

    def tell(self, number: str, text: str, button: str = "反馈进展") -> None:
        """Report progress, a part that is done, or ask for more: what the button of the card says."""
        self.card(number)
        self.tap(button)
        self.say(text)

    def answer(self, number: str, text: str, outcome: str = "解决了") -> None:
        """Answer the owner."""
        self.card(number)
        self.tap("办结答复")
        self.say(text)
        self.tap(outcome)
        self.tap("发出答复")


class Group(Person):
    """A group chat."""


class Town(towns.Town):
    """An office with its people."""

    def show(self) -> None:
        """Pages see what waits for them, and platforms bring what they take."""
        super().show()
        channels = sorted(name for name in {door.channel for door in self.doors} - {PAGE} if self.db.office.opens(name))
        while sum(self._brought(channel) for channel in channels):  # what one did not take goes on to another
            pass

    def _brought(self, channel: str) -> int:
        lines = self.read(outgoing.outgoing, channel, self.now, frozenset(), 500)
        for line in lines:
            self._bring(channel, line)
        return len(lines)

    def _bring(self, channel: str, line: Outgoing) -> None:
        found = [door for door in self.doors if (door.channel, door.address) == (channel, line.address)]
        if found and not found[0].blocked:
            self.write(record, [taken(line, Receipt(found[0].brought(line)))], self.now)
        else:
            self.write(record, [Verdict(line, "unreachable", reason="has blocked us")], self.now)

    def owner(self, name: str, *, enterprise: str = "", phone: str = "+8613800000000", new: bool = False) -> Owner:
        """An owner who agreed to the privacy words; with `new`, somebody the office never heard of."""
        owner = self.seat(Owner, name)
        if not new:
            self._meet(owner)
            known = {"enterprise": enterprise or f"{name}的店", "phone": phone, "consented": CONSENT}
            self.write(_know, owner.id, **known, consented_at=self.now)
        return owner

    def seat(self, kind: type[AnyPerson], name: str) -> AnyPerson:
        """Somebody at a chat page of their own."""
        person = kind(self, name)
        self.doors.append(person)
        return person

    def phone(self, name: str, kind: type[AnyPerson]) -> AnyPerson:
        """Somebody on Telegram that the office never heard of: an Owner, or an Official yet without role."""
        door = kind(self, name, f"{next(_numbers)}77", channel="telegram")
        self.doors.append(door)
        return door

    def official(self, name: str, *roles: Role, unit: str = "", project: str = "") -> Official:
        """Somebody with roles: of a unit by its code in the demo's office, of a project by its name."""
        official = self.seat(Official, name)
        self._meet(official)
        where = (self.units[unit] if unit else None, self.projects[project] if project else None)
        for role in roles:
            self.write(people.give_role, official.id, role, self.now, *where)
        return official

    def group(self, name: str = "园区企业群") -> Group:
        """A group chat with the office in it."""
        group = Group(self, name, group=True)
        self.doors.append(group)
        return group

    def _meet(self, person: Person) -> None:
        address, met = self.write(_meet, person, self)
        person.address_id, person.id = address.id, met.id


def _know(tx: Tx, /, person: int, **values: Any) -> None:
    people.change(tx, person, **values)


def _meet(tx: Tx, who: Person, town: Town) -> tuple[people.Address, PersonOf]:
    door, person = people.meet(tx, who.channel, who.address, tx.office.language, town.now, name=who.name)
    assert person is not None
    return door, person


def _media(name: str) -> str:
    endings = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf", "ogg": "audio/ogg"}
    return endings.get(name.rsplit(".", 1)[-1], "application/octet-stream")


def _digest(name: str) -> str:
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def living(url: str, start: str = towns.FIRST_MORNING) -> Iterator[Town]:
    """An office in an empty database, for fixtures: whatever the test did, every chain verifies in the end."""
    town = towns.build(url, start, Town)
    yield town
    town.close()
