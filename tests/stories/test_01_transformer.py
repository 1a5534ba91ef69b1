"""Story 1, county A: a transformer that is blocked and a site that stands still.

A key project is named, so the supervisor and the project's inspector are told; a meeting is recorded as progress; the
project's inspector visits back. Without letters.
"""

from bot.demo_office import PROJECT
from domain.case import Role, Status
from domain.deadlines import Term
from storage import visits
from tests.people import Town, words

STEPS = ("已登记", "已受理", "交办", "签收", "反馈进展", "办结答复", "完成评价")


def test_the_transformer(town: Town) -> None:
    park = town.owner("赵启明", enterprise="启明印章厂")
    desk = town.official("陈岚", Role.DISPATCHER)
    liaison = town.official("吴敏", Role.LIAISON, unit="gongdian")
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    inspector = town.official("何清", Role.INSPECTOR, project=PROJECT)
    supervisor = town.official("秦肃", Role.SUPERVISOR)
    elsewhere = town.official("方舟", Role.LIAISON, unit="jiwei")

    number = park.file(f"{PROJECT}买变压器受阻，工地停工")
    assert town.case(number).project is not None
    for told in (inspector, supervisor):
        assert PROJECT in words(told.heard("提到了您跟踪的重点项目"))
    desk.heard("新件")

    desk.dispatch(number, "供电公司", weight="多个部门")
    assert "3月24日 周二 17:30前给您答复" in park.heard("交给供电公司办理").text
    for told in (liaison, handler):
        told.heard("请签收")

    town.forward(to="2026-03-04 10:00")
    handler.sign(number)
    park.heard("供电公司已接手")
    liaison.heard("郑凯已签收")

    town.forward(to="2026-03-06 16:00")
    handler.tell(number, "项目办、施工方和供货方开了协调会，变压器下周到货")
    park.heard("协调会")
    assert town.due(number, Term.HANDLE) == "2026-03-24 17:30"

    town.forward(to="2026-03-16 15:00")
    handler.answer(number, "变压器已装好，工地复工")
    assert "变压器已装好" in park.heard("供电公司答复了您的诉求").text

    inspector.card(number)
    for label in ("电话回访", "接通了，对方已表态", "解决了", "非常满意"):
        inspector.tap(label)
    inspector.say("复工了，谢谢")
    inspector.heard("这件已结案")
    park.heard("按电话里说好的")
    handler.heard("非常满意")

    assert town.case(number).status is Status.CLOSED
    (visit,) = town.read(visits.of_case, town.case(number).id)
    assert (visit.solved, visit.level, visit.by) == (True, 5, inspector.id)
    assert town.running(number) == []
    elsewhere.silent()
    for reader in (park, inspector, desk):
        reader.say(f"/story {number}")
        told_steps = words(reader.last)
        places = [told_steps.find(step) for step in STEPS]
        assert places == sorted(places)
        assert -1 not in places
        assert "协调会" in told_steps
