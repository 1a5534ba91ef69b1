"""Whatever is changed behind the office's back is found; what the law has erased is no break."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select, text, update

from domain.case import Actor, Case, Kind, Naming, Role, Status
from domain.office import Office
from storage import cases, events
from storage.cases import Filing
from storage.db import Database, Tx
from storage.events import Broken
from storage.tables import cases as case_table
from storage.tables import events as table
from storage.tables import metadata, roots
from tests.domain.calendars import real

KEY = Ed25519PrivateKey.generate()
OFFICE = Office("试县", real(), sign=KEY.sign, public_key=KEY.public_key().public_bytes_raw())
NOW = datetime(2022, 3, 1, 1, 0, tzinfo=UTC)
CLERK = Actor(None, Role.DISPATCHER)
MOVES = ("file", "accept", "dispatch", "sign", "answer")

Ask = Callable[..., Any]


def a_chain(tx: Tx, number: str, links: int = len(MOVES)) -> int:
    case = Case(0, number, Kind.REQUEST, Status.FILED, Naming.NAMED, None, "停电", NOW)
    made = cases.add(tx, case, Filing(signature=bytes(64)))
    for n, move in enumerate(MOVES[:links]):
        events.append(tx, made, number, move, CLERK, {"text": f"第{n}步 {number}"}, NOW + timedelta(hours=n))
    return made


@pytest.fixture
def ask(database_url: str) -> Iterator[Ask]:
    """Asks a database with three cases, each with its chain, for something."""
    db = Database(database_url, OFFICE)
    db.write_now(lambda tx: metadata.create_all(tx.connection))
    for number in ("A-1", "B-2", "C-3"):
        db.write_now(a_chain, number)
    yield db.write_now
    db._writing.dispose()


def broken(tx: Tx) -> list[Broken]:
    return [one for one in events.verify(tx) if isinstance(one, Broken)]


def seen(tx: Tx) -> int:
    return [one for one in events.verify(tx) if isinstance(one, int)][-1]


def link(number: str, seq: int) -> Any:
    case = select(case_table.c.id).where(case_table.c.number == number).scalar_subquery()
    return (table.c.case_id == case, table.c.seq == seq)


def change(tx: Tx, number: str, seq: int, /, **values: Any) -> None:
    assert tx.execute(update(table).where(*link(number, seq)).values(**values)).rowcount == 1


def test_untouched_chains_verify_to_the_last_link(ask: Ask) -> None:
    assert ask(broken) == []
    assert ask(seen) == 3 * len(MOVES)


TAMPERED: dict[str, dict[str, Any]] = {
    "the words": {"content": '{"text":"没有这回事"}'},
    "the words, by one space": {"content": '{"text": "第2步 B-2"}'},
    "the move": {"move": "refuse"},
    "who": {"actor_id": None, "role": "approver"},
    "the unit": {"unit_id": 7},
    "the time, by a microsecond": {"at": NOW + timedelta(hours=2, microseconds=1)},
    "the salt": {"salt": bytes(16)},
    "the commitment": {"commitment": bytes(32)},
    "the hash": {"hash": bytes(32)},
    "the link before": {"previous": bytes(32)},
    "its place": {"seq": 99},
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_link_that_was_changed_is_found_and_named(ask: Ask, what: str) -> None:
    if what == "the unit":
        ask(lambda tx: tx.execute(text("INSERT INTO units (id, code, name) VALUES (7, 'x', 'x')")))
    ask(change, "B-2", 3, **TAMPERED[what])
    found = ask(broken)
    assert [one.number for one in found] == ["B-2"]
    assert found[0].why
    assert found[0].seq in {3, 4, 99} - ({99} if what != "its place" else {3})


def rehashed(tx: Tx, number: str, seq: int) -> None:
    """A keeper of the database who knows how it is done makes one link fit again."""
    row = tx.first(select(table).where(*link(number, seq)))
    assert row is not None
    fresh = events._link(number, seq, bytes(row.previous), row.move, CLERK, {"text": "改过的"}, row.at)
    change(tx, number, seq, **{name: fresh[name] for name in ("content", "salt", "commitment", "hash")})


def test_a_link_that_was_made_to_fit_again_breaks_at_the_next(ask: Ask) -> None:
    ask(rehashed, "B-2", 3)
    assert [(one.number, one.seq) for one in ask(broken)] == [("B-2", 4)]


def test_a_link_that_was_taken_out_is_missed(ask: Ask) -> None:
    for seq, named in ((3, 4), (1, 2)):
        ask(lambda tx, seq=seq: tx.execute(delete(table).where(*link("A-1", seq))))
        assert [(one.number, one.seq, one.why) for one in ask(broken)] == [("A-1", named, "a link is missing")]


def test_a_case_without_any_link_is_missed(ask: Ask) -> None:
    ask(lambda tx: tx.execute(delete(table).where(*link("C-3", 1)[:1])))
    assert [(one.number, one.seq) for one in ask(broken)] == [("C-3", 0)]


def test_two_links_that_changed_places_are_found(ask: Ask) -> None:
    for seq, place in ((2, 77), (3, 2), (77, 3)):
        ask(change, "B-2", seq, seq=place)
    assert [one.number for one in ask(broken)] == ["B-2"]


def test_a_link_of_another_case_does_not_fit(ask: Ask) -> None:
    names = ("content", "salt", "commitment", "hash", "previous")
    row = ask(lambda tx: tx.first(select(*(table.c[name] for name in names)).where(*link("A-1", 3))))
    ask(change, "B-2", 3, **dict(zip(names, row, strict=True)))
    assert [one.number for one in ask(broken)] == ["B-2"]


def test_every_broken_chain_is_named_and_the_others_are_not(ask: Ask) -> None:
    ask(change, "A-1", 1, move="x")
    ask(change, "C-3", 5, move="x")
    assert [(one.number, one.seq) for one in ask(broken)] == [("A-1", 1), ("C-3", 5)]


def test_erased_words_are_no_break_and_a_change_beside_them_is(ask: Ask) -> None:
    for seq in range(1, len(MOVES) + 1):
        ask(change, "B-2", seq, content=None, salt=None)
    assert ask(broken) == []
    assert [step.content for step in ask(events.of_case, 2)] == [None] * len(MOVES)
    ask(change, "B-2", 2, role="owner")
    assert [(one.number, one.seq) for one in ask(broken)] == [("B-2", 2)]


def test_the_same_words_leave_no_trace_once_erased(ask: Ask) -> None:
    """Two links with the same words have other commitments: nobody can try out what the erased words were."""
    ask(events.append, 1, "A-1", "add", CLERK, {"text": "同样的话"}, NOW)
    ask(events.append, 2, "B-2", "add", CLERK, {"text": "同样的话"}, NOW)
    rows = ask(lambda tx: tx.all(select(table.c.commitment).where(table.c.move == "add")))
    assert len({bytes(row.commitment) for row in rows}) == 2


# --- roots ------------------------------------------------------------------------------------------------------


def broken_roots(tx: Tx) -> list[Broken]:
    return list(events.verify_roots(tx))


@pytest.fixture
def rooted(ask: Ask) -> Ask:
    """Two daily roots: over three cases, and over what came a day later."""
    assert ask(events.make_root, NOW) is not None
    ask(a_chain, "D-4", 2)
    assert ask(events.make_root, NOW + timedelta(days=1)) is not None
    return ask


def test_every_event_lies_under_exactly_one_signed_root(rooted: Ask) -> None:
    assert rooted(lambda tx: [row.events for row in tx.all(select(roots.c.events).order_by(roots.c.id))]) == [15, 2]
    assert rooted(lambda tx: tx.all(select(table.c.id).where(table.c.root_id.is_(None)))) == []
    assert rooted(broken_roots) == []
    assert rooted(events.make_root, NOW + timedelta(days=2)) is None


def test_a_chain_that_was_rewritten_from_end_to_end_betrays_its_root(rooted: Ask) -> None:
    def rewrite(tx: Tx) -> None:
        previous = bytes(32)
        for row in tx.all(select(table).where(*link("B-2", 1)[:1]).order_by(table.c.seq)):
            fresh = events._link("B-2", row.seq, previous, row.move, CLERK, {"text": "改过的"}, row.at)
            change(tx, "B-2", row.seq, **{n: fresh[n] for n in ("content", "salt", "commitment", "hash", "previous")})
            previous = fresh["hash"]

    rooted(rewrite)
    assert rooted(broken) == []
    assert [one.seq for one in rooted(broken_roots)] == [1]


@pytest.mark.parametrize(("column", "value"), [("hash", bytes(32)), ("signature", bytes(64))])
def test_a_root_that_was_changed_is_found(rooted: Ask, column: str, value: bytes) -> None:
    rooted(lambda tx: tx.execute(update(roots).where(roots.c.id == 1).values({column: value})))
    assert 1 in [one.seq for one in rooted(broken_roots)]


def test_a_root_that_was_taken_out_is_missed_by_the_next(rooted: Ask) -> None:
    rooted(lambda tx: tx.execute(update(table).where(table.c.root_id == 1).values(root_id=None)))
    rooted(lambda tx: tx.execute(delete(roots).where(roots.c.id == 1)))
    assert [one.seq for one in rooted(broken_roots)] == [2]


def test_a_link_added_under_an_old_root_is_found(rooted: Ask) -> None:
    def slip_in(tx: Tx) -> None:
        made = events._link("D-4", 3, bytes(32), "visit", CLERK, {}, NOW)
        tx.execute(insert(table), {**made, "case_id": 4, "root_id": 1})

    rooted(slip_in)
    assert [one.seq for one in rooted(broken_roots)] == [1]


def test_a_root_signed_by_somebody_else_is_found(rooted: Ask) -> None:
    def resign(tx: Tx) -> None:
        row = tx.first(select(roots).where(roots.c.id == 2))
        assert row is not None
        forged = Ed25519PrivateKey.generate().sign(bytes(row.hash))
        tx.execute(update(roots).where(roots.c.id == 2).values(signature=forged))

    rooted(resign)
    assert [(one.seq, one.why) for one in rooted(broken_roots)] == [(2, "the signature is not this office's")]


def test_the_last_link_cut_off_betrays_its_root(rooted: Ask) -> None:
    rooted(lambda tx: tx.execute(delete(table).where(*link("B-2", len(MOVES)))))
    assert rooted(broken) == []
    assert [one.seq for one in rooted(broken_roots)] == [1]


def test_what_is_committed_while_a_root_is_made_belongs_to_the_next(ask: Ask, database_url: str) -> None:
    """On a server an event may have an earlier number and a later commit than others."""
    if database_url.startswith("sqlite"):
        pytest.skip("one writer: nothing is committed meanwhile")
    other = Database(database_url, OFFICE)
    at_work = other._writing.connect()
    late = at_work.begin()
    events.append(Tx(at_work, OFFICE), 1, "A-1", "add", CLERK, {"text": "晚提交的"}, NOW)
    ask(events.append, 2, "B-2", "add", CLERK, {"text": "先提交的"}, NOW)

    class Meanwhile(Tx):
        """The other commit falls right behind the first look."""

        def scalar(self, *args: Any) -> Any:
            found = super().scalar(*args)
            if late.is_active:
                late.commit()
            return found

        def all(self, *args: Any) -> Any:
            found = super().all(*args)
            if late.is_active:
                late.commit()
            return found

    ask(lambda tx: events.make_root(Meanwhile(tx.connection, tx.office), NOW))
    at_work.close()
    other._writing.dispose()
    assert len(ask(lambda tx: tx.all(select(table.c.id).where(table.c.move == "add")))) == 2
    assert ask(broken_roots) == []
    ask(events.make_root, NOW + timedelta(days=1))
    assert ask(broken_roots) == []
    assert ask(lambda tx: tx.all(select(table.c.id).where(table.c.root_id.is_(None)))) == []
