"""Announcements: the groups one can go to, how it looks there, posting it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import Refused
from domain.messages import Button, Message
from domain.office import Office
from handlers import bindings, hours, troubles
from handlers.turn import Turn
from handlers.words import N_, _, speaking
from storage import announcements, files, groups, outbox
from storage.announcements import Announcement, Fate, Told
from storage.groups import Bound
from storage.outbox import Priority
from storage.transaction import Tx

MOST_TEXT = 3500
#: Groups that show neither files nor long texts, which stand on a page then; by channel.
SHOWS_LITTLE = frozenset({"robot", "appchat", "custgroups"})
#: How the value of the button begins that leads to the page of an announcement.
PAGE = "f:policy:"
#: Keys of whole kinds of group; others are those of one audience.
ENTERPRISES, OFFICIALS = "enterprises", "officials"


class NobodyThere(Refused):
    """I can write in none of these groups any more, so nothing was posted. An administrator adds me again; /groups
    shows where."""


@dataclass(frozen=True, slots=True)
class Line:
    """What can be announced to. groups: how many are bound; officials: they are work groups; whole: all of the kind."""

    key: str
    words: str
    groups: int
    officials: bool
    whole: bool


def lines(turn: Turn) -> list[Line]:
    """The audiences of bound groups, enterprises first, and of each kind all together first."""
    bound = groups.every(turn.tx)
    return [line for officials in (False, True) for line in _of_kind(turn.tx, bound, officials=officials)]


def _of_kind(tx: Tx, bound: Sequence[Bound], *, officials: bool) -> list[Line]:
    of_kind = [one.audience for one in bound if one.audience.officials is officials]
    if not of_kind:
        return []
    counts = {audience: of_kind.count(audience) for audience in dict.fromkeys(of_kind)}
    key, words = _WHOLE[officials]
    parts = [Line(one.key, bindings.words_of(tx, one), n, officials, False) for one, n in counts.items()]
    return [Line(key, _(words), len(of_kind), officials, True), *(parts if len(parts) > 1 else ())]


_WHOLE = {False: (ENTERPRISES, N_("all groups of enterprises")), True: (OFFICIALS, N_("all work groups of officials"))}


def meant(tx: Tx, keys: Iterable[str]) -> list[Bound]:
    """The groups that are bound to these audiences now."""
    wanted = set(keys)
    return [one for one in groups.every(tx) if {one.audience.key, _kind(one)} & wanted]


def _kind(one: Bound) -> str:
    return OFFICIALS if one.audience.officials else ENTERPRISES


def shown(turn: Turn, text: str, file_ids: Sequence[int], *, officials: bool) -> Message:
    """An announcement as it is shown in a group, in the office's language."""
    attached = tuple(record.attachment for record in files.many(turn.tx, file_ids))
    with speaking(turn.office.language):
        title = _("Announcement · {office}", office=turn.office.name)
        button = (
            Button(_("Open my tasks in private"), "f:tasks") if officials else Button(_("Ask in private"), "f:file")
        )
        return Message(text, title, buttons=((button,),), files=attached, pin=True)


def with_page(office: Office, message: Message, code: str) -> Message:
    """The announcement with the way to its page, or where the office has no pages, to the chat that shows it."""
    url = f"{office.url}/policy/{code}" if office.url else ""
    with speaking(office.language):
        return message.plus(Button(_("Read it whole"), f"{PAGE}{code}", url))


def goes_at(turn: Turn, *, officials: bool) -> datetime:
    """When an announcement that is posted now goes out."""
    return (hours.for_official if officials else hours.for_owner)(turn.now, turn.office)


def post(turn: Turn, text: str, file_ids: Sequence[int], keys: Sequence[str], words: str) -> int:
    """Put an announcement in line for every group of these audiences (words: what they are called); returns its id.

    Raises NobodyThere.
    """
    found = meant(turn.tx, keys)
    officials = any(one.audience.officials for one in found)
    open_to = [one.door for one in found if one.door.reachable]
    if not open_to:
        raise NobodyThere()
    closed = tuple(one.door.id for one in found if not one.door.reachable)
    message, code = shown(turn, text, file_ids, officials=officials), announcements.fresh_code()
    linked = with_page(turn.office, message, code)
    told = Told(words, tuple(door.id for door in open_to), closed)
    made = announcements.add(turn.tx, message, told, turn.person.id, turn.now, code)
    for door in open_to:
        outbox.say(
            turn.tx,
            door,
            None,
            linked if door.channel in SHOWS_LITTLE else message,
            turn.now,
            priority=Priority.NEWS,
            not_before=goes_at(turn, officials=officials),
            dedupe=announcements.dedupe(made, door.id),
            once=True,
        )
    return made


# --- what became of it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an announcement came. have: groups that have it; waiting: when it goes to the others; without: the names
    of those that have it not, with the reason; dead: an administrator can send it again to one of them.
    confirming: who has to let it go to their groups first."""

    groups: int
    have: int
    waiting: list[datetime]
    without: list[tuple[str, str]]
    dead: bool
    confirming: list[str]


_GONE = N_("I can no longer write in this group")
_WHY: dict[str, str] = {
    "unreachable": _GONE,
    "replaced": N_("the group was unbound or is for others now, before it went out"),
    "dead": N_("{reason}. Please look into the group; where it is missing, an administrator sends it again"),
}
_NOT_KEPT = N_("so long ago that it is not on file any more")
_UNDER_WAY = frozenset({"queued", "sending"})


def reach(tx: Tx, one: Announcement) -> Reach:
    """How far an announcement came until now."""
    fates = announcements.fates(tx, one)
    names = {bound.door.id: bindings.title_of(bound) for bound in groups.every(tx)}
    without = [(_name(names, group, fates.get(group)), _why(fates.get(group))) for group in one.told.groups]
    left_out = [(_name(names, group, None), _(_GONE)) for group in one.told.left_out]
    return Reach(
        len(one.told.groups) + len(one.told.left_out),
        sum(fate.state == "sent" for fate in fates.values()),
        [fate.goes_at for fate in fates.values() if fate.state in _UNDER_WAY],
        [(name, why) for name, why in (*without, *left_out) if why],
        any(fate.state == "dead" for fate in fates.values()),
        [_name(names, group, fate) for group, fate in fates.items() if fate.state == "waiting"],
    )


def _why(fate: Fate | None) -> str:
    """Why a group does not have it; "" where it has, or will have."""
    if fate is None:
        return _(_NOT_KEPT)
    return _(_WHY[fate.state], reason=troubles.reason_words(fate.reason)) if fate.state in _WHY else ""


def _name(names: dict[int, str], group: int, fate: Fate | None) -> str:
    return names.get(fate.address_id if fate else group) or _("a group that is not bound any more")
