"""Acknowledgements a second of the webhook: ours after the update and its reply are synced, the others' after nothing.

Each update is a whole arrival for Qinqing: who is it, which talk, the menu as reply, put in line and sent while the
next ones come. The frameworks' rows only check the secret and read the JSON, and keep nothing.
"""

from __future__ import annotations

from bot.channels.telegram.webhook import PATH
from tests.bench.harness import Row, run_pairs
from tests.bench.peers import rows
from tests.bench.talk import DISK, DOORS_ALONE

CONNECTIONS = 64
POSTS = 5000


def main() -> None:
    """Print the table."""
    worker = (*rows.ack_load(CONNECTIONS, POSTS), "--path", PATH, "--texts", '["/start"]')
    ours = Row("Qinqing: handled and kept, reply queued and sent", DISK, worker, ("tests.bench.door",))
    alone = Row(DOORS_ALONE, rows.NO, worker, ("tests.bench.doors_alone",))
    run_pairs(f"ack, {CONNECTIONS} connections", [ours, *rows.webhooks(), alone], unit="acknowledgements/s")


if __name__ == "__main__":
    main()
