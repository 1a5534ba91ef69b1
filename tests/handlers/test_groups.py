"""Cases that belong together, from the chair: joined by a tap or by number, answered as one, taken apart again."""

import pytest

from domain.case import Actor, Role, Status
from domain.deadlines import Term
from handlers import casework
from tests.handlers.decision_chairs import more
from tests.handlers.page_moves import handled, heard_now, move, story, under_review
from tests.people import Official, Owner, Town, words

POWER = "供电公司"
LIGHTS = "印章产业园二期的变压器烧了，整条街停电三天"


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


@pytest.fixture
def lead(owner: Owner, desk: Official, handler: Official) -> str:
    number = owner.file(LIGHTS)
    desk.dispatch(number, POWER)
    handler.sign(number)
    return number


@pytest.fixture
def second(neighbour: Owner, lead: str) -> str:
    return neighbour.file("产业园二期整条街停电三天，变压器烧了")


@pytest.fixture
def joined(small_town: Town, desk: Official, lead: str, second: str) -> str:
    join(desk, second, lead)
    return second


def join(desk: Official, number: str, lead: str) -> None:
    more(desk, number, "并件")
    desk.tap(lead if desk.offers(lead) else "别的件")
    if "编号是多少" in desk.last.text:
        desk.say(lead)
    desk.tap("并件")


def test_what_looks_alike_is_offered_and_joined_after_one_look(
    small_town: Town, neighbour: Owner, desk: Official, handler: Official, lead: str, second: str
) -> None:
    more(desk, second, "并件")
    assert desk.offers(lead)
    desk.tap(lead)
    shown = words(desk.last)
    assert lead in shown
    assert second in shown
    assert small_town.case(second).status is Status.FILED
    neighbour.read_all()
    desk.tap("并件")

    told = neighbour.heard(second).text
    assert "单独答复您" in told
    handler.heard(second)
    assert small_town.case(second).status is Status.MERGED
    assert small_town.case(second).merged_into == small_town.case(lead).id


def test_a_case_is_joined_by_the_number_of_the_other(
    small_town: Town, neighbour: Owner, desk: Official, lead: str
) -> None:
    number = neighbour.file("饭店门口的路灯不亮")
    more(desk, number, "并件")
    desk.say("20260303-9999")
    desk.heard("没找到编号为“20260303-9999”")
    desk.say(number)
    desk.heard(f"没找到编号为“{number}”")
    desk.say(lead)
    desk.tap("并件")
    assert small_town.case(number).merged_into == small_town.case(lead).id


def test_a_number_of_a_joined_case_leads_to_the_one_that_leads(
    small_town: Town, owner: Owner, desk: Official, lead: str, joined: str
) -> None:
    third = owner.file("饭店门口的路灯不亮")
    more(desk, third, "并件")
    desk.say(joined)
    assert lead in words(desk.last)
    desk.tap("并件")
    assert small_town.case(third).merged_into == small_town.case(lead).id


def test_a_leading_case_that_is_only_filed_is_accepted_and_its_owner_hears_so(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official
) -> None:
    first = owner.file(LIGHTS)
    other = neighbour.file("产业园二期整条街停电三天，变压器烧了")
    owner.read_all()
    desk.press(f"f:merge:{small_town.case(other).id}.{small_town.case(first).id}")
    desk.tap("并件")

    assert "3月4日 周三 17:30" in owner.heard("已受理").text
    assert small_town.case(first).status is Status.ACCEPTED
    assert small_town.case(other).status is Status.MERGED


def test_one_answer_reaches_every_owner_of_the_group(
    small_town: Town, owner: Owner, neighbour: Owner, handler: Official, lead: str, joined: str
) -> None:
    neighbour.read_all()
    handler.tell(lead, "备用变压器已到")
    assert "备用变压器已到" in neighbour.heard(joined).text
    handler.answer(lead, "已经换好通电")
    assert "已经换好通电" in owner.heard("问题解决了吗").text
    assert "已经换好通电" in neighbour.heard("问题解决了吗").text
    assert small_town.case(joined).status is Status.ANSWERED


def test_a_joined_case_is_in_no_list_of_its_own(
    small_town: Town, desk: Official, handler: Official, joined: str
) -> None:
    handler.say("/tasks")
    assert not handler.offers(joined)
    desk.say("/desk")
    assert not desk.offers(joined)


def test_a_case_is_taken_out_of_its_group_and_stands_on_the_desk(
    small_town: Town, neighbour: Owner, desk: Official, handler: Official, joined: str
) -> None:
    neighbour.read_all()
    more(desk, joined, "拆出并件")
    desk.say("他家是户内线路问题")

    told = neighbour.heard(joined).text
    assert "3月4日 周三 17:30" in told
    assert small_town.case(joined).status is Status.ACCEPTED
    assert small_town.case(joined).merged_into is None
    desk.say("/desk")
    assert desk.offers(joined)
    desk.dispatch(joined, POWER)
    handler.heard(joined)


def test_when_the_leading_owner_leaves_the_next_case_leads(
    small_town: Town, owner: Owner, neighbour: Owner, handler: Official, lead: str, joined: str
) -> None:
    handler.read_all()
    owner.card(lead)
    owner.tap("撤回")
    owner.tap("撤回")
    handler.heard(joined)
    assert small_town.case(joined).status is Status.HANDLING
    handler.say("/tasks")
    assert handler.offers(joined)
    handler.answer(joined, "已经换好通电")
    neighbour.heard("问题解决了吗")


def test_an_old_button_joins_nothing_twice(small_town: Town, desk: Official, lead: str, joined: str) -> None:
    before = small_town.case(joined)
    desk.press(f"f:merge:{before.id}.{small_town.case(lead).id}")
    desk.heard("这一步已经办过了")
    assert small_town.case(joined) == before


def test_a_forged_leading_case_is_asked_for_anew(small_town: Town, desk: Official, lead: str, second: str) -> None:
    case = small_town.case(second)
    for forged in ("999999", "x", str(case.id), "9" * 40, "²"):
        desk.press(f"f:merge:{case.id}.{forged}")
        assert "主件" in words(desk.last) or "和哪一件" in words(desk.last), forged
    assert small_town.case(second).status is Status.FILED


@pytest.mark.parametrize("flow", ["merge", "unmerge"])
def test_nobody_but_the_desk_joins_or_parts(
    small_town: Town, owner: Owner, handler: Official, joined: str, flow: str
) -> None:
    before = small_town.case(joined)
    for who in (owner, handler):
        who.press(f"f:{flow}:{before.id}")
    assert small_town.case(joined) == before


def test_a_group_is_passed_on_whole_even_where_the_dispatcher_does_not_see_all_of_it(
    small_town: Town, lead: str, joined: str, desk: Official, neighbour: Owner
) -> None:
    other, member = small_town.official("何远", Role.DISPATCHER), small_town.case(joined).id
    small_town.write(casework.act, member, "recuse", Actor(other.id, Role.DISPATCHER), small_town.now, person=desk.id)
    desk.card(lead)
    for label in ("更多", "移交"):
        desk.tap(label)
    for said in ("市供电公司", "属于市里的线路，请打 0000-6100000"):
        desk.say(said)
    desk.tap("移交")
    assert {small_town.case(number).status for number in (lead, joined)} == {Status.TRANSFERRED}
    assert joined in words(neighbour.heard("移交市供电公司"))


def test_what_joins_a_case_under_final_review_is_answered_with_it(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official, chief: Official
) -> None:
    first = under_review(small_town, owner, desk, handler)
    second = neighbour.file("整条街停电三天")
    move(small_town, desk, second, "merge", into=small_town.case(first).id)
    neighbour.read_all()
    move(small_town, chief, first, "conclude", text="结论：月底前换新变压器", outcome="solved")
    assert small_town.case(second).status is Status.ANSWERED
    neighbour.heard("月底前换新变压器")


def test_what_led_a_group_under_review_and_is_withdrawn_leaves_the_others_to_the_desk(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official, chief: Official
) -> None:
    top = under_review(small_town, owner, desk, handler)
    other = neighbour.file("整条街停电三天")
    move(small_town, desk, other, "merge", into=small_town.case(top).id)
    desk.read_all()
    move(small_town, owner, top, "withdraw")
    assert small_town.case(other).status is Status.ACCEPTED
    assert small_town.due(other, Term.DISPATCH)
    assert other in heard_now(desk)
    desk.dispatch(other, "供电公司")
    assert small_town.case(other).status is Status.DISPATCHED


def test_an_owner_hears_which_unit_has_it_when_the_group_joins_another(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official, park: Official
) -> None:
    third = small_town.owner("孙立", enterprise="立新五金")
    top = handled(small_town, desk, handler, owner.file("变压器装不上"))
    middle = neighbour.file("整条街停电三天")
    move(small_town, desk, middle, "accept")
    move(small_town, desk, middle, "dispatch", lead=small_town.units["yuanqu"])
    low = third.file("我们店也停电")
    move(small_town, desk, low, "merge", into=small_town.case(middle).id)
    third.read_all()
    move(small_town, desk, middle, "merge", into=small_town.case(top).id)
    third.heard("已交给供电公司")


def test_words_between_officials_on_the_leading_case_are_not_in_the_others_stories(
    small_town: Town, owner: Owner, neighbour: Owner, desk: Official, handler: Official
) -> None:
    first = handled(small_town, desk, handler, owner.file("变压器装不上"))
    second = neighbour.file("整条街停电三天")
    move(small_town, desk, second, "merge", into=small_town.case(first).id)
    neighbour.read_all()
    move(small_town, handler, first, "reassign", handler=0, text="这位老板很难缠，交给别人")
    neighbour.silent()
    assert "难缠" not in story(neighbour, second)
    assert "难缠" not in story(owner, first)
