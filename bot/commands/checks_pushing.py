"""What the doctor looks at on the doors that only push: the mini program, the service account, the SMS gateway.

Nothing is sent to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.channels import sms
from bot.channels.wechat import connection
from bot.channels.wechat.connection import Declared
from bot.channels.wechat.followers import PATH as FOLLOWERS
from bot.channels.wechat.subscription import PATH as SUBSCRIBED
from bot.commands import asking_pushing
from bot.commands.asking_pushing import NOBODY, Reached
from bot.commands.checks_telegram import SKEW_SECONDS, TOO_MUCH_SKEW_SECONDS
from bot.commands.findings import Finding, Look, ok, warning, wrong
from bot.settings import Settings
from domain.errors import BadDeclaration
from handlers.words import N_, _, of_error

PUBLIC_URL = "QINQING_PUBLIC_URL"
HERE = ("localhost", "127.0.0.1", "::1")
REDIRECTED, BROKEN = range(300, 400), 500

#: Name in `--json`, name on the table, its settings, what they declare, and the path that is called at the office.
ACCOUNTS: tuple[tuple[str, str, str, Callable[[Settings], Declared | None], str], ...] = (
    ("wechat_mini", N_("WeChat: mini program"), "QINQING_WECHAT_MINI_*", connection.mini, SUBSCRIBED),
    ("wechat_service", N_("WeChat: service account"), "QINQING_WECHAT_SERVICE_*", connection.service, FOLLOWERS),
)
#: What WeChat's answer to a secret means: (what is found, what to do).
REFUSALS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        40001: (N_("WeChat refuses the secret"), N_("Copy it again from the account's console.")),
        40125: (N_("WeChat refuses the secret"), N_("Copy it again from the account's console.")),
        40013: (N_("WeChat does not know the app id"), N_("Copy it again from the account's console.")),
        40164: (
            N_("this machine's address is not on the account's list"),
            N_("Enter the address this machine calls from in the account's console: IP 白名单 (IP whitelist)."),
        ),
        NOBODY: (N_("WeChat does not answer"), N_("Look whether this machine reaches it.")),
    }
)


def findings(look: Look) -> Iterator[tuple[str, str, Finding]]:
    """Name in `--json`, name on the table, and what was found, of each door."""
    for name, label, names, declared, path in ACCOUNTS:
        yield from _of_account(look, name, label, names, declared, path)
    yield from _of_gateway(look)


# --- accounts of WeChat -------------------------------------------------------------------------------------------


def _of_account(
    look: Look, name: str, label: str, names: str, declared: Callable[[Settings], Declared | None], path: str
) -> Iterator[tuple[str, str, Finding]]:
    try:
        account = declared(look.settings)
    except BadDeclaration as error:
        yield name, label, _not_right(error)
        return
    if account is None:
        yield name, label, ok(_("not set up; {names} opens it", names=names))
        return
    yield name, label, _secret(look.settings, account)
    yield f"{name}_address", label, _called_at(look.settings, path)


def _secret(settings: Settings, account: Declared) -> Finding:
    """What WeChat says to the secret."""
    answer = asking_pushing.token(settings, account.app_id, account.secret)
    if isinstance(answer.get("access_token"), str) and answer["access_token"]:
        return ok(_("WeChat takes the secret"))
    code = answer.get("errcode")
    found, remedy = REFUSALS.get(code if isinstance(code, int) else NOBODY, ("", ""))
    if not found:
        return wrong(_("WeChat answers with error {code}", code=code), _("Look it up in WeChat's list of errors."))
    return wrong(_(found), _(remedy))


def _called_at(settings: Settings, path: str) -> Finding:
    """Whether phones and WeChat can call the office: by https alone."""
    parts = urlsplit(settings.public_url)
    if parts.hostname and (parts.scheme == "https" or settings.wechat_api):
        return ok(f"{settings.public_url.rstrip('/')}{path}")
    return wrong(_("WeChat calls addresses with https alone"), _("Set {names} to its https address.", names=PUBLIC_URL))


# --- text messages ------------------------------------------------------------------------------------------------


def _of_gateway(look: Look) -> Iterator[tuple[str, str, Finding]]:
    label = N_("text messages")
    try:
        gateway = sms.declared(look.settings)
    except BadDeclaration as error:
        yield "sms", label, _not_right(error)
        return
    if gateway is None:
        yield "sms", label, ok(_("not set up; {names} opens it", names="QINQING_SMS_URL, QINQING_SMS_SECRET"))
        return
    reached = asking_pushing.gateway(gateway[0])
    yield "sms", label, _there(reached)
    yield "sms_tls", N_("text messages: on the way"), _on_the_way(gateway[0], reached)
    yield "sms_clock", N_("text messages: clock"), _clock(reached)


def _there(reached: Reached) -> Finding:
    """Whether somebody is at the address; what it says to a knock without a message is its own affair."""
    if not reached.status:
        remedy = _("Look whether this machine reaches it, and whether {names} is its address.", names="QINQING_SMS_URL")
        return wrong(_("the SMS gateway does not answer"), remedy)
    if reached.status in REDIRECTED:
        found = _("the SMS gateway sends on to another address (status {code})", code=reached.status)
        return wrong(found, _("Set {names} to that address: nothing is sent on.", names="QINQING_SMS_URL"))
    if reached.status >= BROKEN and reached.status != 501:  # 501: no HEAD there
        found = _("the SMS gateway is there and in trouble (status {code})", code=reached.status)
        return warning(found, _("Ask whoever runs it."))
    return ok(_("the SMS gateway is there; no message was sent"))


def _on_the_way(url: str, reached: Reached) -> Finding:
    parts = urlsplit(url)
    if reached.untrusted:
        remedy = _("It must be valid, for this name, and from an authority this machine knows.")
        return wrong(_("the certificate of the SMS gateway is not good"), remedy)
    if parts.scheme == "https":
        return ok(_("encrypted")) if reached.status else _unknown()
    if parts.hostname in HERE:
        return ok(_("within this machine"))
    found = _("not encrypted: numbers and texts can be read on the way")
    return warning(found, _("Use https, unless nobody else is on the line between the two."))


def _clock(reached: Reached) -> Finding:
    """Whether this machine's clock goes as the gateway's."""
    if reached.ahead_seconds is None:
        return ok(_("the SMS gateway names no time")) if reached.status else _unknown()
    found = _("{n} s apart from the SMS gateway's", n=abs(round(reached.ahead_seconds)))
    remedy = _("Set the clocks by a time server: deadlines run by them.")
    if abs(reached.ahead_seconds) > TOO_MUCH_SKEW_SECONDS:
        return wrong(found, remedy)
    return warning(found, remedy) if abs(reached.ahead_seconds) > SKEW_SECONDS else ok(found)


def _not_right(error: BadDeclaration) -> Finding:
    return wrong(of_error(error), _("The office does not start like this. Set it right, or leave this door out."))


def _unknown() -> Finding:
    return warning(_("not known: the SMS gateway did not answer"), _("Put the connection right first."))
