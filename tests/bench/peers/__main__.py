"""The peers beside one another, without Qinqing: `python -m tests.bench.peers [rounds]`."""

import sys

from tests.bench.harness import LEAST_RUNS, run_pairs
from tests.bench.peers import rows

if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else LEAST_RUNS
    for chats in (100, 1000):
        run_pairs(f"talk, in process, {chats} open chats", rows.in_process(chats), runs=rounds)
        run_pairs(f"talk, end to end, {chats} open chats", rows.end_to_end(chats), runs=rounds)
    run_pairs("ack, 64 connections", rows.webhooks(), runs=rounds, unit="acknowledgements/s")
