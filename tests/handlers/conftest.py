"""The people and the case that many tests of the main way begin with: one unit, one owner, one matter."""

import pytest

from domain.case import Role
from tests.people import Official, Owner, Town

POWER = "供电公司"


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", enterprise="晓林面馆")


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def handler(town: Town) -> Official:
    return town.official("郑凯", Role.HANDLER, unit="gongdian")


@pytest.fixture
def neighbour(town: Town) -> Owner:
    """Another owner."""
    return town.owner("赵启明", enterprise="启明印章厂")


@pytest.fixture
def chief(town: Town) -> Official:
    """Who approves, and has the last word."""
    return town.official("周正", Role.APPROVER)


@pytest.fixture
def head(town: Town) -> Official:
    """The head of the handler's unit."""
    return town.official("孙立", Role.HEAD, unit="gongdian")


@pytest.fixture
def park(town: Town) -> Official:
    """A handler of another unit."""
    return town.official("许燕", Role.HANDLER, unit="yuanqu")


@pytest.fixture
def liaison(town: Town) -> Official:
    """The liaison of the handler's unit."""
    return town.official("吴敏", Role.LIAISON, unit="gongdian")


@pytest.fixture
def number(owner: Owner) -> str:
    return owner.file("变压器装不上")


@pytest.fixture
def dispatched(number: str, desk: Official, liaison: Official, handler: Official) -> str:
    desk.dispatch(number, POWER)
    return number


@pytest.fixture
def signed(number: str, desk: Official, handler: Official) -> str:
    desk.dispatch(number, POWER)
    handler.sign(number)
    return number


@pytest.fixture
def answered(signed: str, handler: Official) -> str:
    handler.answer(signed, "已经装好通电")
    return signed


@pytest.fixture
def at_phone(owner: Owner) -> Owner:
    """Somebody who has told everything but the phone number."""
    owner.say("/file")
    owner.tap("同意")
    owner.tap("诉求")
    owner.say("门口积水")
    owner.say("晓林面馆")
    return owner


@pytest.fixture
def at_summary(at_phone: Owner) -> Owner:
    at_phone.say("13800000001")
    return at_phone
