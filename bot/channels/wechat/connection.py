"""An office's mini program and service account, each where it is set up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.wechat import followers, subscription, templates
from bot.channels.wechat.calling import Account, complete
from bot.channels.wechat.followers import Followers
from bot.channels.wechat.service import Service
from bot.channels.wechat.subscription import Subscription
from bot.channels.wechat.templates import Template
from bot.channels.wecom.crypto import Crypt
from bot.connected import Connected
from bot.running import Running
from bot.settings import Settings

MINI, SERVICE = "QINQING_WECHAT_MINI", "QINQING_WECHAT_SERVICE"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the settings say of one account. crypt: of the service account, which is told who follows."""

    app_id: str
    secret: str
    template: Template
    crypt: Crypt | None = None


def mini(settings: Settings) -> Declared | None:
    """The mini program, None without its settings. Raises BadDeclaration naming the one that cannot be right."""
    app_id, secret = settings.wechat_mini_app_id, settings.wechat_mini_secret.get_secret_value()
    needed = {"APP_ID": app_id, "SECRET": secret, "TEMPLATE": settings.wechat_mini_template}
    if not complete(_named(MINI, {**needed, "PAGE": settings.wechat_mini_page})):
        return None
    return Declared(app_id, secret, templates.declared(needed["TEMPLATE"], f"{MINI}_TEMPLATE"))


def service(settings: Settings) -> Declared | None:
    """The service account, None without its settings. Raises BadDeclaration naming the one that cannot be right."""
    app_id, secret = settings.wechat_service_app_id, settings.wechat_service_secret.get_secret_value()
    token, key = settings.wechat_service_token.get_secret_value(), settings.wechat_service_aes_key.get_secret_value()
    template = settings.wechat_service_template
    needed = {"APP_ID": app_id, "SECRET": secret, "TEMPLATE": template, "TOKEN": token, "AES_KEY": key}
    if not complete(_named(SERVICE, needed)):
        return None
    declared = templates.declared(template, f"{SERVICE}_TEMPLATE")
    return Declared(app_id, secret, declared, Crypt(token, key, app_id, SERVICE))


def subscription_connected(app: Running) -> Connected | None:
    """What connects an office to its mini program, None without its settings. Raises BadDeclaration."""
    declared = mini(app.settings)
    if declared is None:
        return None
    account = Account(app, "mini", declared.app_id, declared.secret)
    channel = Subscription(account, declared.template, app.settings.wechat_mini_page)
    return Connected(channel, routes=subscription.routes(account, app.db, app.clock.now))


def service_connected(app: Running) -> Connected | None:
    """What connects an office to its service account, None without its settings. Raises BadDeclaration."""
    declared = service(app.settings)
    if declared is None or declared.crypt is None:
        return None
    account = Account(app, "service", declared.app_id, declared.secret)
    told = Followers(account, app.db, app.clock.now)
    return Connected(Service(account, declared.template), routes=followers.routes(declared.crypt, told))


def _named(begins: str, needed: dict[str, str]) -> dict[str, str]:
    return {f"{begins}_{name}": value for name, value in needed.items()}
