"""Roles, units and projects as people name them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.sheets import plain
from domain.case import Role
from domain.people import UnitOf
from handlers.invitations import INVITED_ROLES
from handlers.menus import ROLE_WORDS, role_words
from handlers.phrases import listed
from handlers.words import _, every_language

#: Roles that can be given from here.
GIVEN_ROLES: tuple[Role, ...] = (*INVITED_ROLES, Role.INSPECTOR)


def role(text: str) -> Role | None:
    """The role with this name, English or in any of our languages."""
    wanted = plain(text)
    return next((one for one in GIVEN_ROLES if wanted in _names(one)), None)


def _names(one: Role) -> set[str]:
    return {str(one), *(plain(name) for name in every_language(ROLE_WORDS[one]))}


def role_names() -> str:
    """Every role that can be given, in words."""
    return listed(role_words(one) for one in GIVEN_ROLES)


def unit(known: Iterable[UnitOf], text: str) -> UnitOf | None:
    """The unit with this code or name; spaces, width and case do not matter."""
    wanted = plain(text)
    return next((one for one in known if wanted and wanted in (plain(one.code), plain(one.name))), None)


def unknown_unit(text: str) -> str:
    """What is said of a name that no unit has."""
    return _("no unit has the code or name “{name}”; take over the units first", name=text)
