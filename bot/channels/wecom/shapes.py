"""The types of what WeCom tells the app, as far as the office uses it (D90239, D90240).

Everything in its XML is text. A field that is not named here may hold anything; one that is must fit, or what came is
set aside.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

#: A member's id. What is no member's, as the "@all" of messages, begins with a sign.
UserId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}\Z")]
Number = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,20}\Z")]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**32)]
Sort = Annotated[str, msgspec.Meta(max_length=64)]
MediaId = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,256}\Z")]
TaskId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z_@-]{1,128}\Z")]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,160}\Z")]


class Kind(msgspec.Struct, rename="pascal", gc=False):
    """What it is that came."""

    msg_type: Sort
    event: Sort = ""


class Telling(msgspec.Struct, rename="pascal", gc=False):
    """What every message, and every event that is somebody's doing, has."""

    from_user_name: UserId
    create_time: Seconds
    msg_id: Number = ""


class Words(msgspec.Struct, rename="pascal", gc=False):
    """A text."""

    content: str


class Media(msgspec.Struct, rename="pascal", gc=False):
    """A photo, a voice or a video."""

    media_id: MediaId
    format: Sort = ""


class Spot(msgspec.Struct, gc=False):
    """A place on the map."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] = msgspec.field(name="Location_X")
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] = msgspec.field(name="Location_Y")
    label: str = msgspec.field(default="", name="Label")


class Link(msgspec.Struct, rename="pascal", gc=False):
    """A page somebody shared."""

    title: str = ""
    description: str = ""
    url: str = ""


class Click(msgspec.Struct, rename="pascal", gc=False):
    """An entry of the app's menu, or a button of a card."""

    event_key: str = ""
    task_id: TaskId | None = None
    response_code: Code | None = None
