"""A lease of a process that was killed here is taken at once; one that may live is waited for."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from bot import lease
from bot.lease import has_ended, place_of, process_name


def test_a_process_that_was_killed_is_known_to_have_ended() -> None:
    told = "from bot.lease import process_name; print(process_name())"
    name = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.strip()
    assert has_ended(name)


def test_parts_of_this_process_live() -> None:
    assert not has_ended(process_name())
    assert process_name() != process_name()


HERE = process_name().rpartition("-")[0].rpartition("-")[0]


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "one",
        "a-b-c",
        f"{HERE}-x-0123",
        f"{HERE}-²-0123",
        f"elsewhere-{2**22 + 1}-0123",
        f"{HERE}-{os.getppid()}-0123",
    ],
)
def test_whoever_may_live_is_waited_for(owner: str) -> None:
    assert not has_ended(owner)


def test_an_earlier_process_with_this_ones_number_has_ended() -> None:
    assert has_ended(f"{HERE}-{os.getpid()}-{'0' * 24}")


def test_a_container_of_the_same_name_with_the_same_numbers_is_waited_for(tmp_path: Path) -> None:
    other = tmp_path / "pid"
    other.symlink_to("pid:[4026539999]")
    beside = place_of(space=other)
    for number in (os.getpid(), 2**22 + 1):
        assert not has_ended(f"{beside}-{number}-{'0' * 24}")
        assert not has_ended(f"{platform.node()}-{number}-{'0' * 24}")  # as it was named before


def test_another_start_of_a_machine_is_another_place(tmp_path: Path) -> None:
    boot = tmp_path / "boot_id"
    boot.write_text("5f1c\n")
    first = place_of(boot)
    boot.write_text("60aa\n")
    assert len({first, place_of(boot), place_of()}) == 3


def test_where_nobody_can_tell_everybody_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_PLACE", place_of(tmp_path / "hidden"))
    assert process_name().startswith("-")
    assert not has_ended(f"-{2**22 + 1}-0123")
