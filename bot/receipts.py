"""The receipt of a case: proves to anyone that the office received it, and shows nothing of what it says."""

from __future__ import annotations

import base64
import html
from datetime import date
from typing import Any

from aiohttp import web

from bot import plain_page
from bot.app import App
from domain.case import Case
from handlers import phrases
from handlers.casework import receipt_text
from handlers.words import _, speaking
from storage import cases, events
from storage.transaction import Tx


def _found(tx: Tx, code: str) -> tuple[Case, bytes, bytes] | None:
    found = cases.by_receipt(tx, code)
    if found is None:
        return None
    case, signature = found
    return case, signature, events.of_case(tx, case.id)[0].hash


async def page(request: web.Request) -> web.StreamResponse:
    """/receipt/<code>: number, time, what was signed and the signature; ?json for programs."""
    app = next(value for value in request.app.values() if isinstance(value, App))
    found = await app.db.read(_found, request.match_info["code"][:64])
    with speaking(app.file.language):
        if found is None:
            raise web.HTTPNotFound(text=_("There is no such receipt."))
        body = _signed(app, *found)
        if "json" in request.query:
            return web.json_response(body)
        return web.Response(text=_page(app, found[0], body), content_type="text/html")


def _signed(app: App, case: Case, signature: bytes, first_link: bytes) -> dict[str, Any]:
    return {
        "office": app.db.office.name,
        "number": case.number,
        "received_at": case.filed_at.isoformat(),
        "signed_text": receipt_text(case, first_link),
        "signature": base64.b64encode(signature).decode(),
        "public_key": base64.b64encode(app.keys.public).decode(),
        "algorithm": "Ed25519",
    }


def _page(app: App, case: Case, body: dict[str, Any]) -> str:
    local = app.db.office.calendar.local(case.filed_at)
    when = f"{phrases.day_words(local.date(), date.min)} {local:%H:%M}"  # with its year: it is shown in later years too
    rows = (
        (_("Office"), body["office"]),
        (_("Number"), body["number"]),
        (_("Received"), when),
        (_("What is signed"), body["signed_text"]),
        (_("Signature (Ed25519, base64)"), body["signature"]),
        (_("Public key (base64)"), body["public_key"]),
    )
    lines = "".join(f"<dt>{html.escape(label)}</dt><dd>{html.escape(str(value))}</dd>" for label, value in rows)
    title = html.escape(_("Receipt {number}", number=case.number))
    why = html.escape(_("The office has received this case. Anyone can check the signature with the public key."))
    return (
        f'<!doctype html><html lang="{app.file.language.replace("_", "-")}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f'<link rel="stylesheet" href="/static/receipt.css"></head><body><main><h1>{title}</h1><p>{why}</p>'
        f"<dl>{lines}</dl>{plain_page.ways_on(app.db.office)}</main></body></html>"
    )
