"""Story 3, city B: a residents' committee collected 48,600 yuan "sponsorship" from enterprises.

Three of them complain. The cases are joined; the owner of the leading one withdraws and the next one leads; all the
money is paid back, to the yuan; the criticism of the committee's leader enters the ledger; everyone is told and asked.
"""

from domain.case import Kind, Role, Status
from storage import ledger, visits
from tests.people import Official, Town, words

#: Who paid how much, in yuan: 48,600 together.
PAID = {"启明印章厂": 20_000, "河口茶行": 18_600, "晓林面馆": 10_000}
FACTS = "居委会以赞助费名义向我们企业收了{yuan}元，2007年到2008年，没有任何依据"
STEPS = ("已登记", "并件办理", "改为主件", "退还款项", "办结答复", "记入问责台账", "完成评价")


def join(desk: Official, number: str, lead: str) -> None:
    desk.card(number)
    desk.tap("更多")
    desk.tap("并件")
    if desk.offers(lead):
        desk.tap(lead)
    else:
        desk.say(lead)
    desk.tap("并件")


def repay(official: Official, number: str, yuan: int) -> None:
    official.card(number)
    official.tap("更多")
    official.tap("登记退款")
    official.say(f"{yuan:,}元")
    official.say("居委会全额退还赞助费")
    official.tap("记入台账")


def test_the_sponsorship_fee(town: Town) -> None:
    owners = {name: town.owner(f"{name}负责人", enterprise=name) for name in PAID}
    first, second, third = owners.values()
    desk = town.official("陈岚", Role.DISPATCHER)
    handler = town.official("吴敏", Role.HANDLER, unit="minzheng")
    supervisor = town.official("秦肃", Role.SUPERVISOR)
    numbers = [
        owner.file(FACTS.format(yuan=yuan), Kind.COMPLAINT)
        for owner, yuan in zip(owners.values(), PAID.values(), strict=True)
    ]
    lead, next_one, last = numbers

    desk.dispatch(lead, "民政局")
    handler.sign(lead)
    town.forward(hours=1)
    for number, owner in ((next_one, second), (last, third)):
        join(desk, number, lead)
        assert "一起办" in words(owner.heard(number))
        assert town.case(number).status is Status.MERGED
    assert town.case(last).merged_into == town.case(lead).id

    due = town.running(lead)[0].due
    first.card(lead)
    first.tap("撤回")
    first.tap("撤回")
    assert town.case(lead).status is Status.WITHDRAWN
    leading = town.case(next_one)
    assert (leading.status, leading.merged_into) == (Status.HANDLING, None)
    assert leading.lead is not None
    assert leading.lead.handler == handler.id
    assert town.case(last).merged_into == leading.id
    assert due in [one.due for one in town.running(next_one)]
    handler.heard("现在以这件为主继续办")
    assert "撤回" not in words(third.last)

    handler.tell(next_one, "已责令居委会清退，款项正在退还")
    for owner in (second, third):
        owner.heard("正在退还")

    pays = {next_one: (handler, second), last: (desk, third), lead: (desk, first)}
    for (number, (official, owner)), yuan in zip(pays.items(), (18_600, 10_000, 20_000), strict=True):
        repay(official, number, yuan)
        assert f"{yuan:,}元" in words(owner.heard("已退还您"))

    handler.answer(next_one, "赞助费没有依据，已全部退还，居委会负责人被公开批评")
    for number, owner in ((next_one, second), (last, third)):
        assert town.case(number).status is Status.ANSWERED
        owner.heard("已全部退还")
        owner.tap("解决了")
        owner.tap("非常满意")
        owner.say("谢谢")
        assert town.case(number).status is Status.CLOSED
        (visit,) = town.read(visits.of_case, town.case(number).id)
        assert (visit.solved, visit.level) == (True, 5)

    supervisor.card(next_one)
    for label in ("更多", "记入台账"):
        supervisor.tap(label)
    supervisor.say("居委会主要负责人被通报批评")
    supervisor.tap("民政局")
    supervisor.tap("公开")
    second.heard("通报批评")

    entries = [entry for number in numbers for entry in town.read(ledger.of_case, town.case(number).id)]
    assert sum(entry.amount_fen or 0 for entry in entries) == sum(PAID.values()) * 100 == 4_860_000
    assert [entry.words for entry in entries if entry.sort == "censured"] == ["居委会主要负责人被通报批评"]

    second.say(f"/story {next_one}")
    trace = words(second.last)
    assert all(step in trace for step in STEPS), trace
    assert not any(other in trace for other in (lead, last)), trace


def test_nobody_hears_who_the_others_are(town: Town) -> None:
    owners = [town.owner(name, enterprise=enterprise) for name, enterprise in (("赵启明", "启明厂"), ("何川", "茶行"))]
    desk = town.official("陈岚", Role.DISPATCHER)
    one, other = (owner.file("居委会收赞助费没有依据", Kind.COMPLAINT) for owner in owners)
    desk.dispatch(one, "民政局")
    join(desk, other, one)
    for mine, theirs in ((0, 1), (1, 0)):
        shown = "\n".join(words(message) for message in owners[mine].shown.values())
        assert (one, other)[theirs] not in shown
        assert ("启明厂", "茶行")[theirs] not in shown
