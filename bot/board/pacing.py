"""How fast officials' pages are looked through."""

from __future__ import annotations

from aiohttp import web

from bot.slowing import TokenBuckets

#: How fast one session may search: quicker than anybody types, slower than a program that walks through names.
SEARCHES: web.AppKey[TokenBuckets] = web.AppKey("searches", TokenBuckets)


def searching() -> TokenBuckets:
    """The searches of every session, none of which has searched yet."""
    return TokenBuckets(30, 30.0)
