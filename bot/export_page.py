"""The readable page of a copy of one's data: one file, no program, good on a phone and without a network."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from handlers.export import OwnData
from handlers.words import _, speaking

STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1rem;color:#222;background:#fff}"
    "h1{font-size:1.4rem}h2{font-size:1.15rem;border-bottom:1px solid #ccc;margin-top:2rem}h3{font-size:1rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#666}dd{margin:0}"
    "p,dd,li{white-space:pre-wrap;overflow-wrap:anywhere}small{color:#666}"
)


def page(own: OwnData) -> str:
    """The page, in the person's language."""
    with speaking(own.language):
        title = _("Your data with {office}", office=own.office)
        body = "\n".join(_body(own.data))
        language = own.language.replace("_", "-")
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title>'
            f"<style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>{body}</body></html>\n"
        )


def _body(data: dict[str, Any]) -> Iterator[str]:
    yield _paragraph(
        _("Made on {when}. Times are in UTC. The same stands in data.json for programs.", when=data["made_at"])
    )
    yield _heading(_("About you"))
    profile = data["profile"]
    yield _rows((_("Name"), profile["name"]), (_("Phone"), profile["phone"]), (_("Enterprise"), profile["enterprise"]))
    yield _list(f"{one['at']}  v{one['version']}" for one in profile["consents"])
    yield _heading(_("Where you write from"))
    yield _list(f"{one['channel']}  {one['used_at']}" for one in data["doors"])
    yield _heading(_("Your cases"))
    for case in data["cases"]:
        yield from _case(case)
    yield _heading(_("Photos and files"))
    yield _list(f"{one['belongs_to']}  {one['name']}" for one in data["files"])
    yield _heading(_("Messages"))
    for one in data["messages"]:
        yield f"<p><small>{html.escape(one['at'])} · {html.escape(one['from'])}</small>\n{html.escape(one['text'])}</p>"


def _case(case: dict[str, Any]) -> Iterator[str]:
    yield f"<h3>{html.escape(case['number'])} · {html.escape(case['kind'])} · {html.escape(case['status'])}</h3>"
    yield _rows(
        (_("What happened"), case["facts"]),
        (_("Place"), case["place"]),
        (_("Enterprise"), case["enterprise"]),
        (_("Phone"), case["contact"]),
        (_("My name"), case["naming"]),
        (_("Receipt"), case["receipt"]),
    )
    yield _list(case["steps"])
    for letter in case["letters"]:
        yield f"<h3>{html.escape(letter['title'])}</h3>{_paragraph(letter['text'])}"
    if case["read_by"]:
        yield _paragraph(_("Who has read it?"))
        yield _list(" ".join((one["at"], one["unit"], one["role"])) for one in case["read_by"])


def _heading(text: str) -> str:
    return f"<h2>{html.escape(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _rows(*pairs: tuple[str, str]) -> str:
    filled = (f"<dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd>" for label, value in pairs if value)
    return f"<dl>{''.join(filled)}</dl>"


def _list(lines: Any) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"
