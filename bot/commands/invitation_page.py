"""The page of invitations to print and hand out: by unit, each person with a square to scan, a code and how to open."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.office import Office
from handlers import invitations
from handlers.invitations import INVITATION_VALID, Awaited
from handlers.phrases import day_words
from handlers.words import _, language
from storage import units
from storage.transaction import Tx

TEMPLATE = "invitations.html"
_drawing = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "pages"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Card:
    """One person's part of the page."""

    unit: str
    name: str
    roles: str
    code: str
    link: str
    until: str

    def on_telegram(self, telegram: str) -> str:
        """The link there. telegram: where the office's chat opens on Telegram."""
        return invitations.telegram_link(self.code, telegram)

    @property
    def square(self) -> Markup:
        """The link as a square to scan; nothing where the office has no public address."""
        return Markup(segno.make(self.link, error="m").svg_inline(border=1, omitsize=True)) if self.link else Markup("")  # noqa: S704


def renewed(tx: Tx, now: datetime, *, all_of_them: bool) -> list[Card]:
    """New codes for those who have not come: for all of them, or only where none is good any more."""
    waiting = [one for one in invitations.awaited(tx, now) if all_of_them or one.until is None]
    return [_card(tx, one, invitations.renew(tx, one, now), now) for one in waiting]


def _card(tx: Tx, one: Awaited, code: str, now: datetime) -> Card:
    office = tx.office
    unit = next((unit for _role, unit, _project in one.held if unit), None)
    link = invitations.link(code, office.url) if office.url else ""
    last_day = office.calendar.today(now + INVITATION_VALID)
    until = _("Good once, until {day}.", day=day_words(last_day))
    where = units.names(tx).get(unit or 0, "") or office.name
    return Card(where, one.name, invitations.role_line(tx, one), code, link, until)


def drawn(cards: Iterable[Card], office: Office) -> str:
    """The whole page as HTML, which needs nothing beside itself."""
    words = {
        "title": _("Invitations · {office}", office=office.name),
        "lead": _("Cut them apart and give each to its person only: whoever opens one first takes that place."),
        "how": _how(office),
    }
    return _drawing.get_template(TEMPLATE).render(
        words=words, groups=_by_unit(list(cards)), telegram=office.telegram, language=language().replace("_", "-")
    )


def _how(office: Office) -> str:
    if office.url:
        return _(
            "Scan the square with the phone and tap “Use the code”. Or open {url} and send this code:",
            url=f"{office.url}/chat",
        )
    if office.telegram:
        return _("Open {url} and send this code:", url=office.telegram)
    return _("Open the office's chat page and send this code:")


def _by_unit(cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(card.unit, []).append(card)
    return list(found.items())


def write(path: Path, text: str) -> None:
    """Put the page in its place, readable by its owner alone; an older one is replaced."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(part, path)
