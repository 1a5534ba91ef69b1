"""The stories are told at every one of CHANNELS; on the web chat with either kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import copies
from tests.at_doors import CHANNELS, telling
from tests.databases import KINDS
from tests.people import Town

#: Where a story is told, and on which kind of database.
TELLINGS = [(channel, kind) for channel in CHANNELS for kind in (KINDS if channel == "web" else KINDS[:1])]


@pytest.fixture(params=TELLINGS, ids="-".join)
def story_town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """An office whose people sit at one of CHANNELS."""
    channel, kind = request.param
    url = copies.place(kind)
    yield from telling(channel, url)
    copies.forget(url)


@pytest.fixture
def town(story_town: Town) -> Town:
    """The town of a story."""
    return story_town
