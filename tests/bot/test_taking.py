"""One arrival on its way in: whatever a channel makes of it, nothing that was brought is lost."""

from __future__ import annotations

from pathlib import Path

import structlog

from domain.messages import Incoming
from tests.bot.telegram_office import Door, office

RAW = '{"update_id": 7, "message": "我的秘密"}'.encode()


class Breaking(Door):
    """Does not know its own arrivals, and does not say so in the words of the contract."""

    def parse(self, raw: bytes) -> Incoming | None:
        raise KeyError(raw.decode())


async def test_what_breaks_the_channel_itself_is_set_aside_once_and_not_shown_in_the_log(tmp_path: Path) -> None:
    async with office(tmp_path) as there:
        with structlog.testing.capture_logs() as logs:
            await there.app.take(Breaking(), RAW)
            await there.app.take(Breaking(), RAW)
        assert len(await there.set_aside()) == 1
        assert "秘密" not in str(logs)
