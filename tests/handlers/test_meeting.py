"""Requests taken at a meeting, from the dispatcher's chair: whose they are, and who sees the list."""

from domain.case import Role
from storage import cases
from tests.handlers.conftest import POWER
from tests.people import Official, Town, words

MEETING = "三月早茶会"


def taken(desk: Official, who: str, what: str, unit: str, *between: str) -> None:
    """One request of a meeting, taken and dispatched."""
    for said in ("/meeting", MEETING, who, *between, what):
        desk.say(said)
    desk.tap(unit)
    desk.tap("没有了")


def test_a_meetings_list_shows_nobody_a_case_they_may_not_see(town: Town, desk: Official, handler: Official) -> None:
    taken(desk, "老张", "货车进不来", "住建局", "13800000009")
    taken(desk, "老李", "变压器要增容", POWER, "13800000008")
    administrator = town.official("小于", Role.ADMINISTRATOR)

    for official, seen in ((administrator, []), (handler, ["变压器要增容"]), (desk, ["货车进不来", "变压器要增容"])):
        official.say(f"/occasion {MEETING}")
        listed = words(official.last)
        assert [what for what in ("货车进不来", "变压器要增容") if what in listed] == seen


def test_at_a_meeting_an_owner_is_found_by_the_phone_as_people_write_it(town: Town, desk: Official) -> None:
    owner = town.owner("赵启明", enterprise="启明印章厂", phone="+8613800000002")
    for said in ("/meeting", MEETING, "138 0000 0002"):
        desk.say(said)
    desk.tap("启明印章厂")
    desk.say("变压器要增容")

    assert [case.owner for case in town.read(cases.of_occasion, MEETING)] == [owner.id]


def test_at_a_meeting_another_name_after_going_back_is_looked_up_anew(town: Town, desk: Official) -> None:
    town.owner("赵启明", enterprise="启明印章厂")
    for said in ("/meeting", MEETING, "老张", "返回", "启明"):
        desk.say(said)

    assert desk.offers("启明印章厂")


def test_leaving_a_meeting_does_not_say_that_nothing_was_submitted(town: Town, desk: Official) -> None:
    for said in ("/meeting", MEETING, "老张", "13800000009", "货车进不来", "算了"):
        desk.say(said)

    assert len(town.read(cases.of_occasion, MEETING)) == 1
    assert "没有提交" not in desk.heard("先放下了").text
