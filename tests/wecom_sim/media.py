"""media/upload and media/get (sheet 1.10): sizes, sorts by their first bytes, three days, for the whole corp."""

from __future__ import annotations

from tests.wecom_sim.state import World
from tests.wecom_sim.things import MEDIA_SECONDS, Api, Call, Json, Media, Refused, Upload

MB = 1024 * 1024
#: Bytes at most, by sort.
MOST_BYTES = {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, "file": 20 * MB}
#: What a file of a sort may begin with; an MP4 says so from its fifth byte.
BEGINNINGS = {"image": ((0, b"\xff\xd8\xff"), (0, b"\x89PNG")), "voice": ((0, b"#!AMR"),), "video": ((4, b"ftyp"),)}
LEAST_BYTES = 6
#: The same file so often a second is a loop (45033).
GETS_A_SECOND = 20


def keep(world: World, kind: str, name: str, data: bytes, robot: str = "") -> Media:
    """Keep a file and return it."""
    kept = Media(f"3M{kind[0]}{world.number():x}-_{len(data):x}", kind, name, data, world.now(), robot)
    world.media[kept.media_id] = kept
    return kept


def find(world: World, media_id: str, kinds: tuple[str, ...] = (), robot: str = "") -> Media:
    """A file that is still kept, of one of these sorts. Raises Refused."""
    kept = world.media.get(media_id)
    if kept is None or world.now() - kept.at > MEDIA_SECONDS or (kept.robot and kept.robot != robot):
        raise Refused(40007, "invalid media_id")
    if kinds and kept.kind not in kinds:
        raise Refused(40007, f"media_id is a {kept.kind}")
    return kept


def take(world: World, kind: str, file: Upload | None, robot: str = "") -> Json:
    """Keep an uploaded file. Raises Refused."""
    if kind not in MOST_BYTES:
        raise Refused(40035, "invalid type")
    if file is None or not file.name:
        raise Refused(44004, "no part named media with a filename")
    if not LEAST_BYTES <= len(file.data) <= MOST_BYTES[kind]:
        raise Refused(45001, f"{kind} of {len(file.data)} bytes")
    begins = BEGINNINGS.get(kind, ())
    if begins and not any(file.data[at : at + len(mark)] == mark for at, mark in begins):
        raise Refused(40145, f"not a file of sort {kind}")
    kept = keep(world, kind, file.name, file.data, robot)
    return {"type": kind, "media_id": kept.media_id, "created_at": str(int(kept.at))}


def upload(world: World, call: Call) -> Json:
    """media/upload."""
    return take(world, call.query.get("type", ""), call.file)


def get(world: World, call: Call) -> bytes:
    """media/get: the bytes; refusals are JSON."""
    media_id = call.query.get("media_id", "")
    kept = find(world, media_id)
    if world.windows.full("media", media_id, GETS_A_SECOND, 1, world.now()):
        raise Refused(45033, "concurrent get of one media_id")
    return kept.data


APIS = {
    "media/upload": Api(upload, apps=("app", "kefu", "contacts")),
    "media/get": Api(get, "GET", apps=("app", "kefu", "contacts")),
}
