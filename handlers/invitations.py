"""Who was given a role, or a code for one, and has not come yet; and the codes and links that let them in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.case import UNIT_ROLES, Role
from handlers.menus import role_words
from handlers.phrases import listed
from handlers.words import _
from storage import codes, roster, units
from storage.codes import Pending
from storage.roster import Held, Listed
from storage.transaction import Tx

INVITATION_VALID = timedelta(days=7)
INVITED_ROLES = (
    Role.LIAISON,
    Role.HANDLER,
    Role.HEAD,
    Role.DISPATCHER,
    Role.APPROVER,
    Role.LEADER,
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
)
PURPOSE = "invite"
#: So long after its end a code nobody used is still shown, to be renewed; then storage forgets it.
SHOWN_AFTER = timedelta(days=7)
#: The first letter of a key says what it names; a digest is long enough here to be nobody else's.
PERSON, CODE = "p", "c"
DIGEST_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code gives. person: an imported person whose place the joining one takes; by: who invites, where it is
    somebody in the chat or at a page; units: all in which the role is held, where they are more than `unit` says."""

    role: Role
    unit: int | None = None
    project: int | None = None
    person: int | None = None
    name: str = ""
    by: int | None = None
    units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody who has not come yet. key: for buttons; held: their roles; until: when their code ends, None: no code.

    person: their id where the office's list names them, and None where only a code was made.
    """

    key: str
    name: str
    phone: str
    held: tuple[Held, ...]
    until: datetime | None
    person: int | None = None
    digest: str = ""

    @property
    def invitation(self) -> Invitation:
        """What a code for them gives."""
        role, unit, project = self.held[0]
        return Invitation(role, unit, project, self.person, self.name)


def invite(tx: Tx, invitation: Invitation, now: datetime) -> str:
    """A code that makes whoever shows it first a holder of the role; earlier codes of the same person end."""
    facts = {
        "role": str(invitation.role),
        "unit": invitation.unit,
        "project": invitation.project,
        "person": invitation.person,
        "name": invitation.name,
        "by": invitation.by,
        "units": list(invitation.units),
    }
    if invitation.person is not None:
        codes.revoke(tx, PURPOSE, invitation.person, now)
    return codes.make(tx, PURPOSE, facts, INVITATION_VALID, now, invitation.person)


def awaited(tx: Tx, now: datetime) -> list[Awaited]:
    """Everybody the office waits for: those of its list first."""
    pending = codes.pending(tx, PURPOSE, now - SHOWN_AFTER)
    ends = {one.person: one.expires_at for one in pending if one.person and one.expires_at >= now}
    known = [_of_list(one, ends.get(one.person)) for one in roster.awaited(tx, now)]
    return known + [_of_code(one, now) for one in pending if one.person is None]


def _of_list(one: Listed, until: datetime | None) -> Awaited:
    held = tuple(sorted(one.held, key=_unit_roles_first))
    return Awaited(f"{PERSON}{one.person}", one.name, one.phone, held, until, one.person)


def _unit_roles_first(held: Held) -> tuple[bool, str, int]:
    role, unit, project = held
    return role not in UNIT_ROLES, str(role), unit or project or 0


def _of_code(one: Pending, now: datetime) -> Awaited:
    facts = one.facts
    held = (Role(facts["role"]), facts.get("unit"), facts.get("project"))
    until = one.expires_at if one.expires_at >= now else None
    return Awaited(
        f"{CODE}{one.digest[:DIGEST_LETTERS]}", facts.get("name") or "", "", (held,), until, None, one.digest
    )


def by_key(tx: Tx, key: str, now: datetime) -> Awaited | None:
    """The awaited one a button names; None for one who has come meanwhile, or never was."""
    return next((one for one in awaited(tx, now) if one.key == key), None)


def renew(tx: Tx, one: Awaited, now: datetime, by: int | None = None) -> str:
    """A new code for somebody who has not come; the earlier one ends. by: who invites, as in Invitation."""
    if one.digest:
        codes.spend(tx, one.digest, now)
    return invite(tx, replace(one.invitation, by=by), now)


def role_line(tx: Tx, one: Awaited) -> str:
    """Their roles with the units or projects: 联络员（住建局）、承办人（住建局）."""
    names = units.names(tx)
    projects = dict(units.all_projects(tx))
    parts = []
    for role, unit, project in one.held:
        where = names.get(unit or 0) or projects.get(project or 0) or ""
        parts.append(_("{role} ({where})", role=role_words(role), where=where) if where else role_words(role))
    return listed(parts)


def link(code: str, url: str) -> str:
    """The chat with the code in place."""
    return f"{url}/chat?join={code}"


def telegram_link(code: str, telegram: str) -> str:
    """The chat on Telegram with the code in place. telegram: where it opens there."""
    return f"{telegram}?start=join_{code}"


def pass_on(code: str, url: str, telegram: str = "") -> str:
    """What to send to the one who joins. url: the office's public address; telegram: where its chat opens there; each
    "" while there is none.
    """
    text = _(
        "Please pass this on to one person only; it is good for {days} days:\n/join {code}",
        code=code,
        days=INVITATION_VALID.days,
    )
    there = _("On Telegram: {link}", link=telegram_link(code, telegram)) if telegram else ""
    return "\n".join(part for part in (text, link(code, url) if url else "", there) if part)
