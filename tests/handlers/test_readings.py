"""Who has read a case: written down for every official, asked for by its owner."""

from domain.case import Role
from handlers.readings import GRAIN
from storage import people, readings
from storage.readings import Reading
from tests.people import Official, Owner, Town, words


def kept(town: Town, number: str) -> list[Reading]:
    return town.read(readings.of_case, town.case(number).id)


def asked(owner: Owner, number: str) -> str:
    """What the owner hears who asks, from their story, who has read it."""
    owner.card(number)
    owner.tap("办理经过")
    owner.tap("谁查看过")
    return words(owner.last)


def test_the_owner_hears_role_unit_and_time_of_every_reading_and_no_name(
    town: Town, owner: Owner, signed: str, handler: Official
) -> None:
    handler.card(signed)
    handler.tap("办理经过")
    said = asked(owner, signed)
    assert "供电公司" in said
    assert "承办人" in said
    assert "2 次" in said
    assert "09:30" in said
    assert "郑凯" not in said


def test_looking_again_within_minutes_is_one_reading_and_later_another(town: Town, number: str, desk: Official) -> None:
    for _time in range(3):
        desk.card(number)
    assert [one.how for one in kept(town, number)] == ["card"]
    town.sleep(hours=GRAIN.total_seconds() / 3600 + 0.01)
    desk.card(number)
    assert [one.how for one in kept(town, number)] == ["card", "card"]


def test_the_owners_own_reading_is_not_written_down(town: Town, owner: Owner, number: str) -> None:
    assert "还没有人打开过" in asked(owner, number)
    assert kept(town, number) == []


def test_an_official_who_owns_the_case_reads_it_as_its_owner(town: Town) -> None:
    both = town.owner("周宁")
    town.write(people.give_role, both.id, Role.DISPATCHER, town.now)
    number = both.file("门口的路灯坏了")
    both.card(number)
    assert kept(town, number) == []


def test_story_day_reckoning_and_phone_call_are_readings_too(
    town: Town, answered: str, owner: Owner, desk: Official
) -> None:
    case = town.case(answered).id
    for press in (f"f:story:{case}", f"f:why:{case}", f"f:call:{case}"):
        desk.press(press)
    assert {one.how for one in kept(town, answered)} >= {"story", "why", "call"}


def test_whoever_may_not_see_the_case_learns_nothing_of_its_readers(
    town: Town, number: str, desk: Official, handler: Official
) -> None:
    desk.card(number)
    case = town.case(number).id
    stranger = town.owner("别人")
    for person in (stranger, handler):
        person.press(f"f:readers:{case}")
        assert "优化办" not in person.last.text.replace(town.db.office.name, "")
        assert "派单员" not in person.last.text
    assert kept(town, number)[0].person == desk.id
    assert {one.person for one in kept(town, number)} == {desk.id}


def test_a_dispatcher_may_not_ask_who_read_it_and_a_supervisor_hears_names(
    town: Town, owner: Owner, number: str, desk: Official
) -> None:
    desk.card(number)
    desk.press(f"f:readers:{town.case(number).id}")
    assert "陈岚" not in desk.last.text
    supervisor = town.official("梁静", Role.SUPERVISOR)
    supervisor.press(f"f:readers:{town.case(number).id}")
    assert "陈岚" in supervisor.last.text


def test_a_long_list_goes_on_behind_a_button(town: Town, owner: Owner, number: str, desk: Official) -> None:
    for _day in range(14):
        town.sleep(days=1)
        desk.card(number)
    first = asked(owner, number)
    owner.tap("更早的")
    assert first.count("派单员") == 12
    assert words(owner.last).count("派单员") == 2
    for nonsense in (".+99999", ".-1", ".²", "." + "9" * 40, "..", ".+9999"):
        owner.press(f"f:readers:{town.case(number).id}{nonsense}")
        assert "谁查看过" in owner.last.title


def test_who_has_read_it_may_be_asked_in_words(town: Town, owner: Owner, number: str, desk: Official) -> None:
    desk.card(number)
    owner.say("隐私")
    owner.tap("谁查看过")
    owner.heard(f"谁查看过 {number}")
    owner.say("谁看过我的件")
    assert "派单员" in words(owner.heard(f"谁查看过 {number}"))


def test_of_several_cases_the_owner_says_which(town: Town, owner: Owner, number: str) -> None:
    other = owner.file("门口的垃圾三天没人清")
    owner.say("谁看过？")
    owner.tap(other)
    owner.heard(f"谁查看过 {other}")


def test_who_has_no_case_is_told_so(town: Town) -> None:
    stranger = town.owner("赵启明")
    stranger.say("谁看过")
    stranger.heard("还没有")
