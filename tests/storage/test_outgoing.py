"""What is to be sent is found among what waits, however long the history of an address is."""

from __future__ import annotations

from domain.messages import Message
from storage import outbox, outgoing, people
from storage.outbox import Priority
from storage.transaction import Tx
from tests.people import Town

CHANNEL = "telegram"


def work(tx: Tx, town: Town) -> int:
    """How many steps SQLite takes to find what is to be sent."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = tx.driver_cursor().connection
    connection.set_progress_handler(step, 1)
    try:
        assert len(outgoing.outgoing(tx, CHANNEL, town.now, set(), 500, Priority.NEWS)) == 1
    finally:
        connection.set_progress_handler(None, 1)
    return steps


def test_a_long_history_costs_nothing(small_town: Town) -> None:
    town = small_town
    address, person = town.write(people.meet, CHANNEL, "7", "zh_CN", town.now)

    def told(tx: Tx, times: int) -> None:
        for _ in range(times):
            outbox.say(tx, address, person.id, Message("您好"), town.now)
        waiting = outgoing.outgoing(tx, CHANNEL, town.now, set(), 500)
        outbox.sent(tx, [(line.id, f"7/{line.id}") for line in waiting[:-1]], town.now)

    town.write(told, 2)
    short = town.read(work, town)
    town.write(told, 400)
    assert town.read(work, town) < short * 1.5


def test_nothing_new_is_told_before_what_was_not_read_yet_at_its_address(town: Town) -> None:
    (busy, _), (other, _) = (town.write(people.meet, CHANNEL, who, "zh_CN", town.now) for who in ("7", "8"))
    for address, words in ((busy, "一"), (busy, "二"), (other, "三")):
        town.write(outbox.say, address, None, Message(words), town.now)
    first, *_new = (line.id for line in town.read(outgoing.outgoing, CHANNEL, town.now, set(), 500))

    def told(unread: int) -> list[str]:
        found = town.read(outgoing.outgoing, CHANNEL, town.now, set(), 500, Priority.NEWS, first, unread)
        return [line.message.text for line in found]

    assert (told(first), told(0)) == (["三"], ["二", "三"])
