"""`python -m tests.wecom_sim [--port 8090] [--office http://127.0.0.1:8080]`: the platform as a process of its own.

Prints what an office is to be told in its environment, then serves until it is stopped; people act by `control.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal

from tests.wecom_sim.server import WecomSim


async def serve(port: int, office: str) -> None:
    """Run until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    async with WecomSim(port=port) as sim:
        if office:
            sim.office_at(office)
        for name, value in sim.settings().items():
            print(f"export {name}={shlex.quote(value)}")
        print(f"# serving at {sim.url}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--office", default="", help="the office's address, to which callbacks go")
    asked = parser.parse_args()
    asyncio.run(serve(asked.port, asked.office))
