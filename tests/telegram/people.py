"""People and groups at the other end of Telegram: they write, tap and send, and read what the bot shows them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.telegram.front import USERNAME
from tests.telegram.platform import Json, Platform, Shown

_numbers = itertools.count(1001)
_queries = itertools.count(1)


@dataclass
class Chat:
    """A chat with the bot, as one who looks at it sees it."""

    platform: Platform
    name: str
    id: int = field(default_factory=lambda: next(_numbers))
    read: dict[int, int] = field(default_factory=dict)

    @property
    def shown(self) -> list[Shown]:
        """Every message of the bot, in order."""
        return [self.platform.chats[self.id][number] for number in sorted(self.platform.chats[self.id])]

    async def heard(self, part: str) -> Shown:
        """Wait for a message not looked at yet, or changed since, that contains this; it counts as looked at then."""

        def new() -> Shown | None:
            return next((one for one in self.shown if self._unread(one) and part in one.words()), None)

        found: Shown = await self.platform.until(new, lambda: self._not(f"hear “{part}”"))
        self.read[found.number] = found.said
        return found

    async def sees(self, label: str) -> tuple[Shown, Json]:
        """Wait for a button with this label, or one that contains it, on the latest message having one."""

        def found() -> tuple[Shown, Json] | None:
            for message in reversed(self.shown):
                buttons = [button for row in message.keyboard for button in row]
                fits = [one for one in buttons if one["text"] == label] or [
                    one for one in buttons if label in one["text"]
                ]
                if fits:
                    return message, fits[0]
            return None

        seen: tuple[Shown, Json] = await self.platform.until(found, lambda: self._not(f"see a button “{label}”"))
        return seen

    async def sees_files(self, count: int) -> None:
        """Wait for so many files in the chat."""
        await self.platform.until(lambda: len(self._files()) >= count, lambda: self._not(f"see {count} files"))

    async def downloads(self) -> set[bytes]:
        """Every file in the chat that the bot has sent."""
        return {await self.platform.download(file) for file in self._files()}

    def _files(self) -> list[str]:
        return [file for message in self.shown for file in message.files]

    def not_heard(self, part: str) -> None:
        """No message not looked at yet contains the part."""
        assert not [one for one in self.shown if self._unread(one) and part in one.words()], part

    def read_all(self) -> None:
        """Look at everything that is there."""
        self.read.update({one.number: one.said for one in self.shown})

    def _said(self) -> int:
        """How often the bot has sent or edited something here."""
        return sum(message.said for message in self.shown)

    def _unread(self, message: Shown) -> bool:
        return message.said > self.read.get(message.number, 0)

    def _not(self, what: str) -> str:
        recent = "\n---\n".join(one.words() for one in self.shown[-4:]) or "(nothing)"
        return f"{self.name} did not {what}; the last messages are:\n{recent}"


@dataclass
class Person(Chat):
    """Somebody with a private chat with the bot."""

    language: str = "zh-hans"

    @property
    def user(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    async def start(self, payload: str = "") -> int:
        """Open the chat, perhaps by a link."""
        return await self.say(f"/start {payload}".strip())

    async def say(self, text: str, to: Group | None = None, **more: Any) -> int:
        """Write words; returns the number of the message."""
        return await self._send(to, text=text, **more)

    async def edit(self, number: int, text: str) -> None:
        """Correct an earlier message."""
        await self.platform.bring(
            "edited_message", {**self._message(None, text=text), "message_id": number, "edit_date": self._date()}
        )

    async def reply(self, to: Shown, text: str) -> int:
        """Answer a message of the bot."""
        about: Json = {"message_id": to.number, "date": self._date(), "chat": _place(self), "text": to.text}
        return await self.say(text, reply_to_message=about)

    async def photo(self, data: bytes, caption: str = "", **more: Any) -> int:
        """Send a photo, as the platform keeps it: in several sizes."""
        small, large = await self.platform.upload(data[:100]), await self.platform.upload(data)
        sizes = [_size(small, 90, len(data[:100])), _size(large, 1280, len(data))]
        return await self._send(None, photo=sizes, **({"caption": caption} if caption else {}), **more)

    async def album(self, *photos: bytes, caption: str = "") -> list[int]:
        """Send photos as one."""
        album = str(next(_queries))
        captions = [caption, *("" for _ in photos[1:])]
        return [
            await self.photo(data, words, media_group_id=album) for data, words in zip(photos, captions, strict=True)
        ]

    async def document(self, name: str, data: bytes, media: str = "application/pdf", caption: str = "") -> int:
        """Send a file."""
        reference = await self.platform.upload(data, name)
        file: Json = {"file_id": reference, "file_unique_id": f"u{reference}", "file_name": name}
        file |= {"mime_type": media, "file_size": len(data)}
        return await self._send(None, document=file, **({"caption": caption} if caption else {}))

    async def voice(self, data: bytes) -> int:
        """Speak."""
        reference = await self.platform.upload(data)
        file: Json = {"file_id": reference, "file_unique_id": f"u{reference}", "duration": 3}
        return await self._send(None, voice={**file, "mime_type": "audio/ogg", "file_size": len(data)})

    async def location(self, lat: float, lon: float) -> int:
        """Send a place."""
        return await self._send(None, location={"latitude": lat, "longitude": lon})

    async def contact(self, phone: str) -> int:
        """Send one's own number."""
        return await self._send(None, contact={"phone_number": phone, "first_name": self.name, "user_id": self.id})

    async def tap(self, label: str) -> None:
        """Tap a button and wait for what it does; one that opens a link to the bot starts the private chat with it."""
        message, button = await self.sees(label)
        before = self._said()
        await self._tapped(self, message, button)
        await self.platform.until(lambda: self._said() > before, lambda: self._not(f"see anything after “{label}”"))

    async def tap_in(self, group: Group, label: str) -> None:
        """Tap a button of a message in a group."""
        message, button = await group.sees(label)
        await self._tapped(group, message, button)

    async def press(self, value: str, message: Shown | None = None) -> str:
        """Press a button by its value; returns the id of the press."""
        shown = message or self.shown[-1]
        return await self._press(self, shown, value)

    async def block(self, *, blocked: bool = True) -> None:
        """Block the bot, or let it in again."""
        await self._membership("kicked" if blocked else "member")

    async def _tapped(self, chat: Chat, message: Shown, button: Json) -> None:
        if "callback_data" in button:
            await self._press(chat, message, button["callback_data"])
            return
        link = urlsplit(button["url"])
        assert link.path == f"/{USERNAME}", f"the button opens {button['url']}"
        await self.start(parse_qs(link.query).get("start", [""])[0])

    async def _press(self, chat: Chat, message: Shown, value: str) -> str:
        query = f"{int(time.time() * 1000)}{next(_queries)}"
        under = {"message_id": message.number, "date": self._date(), "chat": _place(chat), "text": message.text}
        press = {"id": query, "from": self.user, "chat_instance": "1", "message": under, "data": value}
        await self.platform.bring("callback_query", press)
        return query

    async def _membership(self, status: str) -> None:
        bot = {"id": 7, "is_bot": True, "first_name": "Fixture", "username": USERNAME}
        before = "member" if status == "kicked" else "kicked"
        change = {"chat": _place(self), "from": self.user, "date": self._date()}
        change |= {"old_chat_member": {"user": bot, "status": before}}
        await self.platform.bring("my_chat_member", {**change, "new_chat_member": {"user": bot, "status": status}})

    async def _send(self, to: Chat | None, **content: Any) -> int:
        found = await self.platform.bring("message", self._message(to, **content))
        return int(found["message_id"])

    def _message(self, to: Chat | None, **content: Any) -> Json:
        text = content.get("text", "")
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(" ")[0])}
        entities = {"entities": [command]} if text.startswith("/") else {}
        return {"date": self._date(), "from": self.user, "chat": _place(to or self), **entities, **content}

    def _date(self) -> int:
        return int(self.platform.now())


@dataclass
class Group(Chat):
    """A group chat the bot may be added to."""

    id: int = field(default_factory=lambda: -next(_numbers) - 1_000_000_000_000)

    async def add_bot(self, by: Person, status: str = "administrator") -> None:
        """Somebody adds the bot; "kicked" and "left" take it out again."""
        bot = {"id": 7, "is_bot": True, "first_name": "Fixture", "username": USERNAME}
        rights = {"can_pin_messages": True} if status == "administrator" else {}
        change = {"chat": _place(self), "from": by.user, "date": int(self.platform.now())}
        change |= {"old_chat_member": {"user": bot, "status": "left"}}
        change |= {"new_chat_member": {"user": bot, "status": status, **rights}}
        await self.platform.bring("my_chat_member", change)


def _place(chat: Chat) -> Json:
    if isinstance(chat, Group):
        return {"id": chat.id, "type": "supergroup", "title": chat.name}
    return {"id": chat.id, "type": "private", "first_name": chat.name}


def _size(reference: str, side: int, size: int) -> Json:
    return {"file_id": reference, "file_unique_id": f"u{reference}", "width": side, "height": side, "file_size": size}
