"""What the emulator's own tests are given."""

from __future__ import annotations

import pytest

from tests.wecom_sim.caller import Clock


@pytest.fixture
def clock() -> Clock:
    """The platform's clock, standing still."""
    return Clock()
