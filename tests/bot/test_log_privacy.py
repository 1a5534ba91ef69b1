"""What the program writes to its log names neither people nor what they wrote, whatever goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.logs import told
from tests.bot.noisy_office import CODE, MATTER, NAME, PHONE

#: How JSON, repr and addresses may write the same.
SECRETS = (NAME, MATTER, PHONE, CODE, "灶台", json.dumps(NAME)[1:-1], json.dumps(MATTER)[1:-1], "%E6%9E%97%E6%99%93")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("noisy")
    command = [sys.executable, "-m", "tests.bot.noisy_office", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1, ended.stderr[-3000:]
    assert ended.stdout == ""
    return ended.stderr


def test_nobody_and_nothing_they_wrote_stands_in_the_log(log: str) -> None:
    assert [line for line in log.splitlines() if any(secret in line for secret in SECRETS)] == []


def test_every_line_is_one_event_that_can_be_read_by_programs(log: str) -> None:
    lines = [json.loads(line) for line in log.splitlines() if line.strip()]
    assert len(lines) > 20
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)


def test_the_log_still_says_what_failed_and_where(log: str) -> None:
    lines = [json.loads(line) for line in log.splitlines() if line.strip()]
    failed = [line for line in lines if line["event"] == "arrival failed"]
    assert failed[0]["error"].startswith("ValueError at noisy_office.py:")
    known = "\n".join(str(line.get("exception")) for line in lines)
    for sort in ("KeyError", "IntegrityError", "RuntimeError"):
        assert sort in known
    assert [line["event"] for line in lines if line.get("logger") == "some.library"].count("failed for %s") >= 4
    assert lines[-1]["event"] == "ended by an error"


def test_an_error_is_told_with_what_it_came_of() -> None:
    try:
        try:
            int(MATTER)
        except ValueError as first:
            raise LookupError(NAME) from first
    except LookupError as error:
        lines = told(error)
    assert [line for line in lines if not line.startswith(" ")] == ["LookupError", "ValueError"]
    assert not any(secret in line for line in lines for secret in SECRETS)
