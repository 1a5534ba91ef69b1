"""A process killed while WeCom brings a storm loses nothing, does nothing twice and says nothing twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from tests.wecom.processes import WecomOffice
from tests.wecom.storming import SCRIPT, Storm, filed_wrongly, found, not_told, said_wrongly, settled
from tests.wecom_sim import WecomSim

KILLS, STOPS = 10, 1
#: So many owners and as many members file in each round.
EACH = 10
LATEST_SECONDS, LOOK_SECONDS = 20.0, 0.004
#: An owner's lines; a member opens the app and taps two entries of its menu besides.
A_ROUND = EACH * (2 * len(SCRIPT) + 3)


@dataclass
class Rounds:
    """Brings people and ends the process in the middle of each round."""

    storm: Storm
    office: WecomOffice
    ends: list[int] = field(default_factory=list)

    async def round(self, number: int, *, kill: bool) -> None:
        """Everybody files; after a moment that is drawn the process ends, and it is started again."""
        people = [self.storm.owner_files(f"老板{number}-{one}") for one in range(EACH)]
        people += [self.storm.member_files(f"m{number}-{one}") for one in range(EACH)]
        brought = asyncio.gather(*people)
        await self.moment(self.progress() + self.storm.chance.randrange(1, A_ROUND + 4 * EACH))
        await (asyncio.to_thread(self.office.kill) if kill else asyncio.to_thread(self.office.stop))
        self.ends.append(self.progress())
        await self.office.start()
        await brought

    async def moment(self, progress: int) -> None:
        """Wait until so much has happened, or as long as anything may take."""
        waited = 0.0
        while self.progress() < progress and waited < LATEST_SECONDS:
            await asyncio.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS

    def progress(self) -> int:
        """How many callbacks were taken, and how many messages shown since."""
        return len(self.storm.callbacks) + len(self.storm.sim.delivered)


async def test_ten_kills_in_a_storm_lose_nothing_do_nothing_twice_and_say_nothing_twice(tmp_path: Path) -> None:
    async with WecomSim() as sim:
        office, storm = WecomOffice(tmp_path, sim), Storm(sim)
        rounds = Rounds(storm, office)
        url = office.environment()["QINQING_DATABASE_URL"]
        sim.office_at(office.url(""))
        sim.callbacks.copies, sim.callbacks.jitter_seconds, sim.callbacks.pause_seconds = 3, 0.05, 0.5
        await office.start()
        try:
            for number in range(KILLS + STOPS):
                await rounds.round(number, kill=number < KILLS)
            await storm.late_again(EACH)
            await settled(url)
        finally:
            office.stop()
        kept = await found(url)
    print(f"{len(storm.answers())} callbacks, {kept.arrivals} arrivals, ended at {rounds.ends}: {kept.fates}")
    print(f"repeats the platform kept back: {sim.repeats}, {dict(sim.refusals)}")
    assert kept.failed == 0
    assert kept.arrivals == (KILLS + STOPS) * A_ROUND
    assert filed_wrongly(storm, kept) == []
    assert not_told(storm, kept) == []
    assert said_wrongly(storm, kept) == []
    assert {state for _channel, state, _reason in kept.fates} <= {"sent", "joined", "replaced"}
    assert sim.complaints == []
    assert office.command("db", "verify").returncode == 0
