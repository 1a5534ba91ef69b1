"""Customer service is there where it is set up; what is missing is said by name; other calls change nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import app as building
from bot.channels.kefu import connection
from bot.channels.wecom.crypto import Crypt
from domain.errors import BadDeclaration
from storage import pulls
from tests.bot import offices
from tests.bot.kefu.offices import NEEDED, OFFICE, KefuOffice, kefu_office, told
from tests.wecom_sim import WecomSim
from tests.wecom_sim.consoles import OPEN_KFID


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[KefuOffice]:
    async with kefu_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []


@pytest.mark.parametrize("missing", [name for name in NEEDED if name != "wecom_api"])
async def test_what_is_missing_is_said_by_its_name(tmp_path: Path, missing: str) -> None:
    known = told(WecomSim())
    empty = SecretStr("") if isinstance(known[missing], SecretStr) else ""
    settings = offices.settings(tmp_path).model_copy(update={**known, missing: empty})
    with pytest.raises(BadDeclaration, match=f"QINQING_{missing.upper()}"):
        building.build(settings, file=OFFICE)


async def test_an_id_that_can_be_none_is_refused(tmp_path: Path) -> None:
    update = {**told(WecomSim()), "wecom_kefu_open_kfid": "wk 1/2"}
    with pytest.raises(BadDeclaration, match="OPEN_KFID"):
        building.build(offices.settings(tmp_path).model_copy(update=update), file=OFFICE)


async def test_without_its_settings_it_is_not_there(tmp_path: Path) -> None:
    assert "kefu" not in building.build(offices.settings(tmp_path), file=OFFICE).channels


async def test_the_address_passes_the_platforms_check(office: KefuOffice) -> None:
    assert await office.sim.verify_url("kefu") == ""


async def test_where_the_chat_opens_is_asked_once_and_known_to_the_office(office: KefuOffice) -> None:
    await office.sim.until(lambda: office.app.db.office.kefu)
    assert OPEN_KFID in office.app.db.office.kefu
    known: list[str] = []

    async def hear(link: str) -> None:
        known.append(link)

    caller = connection._caller(office.app)
    again = connection.entrance(caller, OPEN_KFID, office.app.db, hear)
    await again.start()
    await office.sim.until(lambda: known)
    await again.close()
    await caller.close()
    assert known == [office.app.db.office.kefu]
    assert office.sim.calls["kf/add_contact_way"] == 1


@pytest.mark.parametrize(
    "xml",
    [
        "<xml><Event><![CDATA[kf_msg_or_event]]></Event><OpenKfId>wkOther</OpenKfId></xml>",
        f"<xml><Event>change_contact</Event><OpenKfId>{OPEN_KFID}</OpenKfId></xml>",
        "<xml/>",
        "no xml",
    ],
)
async def test_signed_calls_about_something_else_change_nothing(office: KefuOffice, xml: str) -> None:
    assert await _called(office, xml) == 200
    noted = await office.app.db.read(pulls.look, OPEN_KFID)
    assert (noted.wanted, noted.token) == (0, "")


async def test_a_token_that_is_too_long_is_not_kept(office: KefuOffice) -> None:
    token = "T" * 129
    xml = f"<xml><Event>kf_msg_or_event</Event><OpenKfId>{OPEN_KFID}</OpenKfId><Token>{token}</Token></xml>"
    assert await _called(office, xml) == 200
    await office.quiet()
    assert (await office.app.db.read(pulls.look, OPEN_KFID)).token == ""


async def _called(office: KefuOffice, xml: str) -> int:
    """The platform's call with this inside; returns the status it is answered with."""
    app = office.sim.apps["kefu"]
    crypt = Crypt(app.token, app.aes_key, app.corp_id)
    sealed = crypt.encrypt(xml.encode())
    query = {"timestamp": "1790000000", "nonce": "n1", "msg_signature": crypt.signature("1790000000", "n1", sealed)}
    body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    url = office.running.url("/wecom/kefu")
    async with office.running.http.post(url, params=query, data=body) as answer:
        return answer.status
