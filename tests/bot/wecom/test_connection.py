"""An office in WeCom's app by its settings: all of them, or none, and one line about the first that is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import app as building
from domain.errors import BadDeclaration
from domain.messages import Incoming
from tests.bot import offices
from tests.bot.wecom.app_office import NEEDED, OFFICE, app_office, told
from tests.wecom_sim import WecomSim
from tests.wecom_sim.postman import as_xml


@pytest.mark.parametrize("missing", [name for name in NEEDED if name != "wecom_api"])
def test_a_setting_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    settings = told(WecomSim()) | {missing: SecretStr("") if missing.endswith(("secret", "token", "key")) else ""}
    with pytest.raises(BadDeclaration) as error:
        building.build(offices.settings(tmp_path).model_copy(update=settings), file=OFFICE)
    assert f"QINQING_{missing.upper()}" in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wecom_app_agent_id", "ww12"),
        ("wecom_app_agent_id", "１０００"),
        ("wecom_app_token", SecretStr("with blanks in it")),
        ("wecom_app_aes_key", SecretStr("short")),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_and_not_shown(
    tmp_path: Path, name: str, value: str | SecretStr
) -> None:
    settings = told(WecomSim()) | {name: value}
    with pytest.raises(BadDeclaration) as error:
        building.build(offices.settings(tmp_path).model_copy(update=settings), file=OFFICE)
    assert f"QINQING_{name.upper()}" in str(error.value)
    if isinstance(value, SecretStr):
        assert value.get_secret_value() not in str(error.value)


def test_without_any_of_them_there_is_no_app(tmp_path: Path) -> None:
    assert "wecom" not in building.build(offices.settings(tmp_path), file=OFFICE).channels


async def test_who_was_met_elsewhere_is_greeted_when_they_open_the_app_for_the_first_time(tmp_path: Path) -> None:
    async with app_office(tmp_path) as office:
        office.sim.member("ZhangSan")
        met = Incoming("wecom", "1000002:m1", "ZhangSan", "您好")
        phone = office.sim.member("LiSi")
        await phone.enter()
        await office.app.receive(met)
        await office.quiet()
        assert len(phone.shown) == 1
        assert len(office.sim.member("ZhangSan").shown) == 1
        await office.sim.member("ZhangSan").enter()
        await office.quiet()
        assert len(office.sim.member("ZhangSan").shown) == 1


async def test_an_opening_that_cannot_be_understood_is_set_aside_and_acknowledged(tmp_path: Path) -> None:
    async with app_office(tmp_path) as office:
        fields = {"FromUserName": "@all", "CreateTime": 1, "MsgType": "event", "Event": "enter_agent"}
        told = await office.sim.callbacks.post(office.sim.apps["app"], fields)
        assert told.answers == [200]
        assert b"enter_agent" in as_xml(fields).encode()
