"""How the platform is set up when it starts: one corp with two apps and contact sync, and the doors beside it."""

from __future__ import annotations

import hashlib

from tests.wecom_sim.state import World
from tests.wecom_sim.things import CORP_ID, App, Group, KfAccount

OPEN_KFID = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"
ROBOT_KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
MINI_TEMPLATE, SERVICE_TEMPLATE = "tmpl-mini-progress", "tmpl-service-progress"
MINI_ID, SERVICE_ID = "wx1111aaaa2222bbbb", "wx3333cccc4444dddd"
#: Where each is told, below the office's address.
PATHS = {"app": "/wecom/app", "kefu": "/wecom/kefu", "contacts": "/wecom/contacts", "service": "/wechat/service"}
#: agent id, kind.
APPS = {
    "app": (1000002, CORP_ID, "wecom"),
    "kefu": (1000003, CORP_ID, "wecom"),
    "contacts": (0, CORP_ID, "wecom"),
    "mini": (0, MINI_ID, "wechat"),
    "service": (0, SERVICE_ID, "wechat"),
}


def _secret(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:43]


def furnish(world: World) -> None:
    """Make the apps, one customer service account and one robot; nobody is there yet."""
    for name, (agent_id, corp_id, kind) in APPS.items():
        secret, token, key = _secret(f"{name} secret"), _secret(f"{name} token")[:24], _secret(f"{name} key")
        world.apps[name] = App(name, agent_id, corp_id, secret, token, key, kind=kind)
    world.kf_accounts[OPEN_KFID] = KfAccount(OPEN_KFID)
    world.robots[ROBOT_KEY] = Group("robot group")
    world.templates = {"mini": {MINI_TEMPLATE}, "service": {SERVICE_TEMPLATE}}


def settings(world: World, url: str) -> dict[str, str]:
    """What an office is told in its environment to work with this platform, by its address."""
    app, kefu, contacts, mini, service = (world.apps[name] for name in APPS)
    told = {
        "WECOM_API": url,
        "WECOM_CORP_ID": app.corp_id,
        "WECOM_KEFU_OPEN_KFID": OPEN_KFID,
        "WECHAT_API": url,
        "WECHAT_MINI_APP_ID": mini.corp_id,
        "WECHAT_MINI_SECRET": mini.secret,
        "WECHAT_MINI_TEMPLATE": MINI_TEMPLATE,
        "WECHAT_MINI_PAGE": "pages/index",
        "WECHAT_SERVICE_APP_ID": service.corp_id,
        "WECHAT_SERVICE_SECRET": service.secret,
        "WECHAT_SERVICE_TEMPLATE": SERVICE_TEMPLATE,
        "WECHAT_SERVICE_TOKEN": service.token,
        "WECHAT_SERVICE_AES_KEY": service.aes_key,
        "SMS_URL": f"{url}/sms",
        "SMS_SECRET": world.sms_secret,
    }
    for one in (app, kefu, contacts):
        begins = f"WECOM_{one.name.upper()}_"
        told |= {f"{begins}SECRET": one.secret, f"{begins}TOKEN": one.token, f"{begins}AES_KEY": one.aes_key}
        if one.agent_id:
            told[f"{begins}AGENT_ID"] = str(one.agent_id)
    return {f"QINQING_{name}": value for name, value in told.items()}
