"""What happens once only, whatever kind of database keeps count of it."""

from datetime import timedelta

from storage import inbox, jobs, reminders
from storage.reminders import Reminder
from tests.people import Town


def test_an_arrival_is_taken_the_first_time_only(town: Town) -> None:
    taken = [town.write(inbox.take, "web", key, town.now) for key in ("a", "a", "b", "a")]

    assert taken == [True, False, True, False]


def test_the_same_key_on_another_channel_is_another_arrival(town: Town) -> None:
    assert town.write(inbox.take, "web", "a", town.now)
    assert town.write(inbox.take, "telegram", "a", town.now)


def test_a_daily_job_is_claimed_once_for_its_moment(town: Town) -> None:
    tomorrow = town.now + timedelta(days=1)

    claimed = [town.write(jobs.claim, "root", at) for at in (town.now, town.now, tomorrow)]

    assert claimed == [True, False, True]


def test_a_rung_is_recorded_once_for_each_person(town: Town) -> None:
    owner, other = town.owner("林晓"), town.owner("赵启明")
    number = owner.file("门口的路灯坏了")
    case, deadline = town.case(number).id, town.running(number)[0].id
    rungs = [Reminder(deadline, "near", person.id, case, "blue", town.now) for person in (owner, other)]

    first, again = town.write(reminders.add, rungs[:1]), town.write(reminders.add, rungs)

    assert (first, again) == (rungs[:1], rungs[1:])
