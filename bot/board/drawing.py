"""Drawing pages: the templates of bot/pages/board, escaped by default, in the language of whoever reads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.app import App
from bot.board.sessions import Desk
from handlers import menus, phrases
from handlers.words import _, language, speaking
from storage.loading import at_first_use

if TYPE_CHECKING:
    import jinja2
else:  # a fifth of a second of every start, and needed with the first page
    jinja2 = at_first_use("jinja2")

TEMPLATES = Path(__file__).parents[1] / "pages" / "board"
HTML = "text/html"


@cache
def templates() -> jinja2.Environment:
    """The templates; a name they are not given is an error, never an empty place."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"_": _}
    return made


def page(desk: Desk, template: str, status: int = 200, **values: Any) -> web.Response:
    """A page for somebody signed in. Beside `values` the template knows desk, office, menu, csrf, path, moment, day."""
    office = desk.app.db.office
    given = {
        "desk": desk,
        "menu": desk.menu,
        "csrf": desk.csrf,
        "path": desk.request.path,
        "roles": list(dict.fromkeys(menus.role_words(holding.role) for holding in desk.holdings)),
        "moment": lambda at: phrases.moment_words(at, office, desk.now),
        "day": lambda day: phrases.day_words(day, office.calendar.today(desk.now)),
    }
    return web.Response(text=_drawn(desk.app, template, given | values), status=status, content_type=HTML)


def plain_page(app: App, template: str, status: int = 200, **values: Any) -> web.Response:
    """A page for somebody the office does not know, in the office's language."""
    with speaking(app.db.office.language):
        text = _drawn(app, template, {"desk": None, "menu": (), "path": ""} | values)
    return web.Response(text=text, status=status, content_type=HTML)


def _drawn(app: App, template: str, values: dict[str, Any]) -> str:
    tongue = language().replace("_", "-")
    return templates().get_template(template).render(office=app.db.office, tongue=tongue, **values)
