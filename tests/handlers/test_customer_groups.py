"""Customer groups: a colleague confirms what goes there, is reminded once, and what nobody confirms is given up."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.contract import Receipt
from bot.verdicts import record, taken
from domain.case import Role
from handlers import confirmations, erasure
from storage import groups
from tests.handlers.wecom_chairs import (
    boss,
    in_the_app,
    post,
    refused,
    rows,
    waiting,
    wecom,
)
from tests.people import Official, Person, Town

__all__ = ["boss", "wecom"]


def bind_customers(boss: Person, name: str = "张三") -> None:
    boss.press("f:customers")
    boss.say(name)
    boss.tap(name)
    boss.tap("全体企业")
    boss.tap("对，绑定")


def handed_over(town: Town) -> None:
    """WeCom has taken what is to go to customer groups, and waits for the colleague."""
    for number, line in enumerate(waiting(town, "custgroups"), 1):
        town.write(record, [taken(line, Receipt(f"mass-{number}", waiting=True))], town.now)


def test_a_colleagues_customer_groups_hear_what_the_colleague_confirms(wecom: Town, boss: Official) -> None:
    colleague = in_the_app(wecom, "张三")
    bind_customers(boss)
    assert "张三的客户群" in boss.last.text
    post(boss, "所有企业群")
    [line] = waiting(wecom, "custgroups")
    assert (line.address, line.once, line.group) == (colleague.address, True, True)
    handed_over(wecom)
    boss.tap("再看看")
    assert dict(boss.last.facts)["等同事确认"] == "张三的客户群：等这位同事在企业微信里确认"
    assert "0" in dict(boss.last.facts)["已收到"]
    [one] = wecom.read(confirmations.outstanding)
    assert one.ref == "mass-1"
    wecom.write(confirmations.let_go, one, wecom.now)
    boss.tap("再看看")
    assert "等同事确认" not in dict(boss.last.facts)
    assert "1" in dict(boss.last.facts)["已收到"]
    assert wecom.read(confirmations.outstanding) == []


def test_the_colleague_is_reminded_once_on_a_later_working_day(wecom: Town, boss: Official) -> None:
    colleague = in_the_app(wecom, "张三")
    bind_customers(boss)
    wecom.forward(to="2026-03-06 16:00")
    post(boss, "所有企业群")
    handed_over(wecom)
    [one] = wecom.read(confirmations.outstanding)
    for moment in ("2026-03-06 17:00", "2026-03-07 10:00", "2026-03-08 10:00", "2026-03-09 07:00"):
        wecom.forward(to=moment)
        wecom.write(confirmations.still_waits, one, wecom.now)
        wecom.show()
        colleague.not_heard("群发助手")
    for moment in ("2026-03-09 10:00", "2026-03-10 10:00"):
        wecom.forward(to=moment)
        wecom.write(confirmations.still_waits, one, wecom.now)
    wecom.show()
    colleague.heard("群发助手")
    colleague.not_heard("群发助手")


def test_what_nobody_confirms_in_a_month_is_given_up_in_words(wecom: Town, boss: Official) -> None:
    in_the_app(wecom, "张三")
    bind_customers(boss)
    post(boss, "所有企业群")
    handed_over(wecom)
    [one] = wecom.read(confirmations.outstanding)
    wecom.write(confirmations.still_waits, one, one.since + timedelta(days=30))
    assert wecom.read(confirmations.outstanding) == [one]
    wecom.write(confirmations.still_waits, one, one.since + timedelta(days=30, seconds=1))
    boss.tap("再看看")
    assert "30天内没有人" in dict(boss.last.facts)["没有收到"]
    wecom.write(confirmations.let_go, one, wecom.now)
    boss.tap("再看看")
    assert "30天内没有人" in dict(boss.last.facts)["没有收到"]


def test_a_colleague_who_never_opened_the_app_is_not_found_and_officials_groups_are_not_offered(
    wecom: Town, boss: Official
) -> None:
    wecom.official("李四", Role.HANDLER, unit="gongdian")
    boss.press("f:customers")
    boss.say("李四")
    assert "没有找到“李四”" in boss.last.text
    in_the_app(wecom, "李四在应用里")
    boss.say("李四")
    boss.tap("李四在应用里")
    assert boss.offers("全体企业")
    assert not boss.offers("单位工作群")


def test_a_colleague_who_left_is_told_to_whoever_bound_the_groups(wecom: Town, boss: Official) -> None:
    in_the_app(wecom, "张三")
    bind_customers(boss)
    post(boss, "所有企业群")
    boss.read_all()
    refused(wecom, "custgroups")
    boss.heard("发不出去了")
    boss.silent()


def test_a_colleague_who_is_erased_is_named_by_nothing_that_concerns_their_groups(wecom: Town, boss: Official) -> None:
    colleague = in_the_app(wecom, "张三")
    bind_customers(boss)
    post(boss, "所有企业群")
    handed_over(wecom)
    boss.say("/start")
    wecom.write(erasure.person, colleague.id, wecom.now)
    assert wecom.read(confirmations.outstanding) == []
    assert wecom.read(groups.every) == []
    kept = [(table, row) for table, row in wecom.read(rows) if colleague.address in row]
    assert kept == []
