"""Story 10, city B: work on a motorway is obstructed in several counties.

One supervision letter goes to every county along the line, each answers for itself, the case closes when all have.
"""

import pytest

from domain.case import AssignmentState, Role, Status
from domain.deadlines import DeadlineState, Term
from storage import papers, units
from storage.transaction import Tx
from tests.people import Official, Town, words

COUNTIES = ("东山县", "西河县", "南坪县", "北原县")


def _counties(tx: Tx) -> dict[str, int]:
    return {
        f"county{n}": units.save(tx, f"county{n}", name, "", f"{name}境内高速公路", {})
        for n, name in enumerate(COUNTIES)
    }


@pytest.fixture
def road(town: Town) -> dict[str, Official]:
    town.units |= town.write(_counties)
    return {name: town.official(f"{name}专员", Role.HANDLER, unit=f"county{n}") for n, name in enumerate(COUNTIES)}


def dispatched(town: Town, desk: Official, number: str) -> None:
    """One case to all counties, each answering for itself."""
    desk.card(number)
    for label in ("受理并交办", *COUNTIES, "就这些"):
        desk.tap(label)
    desk.tap(EACH)
    desk.tap("简单")
    desk.tap("交办")
    assert town.case(number).joint


EACH = "各单位分别答复"


def test_the_road(town: Town, road: dict[str, Official]) -> None:
    builder = town.owner("路桥公司", enterprise="路桥公司")
    desk, supervisor = town.official("陈岚", Role.DISPATCHER), town.official("秦肃", Role.SUPERVISOR)
    approver = town.official("赵衡", Role.APPROVER)
    number = builder.file("高速公路沿线四县多处阻工，施工停了")
    dispatched(town, desk, number)
    assert {one.unit for one in town.running(number) if one.term is Term.HANDLE} == {
        town.units[f"county{n}"] for n in range(4)
    }

    supervisor.card(number)
    for label in ("更多", "发督办函"):
        supervisor.tap(label)
    supervisor.say("三日内清除阻工点，保障施工")
    supervisor.tap("发出")
    (letter,) = town.read(papers.of_case, town.case(number).id)
    assert all(name in letter.body for name in COUNTIES)
    for official in road.values():
        assert letter.number in words(official.heard("督办函"))

    east, west, south, north = road.values()
    for official in (east, west, south, north):
        official.sign(number)
    town.forward(workdays=1)
    south.card(number)
    for label in ("更多", "申请延期"):
        south.tap(label)
    south.say("2026-03-16")
    south.say("阻工点多，正在逐个做工作")
    approver.heard("申请延期到")
    approver.tap("同意延期")
    approver.tap("同意")
    builder.heard("需要多一些时间")

    town.forward(workdays=1)
    for official, left in ((east, "西河县、南坪县、北原县"), (west, "南坪县、北原县")):
        official.answer(number, f"{official.name}：阻工点已清除")
        assert left in words(builder.heard("先答复了"))
        assert town.case(number).status is Status.HANDLING
    town.forward(workdays=4)
    late = [one for one in town.running(number) if one.term is Term.HANDLE and one.due.at < town.now]
    assert [one.unit for one in late] == [town.units["county3"]]
    north.answer(number, "北原县：已清除，耽误了请谅解")
    assert town.case(number).status is Status.HANDLING
    south.answer(number, "南坪县：全部清除")

    assert town.case(number).status is Status.ANSWERED
    question = words(builder.heard("解决了吗"))
    assert all(f"【{name}】" in question for name in COUNTIES)
    assert {part.state for part in town.case(number).assignments} == {AssignmentState.ANSWERED}
    builder.tap("解决了")
    builder.tap("满意")
    builder.say("谢谢")
    assert town.case(number).status is Status.CLOSED
    assert not [one for one in town.running(number) if one.state is DeadlineState.RUNNING]


def test_one_county_sends_it_back_and_the_others_go_on(town: Town, road: dict[str, Official]) -> None:
    builder, desk = town.owner("路桥公司"), town.official("陈岚", Role.DISPATCHER)
    number = builder.file("高速公路沿线阻工")
    liaison = town.official("北原联络员", Role.LIAISON, unit="county3")
    dispatched(town, desk, number)
    liaison.card(number)
    for label in ("更多", "退回", "不清楚"):
        liaison.tap(label)
    liaison.say("路段不在我县境内")
    desk.heard("北原县退回了这件")
    for name in COUNTIES[:3]:
        road[name].sign(number)
        road[name].answer(number, f"{name}：已清除")
    assert town.case(number).status is Status.ANSWERED
