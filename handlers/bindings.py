"""What binds a group to those it is for: a one-time code made in private, and shown in the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from domain.audience import Audience, Sort
from domain.errors import Refused
from domain.messages import Button, Message
from domain.rights import RIGHTS, Right
from handlers.words import N_, _, speaking
from storage import codes, groups, outbox, people, recipients, units
from storage.announcements import hold_back
from storage.groups import Bound
from storage.people import Address
from storage.transaction import Tx

PURPOSE = "group"
VALID = timedelta(hours=24)
LONGEST_INDUSTRY = 20


class NoSuchCode(Refused):
    """This code does not bind the group: it is wrong, used or too old. The administrator gets a new one by sending
    me /groups in private."""


class OtherKind(Refused):
    """This group is bound to an audience of another kind: work groups of officials and groups of enterprises are kept
    apart. The administrator first unbinds it with /groups in private; the code stays good until then."""


class UnitGone(Refused):
    """What this group was to be bound to is not there any more. The administrator starts again with /groups in
    private."""


#: (words of the sort) in the order they are offered.
SORTS: dict[Sort, str] = {
    Sort.ALL: N_("All enterprises"),
    Sort.PROJECT: N_("Enterprises of a project or park"),
    Sort.INDUSTRY: N_("Enterprises of an industry"),
    Sort.UNIT: N_("A unit's work group (officials)"),
}


def words_of(tx: Tx, audience: Audience) -> str:
    """An audience as people call it."""
    if audience.sort is Sort.UNIT:
        return _("work group of {unit}", unit=units.names(tx).get(audience.unit or 0, "?"))
    if audience.sort is Sort.PROJECT:
        return _("enterprises of {name}", name=units.project_name(tx, audience.project or 0) or "?")
    if audience.sort is Sort.INDUSTRY:
        return _("enterprises of {name}", name=audience.industry)
    return _("all enterprises")


def make_code(tx: Tx, audience: Audience, by: int, now: datetime) -> str:
    """A code that binds the first group it is shown in; good for VALID."""
    return codes.make(tx, PURPOSE, {**asdict(audience), "by": by}, VALID, now)


def startgroup(code: str, telegram: str) -> str:
    """The link that adds the bot to a group and shows the code there; telegram: where its chat opens."""
    return f"{telegram}?startgroup=bind_{code}"


def bind_at_once(tx: Tx, door: Address, audience: Audience, title: str, by: int, now: datetime) -> Bound:
    """Bind a group that cannot be shown a code, by whoever may. Raises OtherKind."""
    before = groups.get(tx, door.id)
    if before is not None and before.audience.officials != audience.officials:
        raise OtherKind()
    if before is not None and before.audience != audience:
        hold_back(tx, door.id)
    groups.bind(tx, door.id, audience, title, by, now)
    return Bound(door, audience, title, by, now)


def bind(tx: Tx, door: Address, code: str, title: str, now: datetime) -> Bound:
    """Bind a group by a code. Raises NoSuchCode, OtherKind or UnitGone; the code is as it was then."""
    with tx.savepoint():
        audience, by = _meant(tx, code, now)
        return bind_at_once(tx, door, audience, title, by, now)


def _meant(tx: Tx, code: str, now: datetime) -> tuple[Audience, int]:
    """For whom the code is, and who made it, who must still have the right."""
    found = codes.use(tx, code, (PURPOSE,), now)
    if found is None or not _may_bind(tx, found[1]["by"], now):
        raise NoSuchCode()
    facts: dict[str, Any] = found[1]
    audience = Audience(Sort(facts["sort"]), facts["unit"], facts["project"], facts["industry"])
    if audience.unit is not None and audience.unit not in units.names(tx):
        raise UnitGone()
    return audience, facts["by"]


def _may_bind(tx: Tx, person: int, now: datetime) -> bool:
    return any(one.role in RIGHTS[Right.GROUPS] for one in people.holdings(tx, person, now))


def unbind(tx: Tx, address: int) -> bool:
    """A group is for nobody from now on, and what waits for it is not said there; False if it was not bound."""
    hold_back(tx, address)
    return groups.unbind(tx, address)


def title_of(bound: Bound) -> str:
    """What a group is called."""
    return bound.name.strip() or _("group without a name")


#: Groups that do not say themselves when we are put out: it is known from what is refused. By channel.
LOST: Mapping[str, str] = MappingProxyType(
    {
        "robot": N_(
            "The robot in the group “{name}” ({audience}) was removed or stopped, so announcements do not reach it. "
            "Add a robot to the group again and bind it, or unbind the group."
        ),
        "appchat": N_(
            "The group “{name}” is not there any more, so announcements do not reach it. Unbind it; a new "
            "one can be made then."
        ),
        "custgroups": N_(
            "WeCom takes nothing any more for “{name}” ({audience}): has the colleague left? Unbind it, and choose "
            "another colleague."
        ),
    }
)


def lost(tx: Tx, address: int, now: datetime) -> None:
    """A platform has refused to write to a group: whoever bound it is told the first time."""
    bound = groups.get(tx, address)
    if bound is not None and bound.door.reachable and bound.door.channel in LOST:
        tell_binder(tx, bound, LOST[bound.door.channel], now)


def tell_binder(tx: Tx, bound: Bound, text: str, now: datetime) -> None:
    """Tell whoever bound a group what has become of it, while they may bind; text: a key with {name} and {audience}."""
    if bound.by is None or not _may_bind(tx, bound.by, now):
        return
    found = recipients.one(tx, bound.by)
    if found is None:
        return
    with speaking(found.person.language):
        words = _(text, name=title_of(bound), audience=words_of(tx, bound.audience))
        message = Message(words, buttons=((Button(_("Groups"), "f:groups"),),))
        outbox.say(tx, found.address, found.person.id, message, now, priority=outbox.Priority.TASK)
