"""What the doctor looks at on Telegram, where a token is set: the bot, how updates come in, the clock, the law."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.channels.telegram.updates import ALLOWED
from bot.commands.asking_telegram import Answer, ask, host_of
from bot.commands.findings import Finding, Look, ok, warning, wrong
from bot.settings import Settings
from handlers.words import _

TOKEN, API, SECRET = "QINQING_TELEGRAM_TOKEN", "QINQING_TELEGRAM_API", "QINQING_TELEGRAM_WEBHOOK_SECRET"
PUBLIC_URL = "QINQING_PUBLIC_URL"
WEBHOOK_PATH = "/telegram/webhook"
#: Where Telegram calls a webhook.
PORTS = (443, 80, 88, 8443)
#: What setWebhook takes as a secret.
A_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
SKEW_SECONDS, TOO_MUCH_SKEW_SECONDS = 5.0, 60.0
MANY_PENDING = 100
REFUSED = (401, 404)


@dataclass(frozen=True, slots=True)
class Told:
    """What the platform says. me: the bot; webhook: how its updates are brought."""

    settings: Settings
    me: Answer
    webhook: Answer

    @property
    def by_webhook(self) -> bool:
        """Whether the office wants its updates brought, and does not ask for them."""
        return bool(self.settings.telegram_webhook_secret.get_secret_value())


def is_set(look: Look) -> bool:
    """Whether the office is to be on Telegram."""
    return bool(look.settings.telegram_token.get_secret_value())


def not_set() -> Finding:
    """Said where there is no token."""
    return ok(_("not set up; {names} opens it", names=TOKEN))


def asked(look: Look) -> Told:
    """Ask the platform; where it does not answer the first question, not the second."""
    me = ask(look.settings, "getMe")
    return Told(look.settings, me, ask(look.settings, "getWebhookInfo") if me.result else Answer(0))


def bot(told: Told) -> Finding:
    """Whether the token is a bot's, and which bot's."""
    if told.me.status in REFUSED:
        return wrong(_("the token is refused"), _("Copy it again from @BotFather, and set {names}.", names=TOKEN))
    username = told.me.result.get("username")
    if not told.me.result:
        found = _("{server} does not answer", server=host_of(told.settings) or API)
        return wrong(
            found, _("Look whether this machine reaches it, or set {names} to a server it reaches.", names=API)
        )
    if not isinstance(username, str) or not username:
        return wrong(_("the bot has no name"), _("Give it a user name at @BotFather: links need it."))
    return ok(f"@{username}")


def privacy(told: Told) -> Finding:
    """Whether the bot is kept from reading what is none of its business in groups."""
    if not told.me.result:
        return _unknown()
    if told.me.result.get("can_read_all_group_messages"):
        return warning(
            _("the bot gets everything that is said in groups"),
            _("Turn its privacy mode on at @BotFather ({how}): it needs commands only.", how="/setprivacy → Enable"),
        )
    return ok(_("on: in groups the bot gets commands only"))


def updates(told: Told) -> Finding:
    """Whether what people write comes in, the way the settings say."""
    info = told.webhook.result
    if not info:
        return _unknown()
    url, ours = str(info.get("url") or ""), told.settings.public_url.rstrip("/") + WEBHOOK_PATH
    if not told.by_webhook:
        return _by_polling(url)
    if url != ours:
        found = _("Telegram brings them to another address") if url else _("Telegram brings them nowhere yet")
        return warning(found, _("The office sets its own at its start; let no other program use this bot."))
    return _brought(info, ours)


def _by_polling(url: str) -> Finding:
    if url:
        found = _("Telegram still brings them to an address")
        return warning(found, _("The office asks for them itself: at its start it takes that address out."))
    return ok(_("the office asks for them"))


def _brought(info: dict[str, Any], ours: str) -> Finding:
    """What the platform says of its bringing."""
    pending, trouble = info.get("pending_update_count") or 0, str(info.get("last_error_message") or "")[:200]
    lacking = set(ALLOWED) - set(info.get("allowed_updates") or ALLOWED)
    if lacking:
        found = _("Telegram does not bring: {names}", names=", ".join(sorted(lacking)))
        return warning(found, _("Start the office again: it asks for all it needs."))
    if trouble and pending:
        found = _("{n} waiting; Telegram says: {words}", n=pending, words=trouble)
        return warning(found, _("Look whether {url} is reached from outside.", url=ours))
    if pending > MANY_PENDING:
        return warning(_("{n} waiting", n=pending), _("Look whether the office runs: they come in when it does."))
    return ok(_("Telegram brings them; {n} waiting", n=pending))


def address(told: Told) -> Finding:
    """Whether Telegram can call the office, where it is to."""
    if not told.by_webhook:
        return ok(_("not needed: the office asks for what is new"))
    if not A_SECRET.fullmatch(told.settings.telegram_webhook_secret.get_secret_value()):
        return wrong(
            _("the secret has characters that Telegram does not take"),
            _("Set {names} to letters, digits, - and _ only, at most 256.", names=SECRET),
        )
    if told.settings.telegram_api:
        return ok(_("as the Bot API server of your own can call it"))
    parts = urlsplit(told.settings.public_url)
    if parts.scheme != "https" or not parts.hostname:
        return wrong(
            _("Telegram calls addresses with {start} only", start="https://"),
            _("Set {names} to such an address, or leave {secret} out.", names=PUBLIC_URL, secret=SECRET),
        )
    if (port := _port(told.settings.public_url)) not in PORTS:
        return wrong(
            _("Telegram does not call port {port}", port=port),
            _("Use one of {ports}, or leave {secret} out.", ports=", ".join(map(str, PORTS)), secret=SECRET),
        )
    return ok(told.settings.public_url)


def _port(url: str) -> int:
    try:
        return urlsplit(url).port or 443
    except ValueError:  # no number, or too large a one
        return 0


def clock(told: Told) -> Finding:
    """Whether this machine's clock goes as Telegram's."""
    ahead = told.me.ahead_seconds
    if ahead is None:
        return _unknown()
    found = _("{n} s apart from Telegram's", n=abs(round(ahead)))
    remedy = _("Set the clocks by a time server: deadlines run by them.")
    if abs(ahead) > TOO_MUCH_SKEW_SECONDS:
        return wrong(found, remedy)
    return warning(found, remedy) if abs(ahead) > SKEW_SECONDS else ok(found)


def abroad(_told: Told) -> Finding:
    """What it means for personal data in an office of mainland China (Personal Information Protection Law, 38–40)."""
    return warning(
        _("its servers are abroad: for a mainland office what people write there leaves the country"),
        _(
            "Use it for trials and for offices outside. In mainland China the Personal Information Protection Law asks "
            "for separate consent and a lawful way across the border, and most owners cannot open Telegram there."
        ),
    )


def _unknown() -> Finding:
    return warning(_("not known: Telegram did not say"), _("Put the token and the connection right first."))
