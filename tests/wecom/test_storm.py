"""Ten thousand callbacks, each told three times, mixed and late, while all goes wrong that can go wrong at WeCom."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.wecom.processes import WecomOffice
from tests.wecom.storming import SCRIPT, Kept, Storm, filed_wrongly, found, not_told, said_wrongly, settled
from tests.wecom_sim import WecomSim

OWNERS, MEMBERS = 150, 150
CALLBACKS = 10_000
#: Somebody whose licence the organisation has not paid, and somebody whom one message is said not to have reached.
UNPAID, HALF = "unpaid", "half"
#: So long WeCom waits for an answer.
LONGEST_SECONDS = 5.0
#: Each member opens the app before filing, and taps two entries of its menu after it.
ARRIVALS = OWNERS * len(SCRIPT) + (MEMBERS + 2) * (len(SCRIPT) + 3)
MIDDLE_SECONDS = 90.0
#: How a message may end, and where it has to say why.
ENDS, WITH_REASON = {"sent", "joined", "replaced", "unreachable", "dead"}, {"unreachable", "dead"}


async def test_ten_thousand_callbacks_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    async with WecomSim() as sim:
        office, storm = WecomOffice(tmp_path, sim, hasty=True), Storm(sim)
        url = office.environment()["QINQING_DATABASE_URL"]
        sim.office_at(office.url(""))
        await office.start()
        try:
            began = time.monotonic()
            await weather(storm)
            seconds = time.monotonic() - began
            await settled(url)
            await ask_again(storm, await found(url))
            await settled(url)
        finally:
            office.stop()
        print(figures(storm, seconds, time.monotonic() - began))
        kept = await found(url)
    nothing_lost_and_nothing_twice(storm, kept)
    within_the_limits(storm)
    assert office.command("db", "verify").returncode == 0


# --- the weather ------------------------------------------------------------------------------------------------------


async def weather(storm: Storm) -> None:
    """Everybody at once, each thing three times and mixed with the others; then what is late once more."""
    sim = storm.sim
    sim.callbacks.copies, sim.callbacks.jitter_seconds = 3, 0.3
    sim.member(UNPAID, licensed=False)
    people = [storm.owner_files(f"老板{number}") for number in range(OWNERS)]
    people += [storm.member_files(name) for name in (UNPAID, *(f"m{number}" for number in range(MEMBERS)))]
    await asyncio.gather(wrong_in_the_middle(storm), *people)
    while (left := CALLBACKS - len(storm.answers())) > 0:
        several = min(300, -(-left // sim.callbacks.copies))
        await asyncio.gather(*(storm.late_again(1) for _ in range(several)))


async def wrong_in_the_middle(storm: Storm) -> None:
    """Tokens end, pauses are wanted, pages are empty, and messages that were taken do not arrive."""
    sim = storm.sim
    (account,) = sim.kf_accounts.values()
    half = OWNERS * len(SCRIPT) // 2
    await sim.until(lambda: len(account.log) > half, "the storm does not go on", MIDDLE_SECONDS)
    for app in ("app", "kefu"):
        sim.expire(app)
    sim.faults.times("message/send", 3, 45009)
    sim.faults.times("kf/send_msg", 2, 45009)
    sim.faults.once("kf/sync_msg", 45009)
    sim.faults.once("message/send", more={"invaliduser": HALF}, touser=HALF)
    sim.empty_pages = 3
    sim.kf_fails.extend([4, 6, 0])
    await storm.member_files(HALF)


async def ask_again(storm: Storm, kept: Kept) -> None:
    """Who was not told what became of their matter asks: what did not arrive is said then."""
    for name in not_told(storm, kept, (UNPAID,)):
        await storm.filers[name].say("/my")


# --- the reckoning ----------------------------------------------------------------------------------------------------


def figures(storm: Storm, seconds: float, whole: float) -> str:
    """How fast it was."""
    answers, took = storm.answers(), storm.took()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    return (
        f"{len(answers)} callbacks in {seconds:.1f} s, {len(answers) / seconds:.0f} a second; acknowledged after "
        f"{p50:.3f} s (p50), {p99:.3f} s (p99), {took[-1]:.3f} s at most; all said after {whole:.1f} s"
    )


def nothing_lost_and_nothing_twice(storm: Storm, kept: Kept) -> None:
    """By what the office kept, and by what stands on the phones."""
    asked_again = kept.arrivals - ARRIVALS
    assert 0 <= asked_again <= len(storm.sim.kf_accounts) * 3 + 1
    assert kept.failed == 0
    assert filed_wrongly(storm, kept) == []
    assert not_told(storm, kept, (UNPAID,)) == []
    assert said_wrongly(storm, kept, (HALF,)) == []
    assert {state for _channel, state, _reason in kept.fates} <= ENDS
    assert all(reason for _channel, state, reason in kept.fates if state in WITH_REASON)
    assert set(storm.answers()) == {200}
    assert storm.took()[-1] < LONGEST_SECONDS


def within_the_limits(storm: Storm) -> None:
    """What was to go wrong did, and the office did nothing that WeCom forbids."""
    sim = storm.sim
    assert sim.complaints == []
    assert sim.cuts == []
    assert 0 < sim.windows.most["member a minute"] <= 30
    codes = [fault.errcode for _api, fault in sim.faults.met]
    assert sorted(codes) == [0, *[45009] * 6]
    assert (list(sim.kf_fails), sim.empty_pages) == ([], 0)
    assert {code for _api, code in sim.refusals} == {42001}
