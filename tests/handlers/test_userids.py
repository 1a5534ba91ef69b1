"""Names of WeCom's members that are changed or handed on: whoever has another's name has none of their rights."""

from __future__ import annotations

import pytest

from domain.case import Role
from handlers.confirmations import CUSTOMERS
from storage import directory, groups, people
from tests.handlers.directory_chairs import OFFICE, POWER_DEPARTMENT, TREE, WeCom, admin, wecom

__all__ = ["admin", "wecom"]


def test_a_userid_given_to_somebody_else_is_somebody_else(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    first = wecom.town.read(people.find, "wecom", "li")
    wecom.tells("delete_user", "li")
    wecom.tells("create_user", "li", departments=(OFFICE,))
    wecom.hire("li", "李新", OFFICE)
    wecom.compare()
    now = wecom.town.read(directory.person, "li")
    assert first is not None
    assert first[1] is not None
    assert now is not None
    assert now.id != first[1].id
    assert now.name == "李新"
    assert wecom.roles_of("li") == {Role.DISPATCHER}


def test_another_userid_is_the_same_person_with_the_same_roles(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    before = wecom.town.read(directory.person, "li")
    wecom.tells("update_user", "li", new_userid="li.ban")
    wecom.members["li.ban"], wecom.names["li.ban"] = wecom.members.pop("li"), wecom.names.pop("li")
    wecom.compare()
    assert wecom.town.read(directory.person, "li.ban") == before
    assert wecom.roles_of("li.ban") == {Role.DISPATCHER}
    assert wecom.town.read(directory.counts) == (len(TREE), 1)


def _renamed_in_a_chain(wecom: WeCom, *calls: tuple[str, str], compared_between: bool = False) -> tuple[int, int]:
    """Li gets the userid that Zhang had, who has another now; returns who the two were before."""
    wecom.rule(Role.DISPATCHER, OFFICE)
    wecom.rule(Role.HANDLER, POWER_DEPARTMENT, unit="gongdian")
    wecom.hire("li", "李办", OFFICE)
    wecom.hire("zhang", "张电", POWER_DEPARTMENT)
    wecom.compare()
    li, zhang = (wecom.town.read(directory.person, userid) for userid in ("li", "zhang"))
    assert li is not None
    assert zhang is not None
    wecom.hire("zhang.dian", "张电", POWER_DEPARTMENT)
    wecom.hire("zhang", "李办", OFFICE)
    del wecom.members["li"], wecom.names["li"]
    for old, new in calls:
        wecom.tells("update_user", old, new_userid=new)
        if compared_between:
            wecom.compare()
    return li.id, zhang.id


@pytest.mark.parametrize("compared_between", [False, True])
def test_userids_that_are_handed_on_make_nobody_somebody_else_in_whatever_order_it_is_told(
    wecom: WeCom, compared_between: bool
) -> None:
    calls = [("li", "zhang"), ("zhang", "zhang.dian")]
    li, zhang = _renamed_in_a_chain(wecom, *calls, compared_between=compared_between)
    wecom.compare()
    found = [wecom.town.read(directory.person, userid) for userid in ("zhang", "zhang.dian")]
    assert [one.id for one in found if one] == [li, zhang]
    assert wecom.roles_of("zhang") == {Role.DISPATCHER}
    assert wecom.roles_of("zhang.dian") == {Role.HANDLER}


def test_the_customer_groups_of_a_colleague_are_still_theirs_under_another_name(wecom: WeCom) -> None:
    wecom.hire("li", "李办", OFFICE)
    wecom.compare()
    door = wecom.town.write(groups.open_door, CUSTOMERS, "li", wecom.town.now)
    wecom.tells("update_user", "li", new_userid="li.ban")
    found = wecom.town.read(people.find, CUSTOMERS, "li.ban")
    assert found is not None
    assert found[0].id == door.id
    assert wecom.town.read(people.find, CUSTOMERS, "li") is None


def test_whoever_s_userid_went_to_somebody_else_and_who_got_none_has_no_rights(wecom: WeCom) -> None:
    li, zhang = _renamed_in_a_chain(wecom, ("li", "zhang"))
    assert wecom.roles_of("zhang") == {Role.DISPATCHER}, "at once, before anything is compared"
    del wecom.members["zhang.dian"]
    wecom.compare()
    assert wecom.town.read(people.holdings, zhang, wecom.town.now) == ()
    assert [one.role for one in wecom.town.read(people.holdings, li, wecom.town.now)] == [Role.DISPATCHER]


def test_a_leaver_of_whom_is_told_late_takes_no_rights_from_who_has_their_userid_now(wecom: WeCom) -> None:
    li, zhang = _renamed_in_a_chain(wecom, ("li", "zhang"))
    wecom.tells("delete_user", "zhang")
    assert wecom.town.read(people.holdings, zhang, wecom.town.now) == ()
    assert [one.role for one in wecom.town.read(people.holdings, li, wecom.town.now)] == [Role.DISPATCHER]
    assert wecom.roles_of("zhang") == {Role.DISPATCHER}


def test_the_longest_userid_is_handed_on_too(wecom: WeCom) -> None:
    wecom.rule(Role.DISPATCHER, OFFICE)
    for userid, name in (("l" * 64, "李办"), ("z" * 64, "张办")):
        wecom.hire(userid, name, OFFICE)
    wecom.compare()
    zhang = wecom.town.read(directory.person, "z" * 64)
    wecom.tells("update_user", "l" * 64, new_userid="z" * 64)
    wecom.tells("update_user", "z" * 64, new_userid="zhang")
    assert wecom.town.read(directory.person, "zhang") == zhang
