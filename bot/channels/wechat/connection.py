"""An office's mini program and service account, each where it is set up."""

from __future__ import annotations

from bot.channels.wechat import followers, subscription, templates
from bot.channels.wechat.calling import Account, complete
from bot.channels.wechat.followers import Followers
from bot.channels.wechat.service import Service
from bot.channels.wechat.subscription import Subscription
from bot.channels.wecom.crypto import Crypt
from bot.connected import Connected
from bot.running import Running

MINI, SERVICE = "QINQING_WECHAT_MINI", "QINQING_WECHAT_SERVICE"


def subscription_connected(app: Running) -> Connected | None:
    """What connects an office to its mini program, None without its settings. Raises BadDeclaration."""
    settings = app.settings
    secret, template = settings.wechat_mini_secret.get_secret_value(), settings.wechat_mini_template
    needed = {"APP_ID": settings.wechat_mini_app_id, "SECRET": secret, "TEMPLATE": template}
    page = settings.wechat_mini_page
    if not complete({**_named(MINI, needed), f"{MINI}_PAGE": page}):
        return None
    account = Account(app, "mini", settings.wechat_mini_app_id, secret)
    channel = Subscription(account, templates.declared(template, f"{MINI}_TEMPLATE"), page)
    return Connected(channel, routes=subscription.routes(account, app.db, app.clock.now))


def service_connected(app: Running) -> Connected | None:
    """What connects an office to its service account, None without its settings. Raises BadDeclaration."""
    settings = app.settings
    secret, template = settings.wechat_service_secret.get_secret_value(), settings.wechat_service_template
    token, key = settings.wechat_service_token.get_secret_value(), settings.wechat_service_aes_key.get_secret_value()
    app_id = settings.wechat_service_app_id
    needed = {"APP_ID": app_id, "SECRET": secret, "TEMPLATE": template, "TOKEN": token, "AES_KEY": key}
    if not complete(_named(SERVICE, needed)):
        return None
    account = Account(app, "service", app_id, secret)
    channel = Service(account, templates.declared(template, f"{SERVICE}_TEMPLATE"))
    told = Followers(account, app.db, app.clock.now)
    return Connected(channel, routes=followers.routes(Crypt(token, key, app_id, SERVICE), told))


def _named(begins: str, needed: dict[str, str]) -> dict[str, str]:
    return {f"{begins}_{name}": value for name, value in needed.items()}
