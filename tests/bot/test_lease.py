"""A lease of a process that was killed here is taken at once; one that may live is waited for."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from bot.lease import has_ended, process_name


def test_a_process_that_was_killed_is_known_to_have_ended() -> None:
    told = "from bot.lease import process_name; print(process_name())"
    name = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.strip()
    assert has_ended(name)


def test_parts_of_this_process_live() -> None:
    assert not has_ended(process_name())
    assert process_name() != process_name()


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "one",
        "a-b-c",
        f"{platform.node()}-x-0123",
        f"{platform.node()}-²-0123",
        f"elsewhere-{2**22 + 1}-0123",
        f"{platform.node()}-{os.getppid()}-0123",
    ],
)
def test_whoever_may_live_is_waited_for(owner: str) -> None:
    assert not has_ended(owner)


def test_an_earlier_process_with_this_ones_number_has_ended() -> None:
    assert has_ended(f"{platform.node()}-{os.getpid()}-{'0' * 24}")
