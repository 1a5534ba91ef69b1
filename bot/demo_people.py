"""The sample people of the demo. One liaison, handler and head serve every unit, so any dispatch reaches a pane."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Role


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample person. group: a group chat instead of a person."""

    person: str
    name: str
    roles: tuple[Role, ...] = ()
    enterprise: str = ""
    phone: str = ""
    group: bool = False


SAMPLES: tuple[Sample, ...] = (
    Sample("owner1", "林晓", enterprise="晓林面馆", phone="+8613800000001"),
    Sample("owner2", "赵启明", enterprise="启明印章厂", phone="+8613800000002"),
    Sample("dispatcher", "陈岚", (Role.DISPATCHER,)),
    Sample("approver", "周正", (Role.APPROVER,)),
    Sample("liaison", "吴敏", (Role.LIAISON,)),
    Sample("handler", "郑凯", (Role.HANDLER,)),
    Sample("head", "孙立", (Role.HEAD,)),
    Sample("leader", "高远", (Role.LEADER,)),
    Sample("supervisor", "秦肃", (Role.SUPERVISOR,)),
    Sample("inspector", "何清", (Role.INSPECTOR,)),
    Sample("administrator", "管理员小于", (Role.ADMINISTRATOR,)),
    Sample("group", "园区企业群", group=True),
)

BY_NAME = {sample.person: sample for sample in SAMPLES}


def address_of(person: str) -> str:
    """The web address of a sample person."""
    return f"demo:{person}"
