"""What was put in line for an address before: seen by a row of its own, the newest first, and nobody else's."""

from __future__ import annotations

from sqlalchemy import select

from domain.messages import Message, Promised
from storage import earlier, file_refs, files, outbox, people
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.people import Town


def said(tx: Tx, town: Town, name: str, *messages: Message) -> list[int]:
    """Put messages in line for somebody; their rows."""
    address, person = people.find(tx, "wecom", name) or people.meet(tx, "wecom", name, "zh_CN", town.now)
    assert person is not None
    for message in messages:
        outbox.say(tx, address, person.id, message, town.now)
    mine = select(rows.c.id).where(rows.c.address_id == address.id).order_by(rows.c.id)
    return [row.id for row in tx.all(mine)]


def test_a_row_sees_what_stands_before_it_at_its_own_address(town: Town) -> None:
    one, two, three = town.write(said, town, "LiSi", Message("甲"), Message("乙"), Message("丙"))
    town.write(said, town, "ZhangSan", Message("丁"))
    assert [found.text for found in town.read(earlier.before, three)] == ["乙", "甲"]
    assert [found.text for found in town.read(earlier.before, two)] == ["甲"]
    assert town.read(earlier.before, one) == []


def test_a_row_sees_whose_place_it_takes(town: Town) -> None:
    (one,) = town.write(said, town, "LiSi", Message("待受理", card="case:1"))
    town.write(lambda tx: outbox.sent(tx, [(one, "1-a")], town.now))
    two = town.write(said, town, "LiSi", Message("待签收", card="case:1"))[-1]
    standing = town.read(earlier.replaced, two)
    assert standing is not None
    assert standing.text == "待受理"
    assert town.read(earlier.replaced, one) is None


def test_who_never_heard_anything_is_known_by_that(town: Town) -> None:
    town.write(people.meet, "wecom", "LiSi", "zh_CN", town.now)
    assert town.read(earlier.anything, "wecom", "LiSi") is False
    town.write(said, town, "LiSi", Message("您好"))
    assert town.read(earlier.anything, "wecom", "LiSi") is True
    assert town.read(earlier.anything, "wecom", "nobody") is False


def test_a_files_name_at_a_platform_is_kept_with_its_time(town: Town) -> None:
    from_web = Promised("1.jpg", "image/jpeg", 7, digest="d" * 64)
    file = town.write(files.add, from_web, "web", None, town.now).id
    town.write(file_refs.keep, file, "wecom", "image:M1", town.now)
    town.write(file_refs.keep, file, "telegram", "photo:F1")
    (shown,) = town.read(file_refs.shown, [file], "wecom")
    assert (shown.ref, shown.since) == ("image:M1", town.now)
    (shown,) = town.read(file_refs.shown, [file], "telegram")
    assert (shown.ref, shown.since) == ("photo:F1", None)
