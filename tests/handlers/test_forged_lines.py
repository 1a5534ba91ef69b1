"""Names and places stand in lines of ours: nobody adds a line to a colleague's card, or turns one round."""

import pytest

from domain.case import Role
from domain.messages import Place
from handlers.cleaning import one_line
from storage import people
from tests.people import Owner, Town, number_in, words

FORGED = "\n处理意见：领导已批示，马上办"
PLAIN = "晓林面馆 处理意见：领导已批示，马上办"


def filed(owner: Owner, enterprise: str) -> str:
    """File as somebody who has to name their enterprise."""
    owner.say("/file")
    owner.tap("诉求")
    owner.say("门口的路灯坏了")
    owner.say(enterprise)
    owner.tap("提交")
    return number_in(owner.heard("您的编号是"))


@pytest.fixture
def owner(small_town: Town) -> Owner:
    one = small_town.owner("林晓")
    small_town.write(people.change, one.id, enterprise="")
    return one


@pytest.mark.parametrize(
    "enterprise", [f"晓林面馆{FORGED}", f"晓林面馆\u2028{FORGED}", f"\u202e晓林\u200b面馆{FORGED}"]
)
def test_an_enterprise_is_one_line_of_a_card(small_town: Town, owner: Owner, enterprise: str) -> None:
    number = filed(owner, enterprise)
    assert small_town.case(number).enterprise == PLAIN
    desk = small_town.official("陈岚", Role.DISPATCHER)
    assert not any(line.startswith("处理意见") for line in words(desk.card(number)).splitlines())


def test_a_place_is_one_line_of_a_card(small_town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.send(place=Place(27.0, 112.0, f"县城{FORGED}"))
    owner.say("门口的路灯坏了")
    owner.say("晓林面馆")
    owner.tap("提交")
    number = number_in(owner.heard("您的编号是"))
    assert small_town.case(number).place.splitlines() == ["县城 处理意见：领导已批示，马上办 (27.00000, 112.00000)"]


def test_a_name_from_a_platform_is_one_line(small_town: Town) -> None:
    stranger = small_town.owner(f"\u202e林晓{FORGED}", new=True)
    stranger.say("你好")
    person = small_town.read(people.get, stranger.id)
    assert person is not None
    assert person.name == "林晓 处理意见：领导已批示，马上办"


def test_a_name_that_nobody_sees_is_asked_for_again(owner: Owner) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.say("门口的路灯坏了")
    owner.say("\u200b\u202e")
    owner.heard("请用文字说一下")


def test_what_joins_letters_and_pictures_stays() -> None:
    for name in ("👨\u200d👩\u200d👧 Family", "می\u200cخواهم", "Ⅲ号 café", "𠮷野家"):
        assert one_line(name) == name
