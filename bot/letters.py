"""The page of a letter: the exact text that went out, to read, to keep and to print."""

from __future__ import annotations

import html

from aiohttp import web

from bot.app import App
from domain.office import Office
from handlers import phrases
from handlers.words import _, speaking
from storage import papers
from storage.papers import Paper


async def page(request: web.Request) -> web.StreamResponse:
    """/letter/<code>: the letter, and whether a later one has taken its place."""
    app = next(value for value in request.app.values() if isinstance(value, App))
    paper: Paper | None = await app.db.read(papers.by_code, request.match_info["code"][:64])
    with speaking(app.db.office.language):
        if paper is None:
            raise web.HTTPNotFound(text=_("There is no such letter. Please open it from the chat again."))
        page = _drawn(paper, app.db.office)
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})


def _drawn(paper: Paper, office: Office) -> str:
    title, number = html.escape(paper.title), html.escape(_("Number {number}", number=paper.number))
    body = "".join(f"<p>{html.escape(line)}</p>" for line in paper.body.splitlines() if line.strip())
    return (
        f'<!doctype html><html lang="{office.language.replace("_", "-")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{title}</title><link rel="stylesheet" href="/static/letter.css"></head><body><main>'
        f"<header><p>{html.escape(office.name)}</p><h1>{title}</h1><p>{number}</p></header>"
        f"{_superseded(paper, office)}<article>{body}</article></main></body></html>"
    )


def _superseded(paper: Paper, office: Office) -> str:
    if paper.superseded_at is None:
        return ""
    when = phrases.moment_words(paper.superseded_at, office)
    return f"<p class=late>{html.escape(_('Out of date since {when}; kept on file.', when=when))}</p>"
