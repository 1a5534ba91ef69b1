"""Robots in groups (sheet 3): a key in the URL, twenty messages a minute each."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable

from tests.wecom_sim import cards, checks, media, words
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Api, Call, Group, Json, Refused, Shown

A_MINUTE = 20
TEXT_BYTES, MARKDOWN_BYTES = 2048, 4096
IMAGE_BYTES = 2 * media.MB


def _text(world: World, body: Json, _key: str) -> None:
    checks.known(world, "webhook/send text", body, ("content", "mentioned_list", "mentioned_mobile_list"))
    checks.text(body, "content", TEXT_BYTES, empty=93017)
    checks.listed(body, "mentioned_list", 0, 1000)


def _markdown(_world: World, body: Json, _key: str) -> None:
    checks.text(body, "content", MARKDOWN_BYTES, empty=93017)


def _markdown_v2(world: World, body: Json, key: str) -> None:
    _markdown(world, body, key)
    if "<@" in body["content"] or "<font" in body["content"]:
        world.complain("webhook/send markdown_v2: neither colours nor mentions are shown")


def _image(_world: World, body: Json, _key: str) -> None:
    try:
        data = base64.b64decode(checks.text(body, "base64", empty=93017), validate=True)
    except binascii.Error:
        raise Refused(checks.WRONG, "invalid base64") from None
    if len(data) > IMAGE_BYTES:
        raise Refused(93018, "image of more than 2 MB")
    if hashlib.md5(data).hexdigest() != body.get("md5"):
        raise Refused(checks.WRONG, "md5 does not fit")


def _news(_world: World, body: Json, _key: str) -> None:
    for one in checks.listed(body, "articles", 1, 8, 93017):
        checks.text(one, "title", 128)
        checks.maybe(one, "description", 512)
        checks.text(one, "url", 2048, empty=checks.WRONG)


def _file(kind: str) -> Callable[[World, Json, str], None]:
    def check(world: World, body: Json, key: str) -> None:
        body["name"] = media.find(world, str(body.get("media_id")), (kind,), robot=key).name

    return check


def _card(world: World, body: Json, _key: str) -> None:
    cards.check(world, body, types=cards.NOTICES)


KINDS: dict[str, Callable[[World, Json, str], None]] = {
    "text": _text,
    "markdown": _markdown,
    "markdown_v2": _markdown_v2,
    "image": _image,
    "news": _news,
    "file": _file("file"),
    "voice": _file("voice"),
    "template_card": _card,
}


def _robot(world: World, key: str) -> Group:
    group = world.robots.get(key)
    if group is None:
        raise Refused(93000, "invalid webhook url")
    return group


def send(world: World, call: Call) -> Json:
    """webhook/send."""
    key = call.query.get("key", "")
    group = _robot(world, key)
    kind = str(call.body.get("msgtype"))
    if kind not in KINDS:
        raise Refused(40008, "invalid msgtype")
    checks.known(world, "webhook/send", call.body, ("msgtype", kind))
    body = dict(checks.thing(call.body, kind))
    KINDS[kind](world, body, key)
    if world.windows.full("robot a minute", key, A_MINUTE, 60, world.now()):
        raise Refused(45009, "api freq out of limit")
    shown = Shown(f"robot{world.number():x}", "robot", kind, body, world.now())
    world.reach(key, "webhook/send", shown, group.shown, words.words(shown))
    return {}


def upload(world: World, call: Call) -> Json:
    """webhook/upload_media: file or voice, for this robot alone."""
    key, kind = call.query.get("key", ""), call.query.get("type", "")
    _robot(world, key)
    if kind not in ("file", "voice"):
        raise Refused(checks.WRONG, "invalid type")
    return media.take(world, kind, call.file, robot=key)


APIS = {"webhook/send": Api(send, apps=()), "webhook/upload_media": Api(upload, apps=())}
