"""People at a platform: they do what can be done there, and read what stands on their screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from domain.messages import Message
from tests.at_doors.platforms import TYPED, Act
from tests.people import Official, Owner, Person

if TYPE_CHECKING:
    from tests.at_doors.town import StoryTown


@dataclass(eq=False)
class AtPlatform(Person):
    """Everything this person does takes a moment. versions: of the messages on the screen, as looked at last."""

    versions: dict[str, int] = field(default_factory=dict)

    @property
    def there(self) -> StoryTown:
        """The town, with its platform."""
        return cast("StoryTown", self.town)

    def press(self, value: str) -> None:
        """Tap what stands there, or type what can only be typed."""
        if value.startswith(TYPED):
            self.say(value.removeprefix(TYPED))
        else:
            super().press(value)

    def card(self, number: str) -> Message:
        """Ask for the card of a case."""
        self.say(f"/case {number}")
        return self.last

    def heard(self, part: str) -> Message:
        """The same; who could only be pushed to comes back for the whole of it."""
        try:
            return super().heard(part)
        except AssertionError:
            before = list(self.unread)
            if not self.there.platform.comes_back(self):
                raise
            self.unread[:0] = before
            return super().heard(part)

    def look(self) -> None:
        """Read what is new on the screen, or has changed there. What comes in pieces has its buttons below the last."""
        pieces: list[str] = []
        for name, version, message in self.there.platform.screen(self):
            if self.versions.get(name) == version:
                continue
            pieces.append(message.text)
            changed, self.versions[name] = name in self.versions, version
            if message.buttons or changed:
                self._see(name, replace(message, text="\n".join(pieces)))
                pieces.clear()
        if pieces:
            self._see("", Message("\n".join(pieces)))

    def _see(self, name: str, message: Message) -> None:
        self._seen += 1
        self.shown.pop(self.refs.get(name, 0), None)
        self.shown[self._seen] = message
        self.unread.append(message)
        if name:
            self.refs[name] = self._seen

    def _send(self, *, text: str = "", press: str = "", **more: Any) -> str:
        assert not any(more.values()), f"nobody does this in a story yet: {more}"
        self.unread.clear()
        self.there.think()
        self.there.platform.does(self, Act(text, press))
        self.there.show()
        return ""


class OwnerThere(AtPlatform, Owner):
    """A business owner at a platform."""


class OfficialThere(AtPlatform, Official):
    """Somebody with a role at a platform."""
