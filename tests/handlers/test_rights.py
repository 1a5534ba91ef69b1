"""Every conversation against every role, from the chair: what is offered, what is refused, what is learned."""

import pytest

from domain.case import OFFICIAL_ROLES, Role
from handlers import menus
from handlers.flows.office import LANGUAGE_NAMES
from handlers.registry import FLOWS
from storage import people
from tests.people import Official, Person, Town, words

R = Role
UNIT, OFFICE = frozenset({R.HANDLER, R.LIAISON, R.HEAD}), frozenset({R.DISPATCHER, R.APPROVER, R.LEADER, R.SUPERVISOR})
#: Written by hand, apart from the flows: who may begin what. A conversation that stands here nowhere is an error.
WRITTEN: tuple[tuple[frozenset[Role], str], ...] = (
    (frozenset(Role), "add case consent device erase file help inspected join keep language my mydata object offer"),
    (frozenset(Role), "about_item item privacy rate readers redo search start story unconsent urge visit_words"),
    (frozenset(Role), "why withdraw"),
    (frozenset({R.ADMINISTRATOR}), "deputy_for failed give_role invite left people rename rules setup take_role"),
    (frozenset({R.ADMINISTRATOR}), "workbook bind groups unbind directory directory_end directory_rule directory_yes"),
    (frozenset(Role), "policy"),
    (frozenset({R.ADMINISTRATOR}), "customers robot unit_group"),
    (frozenset({R.ADMINISTRATOR, R.DISPATCHER}), "announce announcements"),
    (frozenset({R.DISPATCHER}), "answer_now calls desk involve meeting merge propose_refusal propose_termination"),
    (frozenset({R.DISPATCHER}), "relay take transfer unmerge visits"),
    (UNIT, "answer ask_time assist_done progress return sign"),
    (frozenset({R.APPROVER, R.HEAD}), "approvals conclude deny_refusal deny_termination deny_time grant_time overturn"),
    (frozenset({R.APPROVER, R.HEAD}), "refuse release send_back terminate uphold"),
    (UNIT | {R.DISPATCHER}, "ask reassign reclassify reply"),
    (frozenset({R.SUPERVISOR}), "censure supervise"),
    (UNIT | OFFICE | {R.INSPECTOR}, "more occasion"),
    (frozenset({R.HEAD}), "team team_left"),
    (frozenset({R.HANDLER, R.LIAISON}), "handover"),
    (frozenset({R.DISPATCHER, R.INSPECTOR}), "call"),
    (OFFICE, "late"),
    (UNIT | {R.INSPECTOR}, "tasks"),
    (frozenset({R.APPROVER, R.DISPATCHER, R.HEAD, R.SUPERVISOR}), "recuse"),
    (UNIT | {R.DISPATCHER, R.SUPERVISOR}, "repay"),
    (OFFICIAL_ROLES, "board deputy"),
)
#: Whose button it is too, because something of theirs stands for it: the desk, what waits for a decision.
STANDS_FOR = {"tasks": frozenset({R.DISPATCHER, R.APPROVER})}
TABLE = {name: roles for roles, names in WRITTEN for name in names.split()}
REFUSED = "这是工作人员用的功能"
MATTER, ENTERPRISE = "变压器装不上", "晓林面馆"


@pytest.fixture
def number(small_town: Town) -> str:
    return small_town.owner("林晓", enterprise=ENTERPRISE).file(MATTER)


def somebody(town: Town, role: Role) -> Official:
    unit = "gongdian" if role in UNIT else ""
    project = next(iter(town.projects)) if role is Role.INSPECTOR else ""
    held = () if role is Role.OWNER else (role,)
    return town.official(f"某{role}", *held, unit=unit, project=project)


def heard_now(person: Person) -> str:
    return "\n".join(words(message) for message in person.read_all())


def test_every_conversation_stands_in_the_table() -> None:
    assert set(FLOWS) <= set(TABLE), "a new conversation: say in the table above who may begin it"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLOCK])
def test_a_conversation_begins_for_those_of_the_table_alone(small_town: Town, number: str, role: Role) -> None:
    person, case = somebody(small_town, role), small_town.case(number).id
    for name in sorted(FLOWS):
        person.press(f"f:{name}:{case}")
        begun = REFUSED not in heard_now(person)
        assert begun is (role in TABLE[name] | STANDS_FOR.get(name, frozenset())), name
        person.say("取消")


@pytest.mark.parametrize("role", [Role.OWNER, Role.MONITOR, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_whoever_has_no_role_in_casework_learns_nothing_of_a_case(small_town: Town, number: str, role: Role) -> None:
    """Not its matter, not its enterprise, and the same words as for a case there is not."""
    person, case = somebody(small_town, role), small_town.case(number).id
    for name in sorted(FLOWS):
        for arg in (str(case), f"{case}.1"):
            person.press(f"f:{name}:{arg}")
            learned = heard_now(person)
            assert MATTER not in learned, (name, arg)
            assert ENTERPRISE not in learned, (name, arg)
    person.say("取消")
    for said in (f"/search {number}", "/search 变压器", f"/case {number}", number, f"/occasion {MATTER}"):
        person.say(said)
        learned = heard_now(person)
        assert MATTER not in learned, said
        assert ENTERPRISE not in learned, said


def test_a_case_that_is_not_ones_own_is_answered_like_one_there_is_not(small_town: Town, number: str) -> None:
    stranger = somebody(small_town, Role.OWNER)
    for name in ("case", "story", "why", "readers", "urge", "withdraw", "add", "rate", "redo"):
        stranger.press(f"f:{name}:{number}")
        real = heard_now(stranger)
        missing = f"{number[:-4]}9999"
        stranger.press(f"f:{name}:{missing}")
        assert heard_now(stranger).replace(missing, number) == real, name


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLOCK])
def test_the_menu_offers_what_may_be_begun_and_nothing_else(small_town: Town, role: Role) -> None:
    person = somebody(small_town, role)
    person.say("/start")
    offered = {button.value.removeprefix("f:") for row in person.last.buttons for button in row}
    assert offered == {name for name, _label in menus.LINES if role in TABLE[name]}


def test_the_languages_are_everybodys(small_town: Town) -> None:
    person = somebody(small_town, Role.OWNER)
    person.say("/language")
    assert all(person.offers(name) for name in LANGUAGE_NAMES.values())


# --- several roles ----------------------------------------------------------------------------------------------


def test_a_handler_of_two_units_sees_both_and_signs_for_the_one_that_has_the_case(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    both = town.official("郑凯", Role.HANDLER, unit="gongdian")
    town.write(people.give_role, both.id, Role.HANDLER, town.now, town.units["zhujian"])
    first, second = owner.file("变压器装不上"), owner.file("外墙掉砖")
    desk.dispatch(first, "供电公司")
    desk.dispatch(second, "住建局")
    both.say("/tasks")
    assert {first, second} <= set(both.last.text.replace("·", " ").split())
    for number, unit in ((first, "gongdian"), (second, "zhujian")):
        both.sign(number)
        lead = town.case(number).lead
        assert lead is not None
        assert (lead.unit, lead.handler) == (town.units[unit], both.id)


def test_who_is_dispatcher_and_liaison_acts_in_the_role_that_may(town: Town) -> None:
    owner = town.owner("林晓")
    two = town.official("陈岚", Role.DISPATCHER)
    town.write(people.give_role, two.id, Role.LIAISON, town.now, town.units["gongdian"])
    number = owner.file("变压器装不上")
    two.dispatch(number, "供电公司")
    two.sign(number)
    lead = town.case(number).lead
    assert lead is not None
    assert lead.handler == two.id


def test_a_role_that_is_taken_ends_the_talk_begun_in_it(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    admin = town.official("于管", Role.ADMINISTRATOR)
    number = owner.file("变压器装不上")
    desk.dispatch(number, "供电公司")
    handler.sign(number)
    handler.card(number)
    handler.tap("反馈进展")
    admin.press(f"f:left:{handler.id}")
    admin.tap("是的，已离开")
    owner.read_all()
    handler.say("明天到货")
    handler.heard(REFUSED)
    assert owner.unread == []
