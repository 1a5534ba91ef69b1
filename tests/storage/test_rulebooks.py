"""The rulebook is kept in versions, read tolerantly, and saved by one person at a time."""

from dataclasses import replace
from datetime import date, time

import msgspec
import pytest
from hypothesis import given

from bot.office import begun_with, plant
from domain.errors import BadDeclaration, Overtaken
from domain.rulebook import DEFAULT, Closure, Rulebook
from domain.workdays import DayKind
from storage import calendars, rulebooks
from storage.rulebooks import decoded, encoded
from storage.transaction import Tx
from tests.domain.books import books
from tests.people import Town
from tests.town import OFFICE


@given(books())
def test_any_book_is_read_as_it_was_written(book: Rulebook) -> None:
    assert decoded(encoded(book), book.version) == book


def test_what_an_older_body_lacks_is_as_an_office_begins() -> None:
    older = msgspec.json.decode(encoded(replace(DEFAULT, low_levels=1)))
    for later in ("object_days", "rungs", "refusal_grounds"):
        del older[later]
    del older["kinds"]["suggestion"]
    assert decoded(msgspec.json.encode(older).decode(), 7) == replace(DEFAULT, low_levels=1, version=7)


@pytest.mark.parametrize(
    "body", ["", "[]", "7", '{"silence": 3}', '{"silence": {"amount": -1}}', '{"kinds": {"x": 1}}']
)
def test_a_body_nobody_can_read_is_named(body: str) -> None:
    with pytest.raises(BadDeclaration, match="rulebook 4"):
        decoded(body, 4)


def save(town: Town, book: Rulebook, *, based_on: int, why: str = "县里新规定") -> Rulebook:
    return town.write(rulebooks.save, book, why, None, town.now, based_on=based_on)


def test_the_file_of_the_office_begins_it_and_the_database_goes_on(town: Town) -> None:
    assert town.read(rulebooks.current) == begun_with(OFFICE)
    town.write(plant, OFFICE.model_copy(update={"name": "另一个名字"}), town.now)
    assert town.read(rulebooks.current) == begun_with(OFFICE)


def test_every_version_can_be_read_again(town: Town) -> None:
    first = town.read(rulebooks.current)
    assert first is not None
    second = save(town, replace(first, low_levels=1), based_on=1)
    assert (second.version, second.low_levels) == (2, 1)
    assert town.read(rulebooks.current) == second
    assert town.read(rulebooks.get, 1) == first
    assert town.read(rulebooks.get, 9) is None
    assert [(one.version, one.why) for one in town.read(rulebooks.history)] == [(2, "县里新规定"), (1, "")]


def test_the_second_of_two_who_save_at_once_is_told(town: Town) -> None:
    save(town, DEFAULT, based_on=1)
    with pytest.raises(Overtaken):
        save(town, replace(DEFAULT, low_levels=0), based_on=1)
    kept = town.read(rulebooks.current)
    assert kept is not None
    assert (kept.version, kept.low_levels) == (2, DEFAULT.low_levels)


def test_closed_days_and_hours_make_a_new_version_of_the_calendar(town: Town) -> None:
    storm = date(2026, 3, 5)
    before = town.read(calendars.newest)
    save(town, replace(DEFAULT, low_levels=1), based_on=1)
    assert town.read(calendars.newest) == before
    book = save(town, replace(DEFAULT, closures=(Closure(storm, "台风"),)), based_on=2)
    assert town.read(calendars.newest) == before + 1
    save(town, replace(book, opens=time(9)), based_on=3)
    assert town.read(calendars.newest) == before + 2


def test_an_office_under_a_book_counts_by_it_and_only_inside(town: Town) -> None:
    storm = date(2026, 3, 5)
    book = replace(DEFAULT, name="新名字", closures=(Closure(storm, "台风"),))

    def look(tx: Tx) -> list[tuple[str, DayKind]]:
        found = []
        with rulebooks.under(tx, rulebooks.office(tx, book)):
            found.append((tx.office.name, tx.office.calendar.kind(storm)))
        return [*found, (tx.office.name, tx.office.calendar.kind(storm))]

    assert town.read(look) == [("新名字", DayKind.CLOSURE), (OFFICE.name, DayKind.WORKDAY)]
