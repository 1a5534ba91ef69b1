"""Who may know who an owner is: whole cases are lived, then everything ever said to each official is searched."""

import msgspec
import pytest
from sqlalchemy import text

from domain.case import Role
from storage.transaction import Tx
from tests.people import Official, Owner, Town

SECRETS = ("林晓", "晓林面馆", "13800000000", "138 0000 0000")


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", enterprise="晓林面馆", phone="+8613800000000")


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def unit(town: Town) -> list[Official]:
    """Everybody of a lead unit and of an assisting one."""
    roles = (Role.HANDLER, Role.LIAISON, Role.HEAD)
    return [town.official(f"{unit}{role}", role, unit=unit) for unit in ("gongdian", "yuanqu") for role in roles]


def said_to(town: Town, official: Official) -> str:
    """Everything that ever stood in the outbox for this person, sent or not."""

    def rows(tx: Tx) -> list[str]:
        found = tx.connection.execute(text("SELECT message FROM outbox WHERE person_id = :id"), {"id": official.id})
        return [str(msgspec.json.decode(row.message)) for row in found]

    return "\n".join(town.read(rows))


def live(town: Town, owner: Owner, desk: Official, unit: list[Official], number: str) -> None:
    """A whole case, with everything that is told on its way and everything a unit can look at."""
    handler, helper = unit[0], unit[3]
    desk.dispatch(number, "供电公司", "园区管委会")
    handler.sign(number)
    owner.card(number)
    owner.tap("催办")
    handler.tell(number, "请发图纸", "请求补充")
    owner.card(number)
    owner.tap("补充材料")
    owner.send("图纸.pdf", text="见图")
    owner.card(number)
    owner.tap("补充情况")
    owner.say("还有一张")
    helper.tell(number, "场地好了", "协办完成")
    town.forward(workdays=7)
    handler.answer(number, "装好了")
    owner.tap("没解决")
    owner.say("还是停电")
    owner.tap("要求重办")
    handler.sign(number)
    handler.answer(number, "换好了")
    for official in unit:
        for words in ("/tasks", number, f"/story {number}", f"/why {number}", f"/search {number}", "/search 变压器"):
            official.say(words)
    owner.tap("解决了")
    owner.tap("满意")
    owner.say("不错")


def test_a_name_kept_from_the_unit_never_reaches_it(
    town: Town, owner: Owner, desk: Official, unit: list[Official]
) -> None:
    number = owner.file("变压器装不上", naming="保密")
    live(town, owner, desk, unit, number)

    for official in unit:
        said = said_to(town, official)
        assert number in said
        assert [secret for secret in SECRETS if secret in said] == []
    assert "晓林面馆 林晓" in said_to(town, desk)


def test_nobody_learns_who_an_anonymous_owner_is(
    town: Town, owner: Owner, desk: Official, unit: list[Official]
) -> None:
    number = owner.file("变压器装不上", naming="匿名")
    live(town, owner, desk, unit, number)
    desk.say("/search 林晓")
    desk.say("/search 晓林面馆")

    for official in (desk, *unit):
        said = said_to(town, official).replace("“林晓”", "").replace("“晓林面馆”", "")
        assert number in said
        assert [secret for secret in SECRETS if secret in said] == []


def test_a_name_that_is_not_kept_is_shown(town: Town, owner: Owner, desk: Official, unit: list[Official]) -> None:
    number = owner.file("变压器装不上")
    live(town, owner, desk, unit, number)

    assert "晓林面馆 林晓" in said_to(town, unit[0])


def test_searching_for_an_enterprise_does_not_tell_a_unit_whose_case_it_has(
    town: Town, owner: Owner, desk: Official, unit: list[Official]
) -> None:
    number = owner.file("变压器装不上", naming="保密")
    desk.dispatch(number, "供电公司")
    for official in (desk, *unit[:3]):
        official.read_all()
        official.say("/search 晓林面馆")

    desk.heard(number)
    for official in unit[:3]:
        official.heard("没有查到“晓林面馆”")
        official.say("/search 变压器")
        official.heard(number)


def test_an_unknown_number_and_a_foreign_one_sound_the_same(town: Town, owner: Owner) -> None:
    number = owner.file("变压器装不上")
    stranger = town.owner("赵启明")
    unknown = number[:-1] + "9"
    heard = []
    for asked in (number, unknown):
        stranger.say(asked)
        heard.append(stranger.last.text.replace(asked, "…"))
        for flow in ("case", "story", "why", "add", "urge", "withdraw", "rate", "redo"):
            stranger.press(f"f:{flow}:{asked}")
            heard.append(stranger.last.text.replace(asked, "…"))

    assert len(set(heard)) == 1
    assert "没有查到您名下编号为…的诉求件" in heard[0]
