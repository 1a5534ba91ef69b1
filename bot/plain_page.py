"""A page with a few words for everybody: announcements, and what stands at an address that leads nowhere."""

from __future__ import annotations

import html

from aiohttp import web

from domain.office import Office
from handlers.words import _, language, speaking


def drawn(
    office: Office, title: str, body: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """A page in the language being spoken. body: HTML, the rest of the header and the article."""
    tongue, shown = language().replace("_", "-"), html.escape(title)
    text = (
        f'<!doctype html><html lang="{tongue}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{shown} · {html.escape(office.name)}</title><link rel="stylesheet" href="/static/letter.css"></head>'
        f"<body><main><header><p>{html.escape(office.name)}</p><h1>{shown}</h1>{body}</main></body></html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def nothing(text: str, office: Office) -> str:
    """The body of a page that has nothing to show but why, and the way on."""
    return f"</header><article><p>{html.escape(text)}</p>{ways_on(office)}</article>"


def ways_on(office: Office) -> str:
    """What to do with a question: no page is a dead end."""
    ways = [f'<a href="{html.escape(office.kefu or "/chat", quote=True)}">{html.escape(_("Ask us in private"))}</a>']
    if office.phone:
        ways.append(html.escape(_("A person helps you on {phone}.", phone=office.phone)))
    return f"<p>{' · '.join(ways)}</p>"


def leads_nowhere(request: web.Request, office: Office, why: web.HTTPNotFound) -> web.Response | None:
    """A page in place of a bare line, for people; None for programs, which take the line."""
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
        return None
    with speaking(office.language):
        bare = why.text == f"{why.status}: {why.reason}"
        cut = _("The link may have been cut off on its way. Please open it once more where you have it from.")
        text = cut if bare else why.text or cut
        return drawn(office, _("There is nothing here"), nothing(text, office), status=why.status)
