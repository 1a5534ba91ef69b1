"""The types of what Telegram sends, as far as the office uses it. https://core.telegram.org/bots/api#available-types

A field that is not named here may hold anything; one that is must fit, or the update is set aside.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

Id = Annotated[int, msgspec.Meta(ge=-(2**52), le=2**52)]
MessageId = Annotated[int, msgspec.Meta(ge=0, le=2**52)]
UpdateId = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**32)]
CallbackId = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,64}\Z")]

FileId = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class File(msgspec.Struct, gc=False):
    """A file of any kind; pictures have a width and a height, voices no name."""

    file_id: FileId
    file_size: Bytes = 0
    file_name: str = ""
    mime_type: str = ""


class Picture(msgspec.Struct, gc=False):
    """A photo in one of its sizes."""

    file_id: FileId
    width: Pixels = 0
    height: Pixels = 0
    file_size: Bytes = 0


class Location(msgspec.Struct, gc=False):
    """A point on the map."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]


class Venue(msgspec.Struct, gc=False):
    """A point with a name."""

    location: Location
    title: str = ""
    address: str = ""


class Contact(msgspec.Struct, gc=False):
    """Somebody's card from the address book."""

    phone_number: str
    first_name: str = ""
    last_name: str = ""
    user_id: int = 0


class Content(msgspec.Struct, gc=False):
    """What a message may hold that the office can use."""

    text: str = ""
    caption: str = ""
    photo: list[Picture] = []
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None


class Chat(msgspec.Struct, gc=False):
    """Where something was said."""

    id: Id
    type: str
    title: str = ""


class User(msgspec.Struct, gc=False):
    """Somebody, as they call themselves."""

    id: Id
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""


class Other(msgspec.Struct, gc=False):
    """The message another one is about."""

    message_id: MessageId
    chat: Chat | None = None


class Telling(Content, gc=False, kw_only=True):
    """A message."""

    message_id: MessageId
    chat: Chat
    date: Seconds
    sender: User | None = msgspec.field(default=None, name="from")
    sender_chat: Chat | None = None
    media_group_id: str = ""
    reply_to_message: Other | None = None
    migrate_to_chat_id: Id | None = None


class Press(msgspec.Struct, gc=False):
    """A button that was tapped; of old messages only the place is known."""

    id: CallbackId
    sender: User = msgspec.field(name="from")
    message: Other | None = None
    data: str = ""


class Member(msgspec.Struct, gc=False):
    """What we are in a chat."""

    status: str
    is_member: bool = True
    can_send_messages: bool = True


class Membership(msgspec.Struct, gc=False):
    """What has become of us in a chat."""

    chat: Chat
    sender: User = msgspec.field(name="from")
    date: Seconds
    new_chat_member: Member


class Update(msgspec.Struct, gc=False):
    """One thing that happened: at most one of the fields is there."""

    update_id: UpdateId
    message: Telling | None = None
    edited_message: Telling | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None


class Numbered(msgspec.Struct):
    """An update of which only the number can be read."""

    update_id: UpdateId


class Called(msgspec.Struct):
    """A press of which only the id is wanted."""

    id: CallbackId


class WithPress(msgspec.Struct):
    """An update of which only the press is wanted."""

    callback_query: Called | None = None


class Sorts(msgspec.Struct):
    """A message by the names of what it holds."""

    message: dict[str, msgspec.Raw]
