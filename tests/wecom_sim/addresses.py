"""Where callbacks come from and which addresses are called (sheet 1.1): lists an administrator lets through."""

from __future__ import annotations

from tests.wecom_sim.state import World
from tests.wecom_sim.things import Api, Call, Json

EVERYBODY = ("app", "kefu", "contacts")


def ip_list(_world: World, _call: Call) -> Json:
    """getcallbackip and get_api_domain_ip: this very machine."""
    return {"ip_list": ["127.0.0.1"]}


APIS = {name: Api(ip_list, "GET", apps=EVERYBODY) for name in ("getcallbackip", "get_api_domain_ip")}
