"""What the emulator's own tests are given."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wecom_sim import WecomSim
from tests.wecom_sim.caller import Clock
from tests.wecom_sim.office import Office, open_office


@pytest.fixture
def clock() -> Clock:
    """The platform's clock, standing still."""
    return Clock()


@pytest.fixture
async def sim(clock: Clock) -> AsyncIterator[WecomSim]:
    """A platform on which nobody is yet."""
    async with WecomSim(now=clock) as made:
        yield made


@pytest.fixture
async def office(sim: WecomSim) -> AsyncIterator[Office]:
    """Somebody who hears its callbacks."""
    async with open_office(sim) as made:
        yield made
