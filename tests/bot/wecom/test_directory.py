"""The directory over the platform's own protocol: imported, told of changes by sealed calls, compared at night."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom import directory as syncing
from bot.channels.wecom import looking
from bot.channels.wecom.calling import Caller
from bot.channels.wecom.looking import Known, Strange, look
from domain.case import Role
from domain.directory import Rule
from handlers import directory as comparisons
from storage import directory, people, roles, units
from storage.transaction import Tx
from tests.bot.platforms import NOON
from tests.bot.wecom.app_office import PATIENCE_SECONDS, AppOffice, app_office
from tests.wecom_sim import WecomSim
from tests.wecom_sim.postman import as_xml

CONTACTS = ("wecom_contacts_secret", "wecom_contacts_token", "wecom_contacts_aes_key")
POWER, SHIFT = 3, 4
FIELDS = ("Event", "ChangeType", "UserID", "NewUserID", "Department", "Id", "CreateTime", "TagId")


@pytest.fixture
def sim() -> WecomSim:
    """A company: 500 members, 60 of them of the power company or its shift, of whom one has the tag 7."""
    made = WecomSim()
    made.departments.names |= {2: "其他部门", POWER: "供电公司", SHIFT: "抢修班"}
    made.departments.parents |= {2: 1, POWER: 1, SHIFT: POWER}
    for n in range(500):
        made.member(f"m{n}", f"成员{n}", departments=[2 if n >= 60 else SHIFT if n >= 30 else POWER])
    made.departments.tags[7] = "管理员"
    made.members["m0"].tags.add(7)
    return made


@pytest.fixture
async def office(tmp_path: Path, sim: WecomSim, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AppOffice]:
    monkeypatch.setattr(syncing, "GATHER_SECONDS", 0.0)
    async with app_office(tmp_path, CONTACTS, sim) as one:
        await one.app.db.write(_rules, one)
        await compared(one)
        yield one


def _rules(tx: Tx, office: AppOffice) -> None:
    power = units.save(tx, "power", "供电公司", "", "", {})
    now = office.app.clock.now()
    somebody = people.create(tx, "zh_CN", now).id
    directory.add_rule(tx, Rule(0, Role.HANDLER, POWER, unit=power, name="供电公司"), somebody, now)
    directory.add_rule(tx, Rule(0, Role.ADMINISTRATOR, tag=7, name="管理员"), somebody, now)


async def until(office: AppOffice, holds: Callable[[Tx], Any]) -> Any:
    """Wait until something holds in the database."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await office.app.db.read(holds)):  # noqa: ASYNC110 - another thread writes
            await asyncio.sleep(0.01)
    return found


async def compared(office: AppOffice) -> None:
    """Have the directory compared now, and wait until it was, or waits for a yes."""
    await office.app.db.write(directory.want)
    await until(office, lambda tx: directory.state(tx).pulled == directory.state(tx).wanted)


async def roles_of(office: AppOffice, userid: str) -> set[Role]:
    def read(tx: Tx) -> set[Role]:
        person = directory.person(tx, userid)
        return {one.role for one in roles.own(tx, person.id, office.app.clock.now()).values()} if person else set()

    return await office.app.db.read(read)


# --- everything -------------------------------------------------------------------------------------------------


async def test_five_hundred_members_come_and_those_the_rules_are_about_have_roles_and_names(office: AppOffice) -> None:
    assert await office.app.db.read(directory.counts) == (4, 500)
    assert await roles_of(office, "m0") == {Role.HANDLER, Role.ADMINISTRATOR}
    assert await roles_of(office, "m59") == {Role.HANDLER}
    assert await roles_of(office, "m60") == set()
    person = await office.app.db.read(directory.person, "m59")
    assert person is not None
    assert person.name == "成员59"
    await office.quiet()
    assert office.sim.member("m59").saw("承办人")
    assert office.sim.member("m60").shown == []


async def test_names_are_asked_of_those_alone_who_matter_and_once(office: AppOffice) -> None:
    assert office.sim.calls["user/get"] == 60
    await compared(office)
    assert office.sim.calls["user/get"] == 60
    assert office.sim.calls["department/get"] == 4


async def test_a_member_the_app_may_not_see_is_called_by_their_userid(office: AppOffice) -> None:
    await office.sim.personnel.hire("neu", name="新人", departments=[POWER], sees={"contacts"})
    await until(office, lambda tx: directory.person(tx, "neu"))
    person = await office.app.db.read(directory.person, "neu")
    assert person is not None
    assert person.name == "neu"


# --- what is told -----------------------------------------------------------------------------------------------


async def test_a_member_who_is_deleted_has_no_rights_when_the_platform_is_thanked(office: AppOffice) -> None:
    told = await office.sim.personnel.leave("m1")
    assert told is not None
    assert told.accepted
    assert await roles_of(office, "m1") == set()
    assert not await office.app.db.read(_reachable, "m1")


def _reachable(tx: Tx, userid: str) -> bool:
    found = people.find(tx, "wecom", userid)
    assert found is not None
    return found[0].reachable


async def test_copies_of_calls_in_another_order_come_to_the_same(office: AppOffice) -> None:
    office.sim.callbacks.copies = 3
    office.sim.callbacks.hold()
    personnel = office.sim.personnel
    await personnel.hire("neu", name="新人", departments=[POWER])
    await personnel.change("neu", departments=[2])
    await personnel.change("m2", departments=[2])
    await personnel.leave("m1")
    await office.sim.callbacks.release("shuffled", seed=3)
    await compared(office)
    assert [await roles_of(office, one) for one in ("neu", "m1", "m2")] == [set(), set(), set()]
    assert await office.app.db.read(directory.counts) == (4, 500)
    assert office.sim.complaints == []


async def test_another_userid_is_the_same_person(office: AppOffice) -> None:
    before = await office.app.db.read(directory.person, "m3")
    await office.sim.personnel.change("m3", new_userid="zhang.san", name="张三")
    await compared(office)
    after = await office.app.db.read(directory.person, "zhang.san")
    assert before is not None
    assert after is not None
    assert (after.id, after.name) == (before.id, "张三")
    assert await roles_of(office, "zhang.san") == {Role.HANDLER}


async def test_a_tag_that_is_taken_takes_the_role(office: AppOffice) -> None:
    await office.sim.personnel.tag(7, "管理员", "m0", "m4")
    await compared(office)
    assert Role.ADMINISTRATOR in await roles_of(office, "m4")
    await office.sim.personnel.tag(7, "管理员", "m0")
    await compared(office)
    assert await roles_of(office, "m4") == {Role.HANDLER}


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))))
def test_whatever_a_call_says_is_a_change_within_bounds_or_none(fields: dict[str, str]) -> None:
    xml = as_xml({"Event": "change_contact", **fields}).encode()
    found = syncing.change_of(xml)
    if fields.get("Event", "change_contact").lower() != "change_contact":
        assert found is None
        return
    assert found is not None
    key, change = found
    assert len(key) <= 128
    assert len(change.userid) <= 64
    assert all(0 < one < 10**18 for one in change.departments)
    assert syncing.change_of(xml) == found


def test_two_changes_of_one_second_are_two_and_two_copies_are_one() -> None:
    told = {"Event": "change_contact", "ChangeType": "delete_user", "CreateTime": 1790000000, "FromUserName": "sys"}
    first, second = (as_xml({**told, "UserID": userid}).encode() for userid in ("a", "b"))
    keys = [found[0] for one in (first, second, first) if (found := syncing.change_of(one))]
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize("xml", [b"", b"<xml>", b"<!DOCTYPE x><xml/>", b"<xml><Event>kf_msg_or_event</Event></xml>"])
def test_what_is_no_change_of_the_directory_is_none(xml: bytes) -> None:
    assert syncing.change_of(xml) is None


async def test_the_address_of_the_callback_passes_the_console_s_check(office: AppOffice) -> None:
    assert await office.sim.verify_url("contacts") == ""


# --- the night, and what can go wrong ---------------------------------------------------------------------------


async def test_the_night_finds_who_left_unheard(office: AppOffice) -> None:
    await office.sim.personnel.leave("m5", tell=False)
    assert await roles_of(office, "m5") == {Role.HANDLER}
    assert await office.app.db.write(comparisons.nightly, office.app.clock.now()) == 1
    await until(office, lambda tx: directory.state(tx).pulled == directory.state(tx).wanted)
    assert await roles_of(office, "m5") == set()
    assert await roles_of(office, "m6") == {Role.HANDLER}


async def test_half_an_answer_takes_nobodys_rights(office: AppOffice) -> None:
    rows = [{"userid": f"m{n}", "department": 2} for n in range(200)]
    office.sim.faults.once("user/list_id", more={"dept_user": rows, "next_cursor": ""})
    await compared(office)
    assert (await office.app.db.read(directory.state)).state.held > 300
    assert await roles_of(office, "m59") == {Role.HANDLER}
    await office.quiet()
    assert office.sim.member("m0").saw("同时失去这里的权限")
    await compared(office)
    assert (await office.app.db.read(directory.state)).state.held == 0


@pytest.mark.parametrize("api", ["user/list_id", "department/simplelist", "tag/list", "tag/get", "user/get"])
async def test_an_error_in_the_middle_changes_nothing_and_is_told_and_made_good(office: AppOffice, api: str) -> None:
    await office.sim.personnel.leave("m5", tell=False)
    await office.sim.personnel.hire("neu", name="新人", departments=[POWER], tell=False)
    office.sim.faults.always(api, errcode=45009)
    await office.app.db.write(directory.want)
    await until(office, lambda tx: directory.state(tx).state.trouble)
    assert await roles_of(office, "m5") == {Role.HANDLER}
    assert await roles_of(office, "neu") == set()
    office.sim.faults.heal(api)
    await compared(office)
    assert await roles_of(office, "m5") == set()
    assert await roles_of(office, "neu") == {Role.HANDLER}
    assert not (await office.app.db.read(directory.state)).state.trouble


class Answering(Caller):
    """A platform whose answers are given."""

    def __init__(self, **answers: dict[str, Any]) -> None:
        super().__init__("http://platform.invalid", None)
        self._answers = answers

    async def call(self, path: str, *_fields: Any, **_query: Any) -> dict[str, Any]:
        return self._answers[path.replace("/", "_")]


GOOD: dict[str, dict[str, Any]] = {
    "user_list_id": {"dept_user": [{"userid": "a", "department": 1}]},
    "department_simplelist": {"department_id": [{"id": 1, "parentid": 0}]},
    "department_get": {"department": {"id": 1, "name": "县"}},
    "tag_list": {"taglist": []},
    "user_get": {"name": "甲"},
}


@pytest.mark.parametrize(
    ("api", "answer"),
    [
        ("user_list_id", {"dept_user": "none"}),
        ("user_list_id", {"dept_user": [["a", 1]]}),
        ("user_list_id", {"dept_user": [{"userid": 7, "department": 1}]}),
        ("user_list_id", {"dept_user": [{"userid": "a" * 65, "department": 1}]}),
        ("user_list_id", {"dept_user": [{"userid": "a", "department": "1"}]}),
        ("user_list_id", {"dept_user": [{"userid": "a", "department": True}]}),
        ("user_list_id", {"dept_user": [], "next_cursor": "again"}),
        ("user_list_id", {"dept_user": [], "next_cursor": 7}),
        ("department_simplelist", {"department_id": []}),
        ("department_simplelist", {"department_id": [{"id": 2**80, "parentid": 0}]}),
        ("tag_list", {"taglist": [{"tagid": -1, "tagname": "x"}]}),
    ],
)
async def test_an_answer_of_another_form_is_no_directory(
    api: str, answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_PAGES", 3)
    nothing = Known(1, None, {}, {}, {}, ())
    whole = Answering(**GOOD)
    assert (await look(whole, whole, nothing, NOON)).members == {"a": (1,)}
    strange = Answering(**{**GOOD, api: answer})
    with pytest.raises(Strange):
        await look(strange, strange, nothing, NOON)


async def test_without_its_settings_the_directory_is_off_and_says_which_are_missing(tmp_path: Path) -> None:
    async with app_office(tmp_path) as office:
        kept = (await office.app.db.read(directory.state)).state
        assert not kept.on
        assert kept.missing == tuple(f"QINQING_{name.upper()}" for name in CONTACTS)
        assert office.sim.calls["user/list_id"] == 0
