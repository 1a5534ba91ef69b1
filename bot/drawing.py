"""The few pages outside the board that people send something from: drawn from templates, escaped, kept by nobody."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.running import Running
from handlers.words import language
from storage.loading import at_first_use

if TYPE_CHECKING:
    import jinja2

else:  # needed with the first page only
    jinja2 = at_first_use("jinja2")

TEMPLATES = Path(__file__).parent / "pages"


def page(app: Running, template: str, status: int = 200, **values: Any) -> web.Response:
    """A page in the language that is spoken now. Beside `values` the template knows office and tongue."""
    tongue = language().replace("_", "-")
    text = _templates().get_template(template).render(office=app.db.office, tongue=tongue, **values)
    return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})


@cache
def _templates() -> jinja2.Environment:
    """The templates; a name they are not given is an error, never an empty place."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, auto_reload=False
    )
