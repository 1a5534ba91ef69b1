"""What the doctor looks at on WeCom: the settings of its three parts, their secrets, the address, and what is to be
entered in the admin console, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.commands.asking_wecom import NOBODY, ask, host_of
from bot.commands.findings import Finding, Look, ok, warning, wrong
from bot.settings import Settings
from handlers.words import N_, _

PUBLIC_URL = "QINQING_PUBLIC_URL"
CORP_ID = "wecom_corp_id"
NUMBER = re.compile(r"[0-9]{1,15}")
CORP = re.compile(r"[A-Za-z0-9_-]{4,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]{8,128}")
#: https://developer.work.weixin.qq.com/document/path/90930
TOKEN = re.compile(r"[A-Za-z0-9]{1,32}")
AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
KFID = re.compile(r"[A-Za-z0-9_-]{2,64}")

#: What each setting must look like, by the end of its name.
FORMS: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "corp_id": (CORP, N_("letters and digits, such as ww0123456789abcdef")),
        "agent_id": (NUMBER, N_("a number such as 1000002")),
        "secret": (SECRET, N_("the secret as the console shows it")),
        "token": (TOKEN, N_("1 to 32 letters and digits")),
        "aes_key": (AES_KEY, N_("exactly 43 letters and digits")),
        "open_kfid": (KFID, N_("an account's id that begins with wk")),
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of WeCom an office can use. names: its settings; path: what WeCom calls; words: what it is for."""

    name: str
    names: tuple[str, ...]
    path: str
    words: str


#: The parts in the order of the admin console.
PARTS: tuple[Part, ...] = (
    Part(
        "app",
        ("wecom_app_agent_id", "wecom_app_secret", "wecom_app_token", "wecom_app_aes_key"),
        "/wecom/app",
        N_("WeCom: officials in the app"),
    ),
    Part(
        "kefu",
        (
            "wecom_kefu_agent_id",
            "wecom_kefu_secret",
            "wecom_kefu_token",
            "wecom_kefu_aes_key",
            "wecom_kefu_open_kfid",
        ),
        "/wecom/kefu",
        N_("WeCom: owners in WeChat customer service"),
    ),
    Part(
        "contacts",
        ("wecom_contacts_secret", "wecom_contacts_token", "wecom_contacts_aes_key"),
        "/wecom/contacts",
        N_("WeCom: the directory"),
    ),
)

#: What WeCom's answer to a secret means: (what is found, what to do).
REFUSALS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        40001: (
            N_("WeCom refuses the secret"),
            N_("Copy it again from the console. Wrong ones tried often lock this machine out for an hour."),
        ),
        40013: (N_("WeCom does not know the corp id"), N_("Copy it again: My company, at the bottom of the page.")),
        60020: (
            N_("this machine's address is not trusted"),
            N_("Enter it as a trusted IP of the app (step below); it works a minute later."),
        ),
        48002: (N_("the app may not call this"), N_("Give it the right in the console.")),
        50003: (N_("the app is switched off"), N_("Switch it on in the console.")),
        NOBODY: (N_("WeCom does not answer"), N_("Look whether this machine, or its proxy, reaches WeCom.")),
    }
)


def value_of(settings: Settings, name: str) -> str:
    """A setting as plain text."""
    found = getattr(settings, name)
    return found.get_secret_value() if isinstance(found, SecretStr) else str(found)


def variable(name: str) -> str:
    """The environment's name of a setting."""
    return f"QINQING_{name.upper()}"


def wanted(look: Look) -> list[Part]:
    """The parts of which anything is set."""
    return [part for part in PARTS if any(value_of(look.settings, name) for name in part.names)]


def is_set(look: Look) -> bool:
    """Whether anything of WeCom is set."""
    return bool(value_of(look.settings, CORP_ID) or wanted(look))


def not_set() -> Finding:
    """Said where nothing is."""
    return ok(
        _("not set up; {names} opens it", names=f"{variable(CORP_ID)}, QINQING_WECOM_APP_*, QINQING_WECOM_KEFU_*")
    )


def settings_of(look: Look, part: Part) -> Finding:
    """Which settings of a part are missing, or cannot be right; then what WeCom says of its secret."""
    names = (CORP_ID, *part.names)
    missing = [variable(name) for name in names if not value_of(look.settings, name)]
    if len(missing) >= len(part.names):
        return ok(_("not set up; {names} opens it", names=", ".join(map(variable, part.names))))
    if missing:
        return wrong(_("missing: {names}", names=", ".join(missing)), _("Set what is missing, or none of this part."))
    for name in names:
        pattern, form = FORMS[name.removeprefix("wecom_").removeprefix(f"{part.name}_")]
        if not pattern.fullmatch(value_of(look.settings, name)):
            return wrong(_("{name} cannot be right", name=variable(name)), _("It must be {form}.", form=_(form)))
    return _asked(look.settings, part)


def _asked(settings: Settings, part: Part) -> Finding:
    """What WeCom says to the secret, and to a first question asked with it."""
    if not host_of(settings):
        return wrong(_("{name} cannot be right", name=variable("wecom_api")), _("It must be an http address."))
    secret = value_of(settings, f"wecom_{part.name}_secret")
    given = ask(settings, "gettoken", corpid=value_of(settings, CORP_ID), corpsecret=secret)
    token = given.get("access_token")
    if not isinstance(token, str) or not token:
        return _refused(given)
    trusted = ask(settings, "getcallbackip", access_token=token)
    return ok(_("WeCom takes the secret")) if not trusted.get("errcode") else _refused(trusted)


def _refused(answer: dict[str, Any]) -> Finding:
    code = answer.get("errcode")
    found, remedy = REFUSALS.get(code if isinstance(code, int) else NOBODY, ("", ""))
    if not found:
        return wrong(_("WeCom answers with error {code}", code=code), _("Look it up in WeCom's list of errors."))
    return wrong(_(found), _(remedy))


def address(look: Look) -> Finding:
    """Whether WeCom can call the office: it takes an address of a domain that is filed, by https."""
    parts = urlsplit(look.settings.public_url)
    if look.settings.wecom_api and parts.hostname:
        return ok(_("as a WeCom server of your own can call it"))
    if parts.scheme != "https" or not parts.hostname:
        return wrong(
            _("WeCom must reach the office from outside"), _("Set {names} to its https address.", names=PUBLIC_URL)
        )
    if re.fullmatch(r"[0-9.]+|\[?[0-9a-f:]+\]?", parts.hostname):
        return warning(
            look.settings.public_url, _("Pages inside WeCom want a domain that is filed (ICP), not a bare number.")
        )
    return ok(look.settings.public_url)


#: What is entered in the admin console, in its order: (for which part, where, what). {url}: the office; {host}: its
#: domain alone. https://developer.work.weixin.qq.com/document/path/90930, 94638, 90970
STEPS: tuple[tuple[str, str, str], ...] = (
    ("app", N_("App management → your app → Receive messages"), N_("{url}/wecom/app with the app's token and AES key")),
    ("app", N_("the same page → Web authorization and JS-SDK"), N_("trusted domain: {host}")),
    ("app", N_("the same page → Trusted company IPs"), N_("the address this machine, or its proxy, calls from")),
    ("app", N_("the same page → Visible range"), N_("every official; the whole company for app groups")),
    (
        "kefu",
        N_("App management → the app of customer service → Receive messages, Trusted company IPs"),
        N_("{url}/wecom/kefu with its own token and AES key; the same IP"),
    ),
    (
        "kefu",
        N_("App management → WeChat customer service → API"),
        N_("allow that app, and let it manage the account {kfid}"),
    ),
    (
        "contacts",
        N_("Management tools → Directory sync"),
        N_("API on, read only; trusted IP; events to {url}/wecom/contacts with their own token and AES key"),
    ),
)


def steps(look: Look) -> Iterator[tuple[str, Finding]]:
    """What is to be entered in the console for the parts that are set, numbered: (name, where and what)."""
    parts = {part.name for part in wanted(look)}
    url = look.settings.public_url.rstrip("/") or "https://…"
    values = {"url": url, "host": urlsplit(url).netloc, "kfid": look.settings.wecom_kefu_open_kfid or "wk…"}
    for number, (_part, where, what) in enumerate((step for step in STEPS if step[0] in parts), 1):
        yield f"wecom_step_{number}", ok(f"{number}. {_(where)}: {_(what, **values)}")
