"""How fast officials' pages are looked through."""

from __future__ import annotations

from aiohttp import web

from bot.slowing import Pace

#: How fast one session may search: quicker than anybody types, slower than a program that walks through names.
SEARCHES: web.AppKey[Pace] = web.AppKey("searches", Pace)


def searching() -> Pace:
    """A new pace for searches."""
    return Pace(30, 30.0)
