"""WeCom and the doors beside it, as one server of the tests' own, strict where the sheet is strict.

`async with WecomSim() as sim:` in a test, `with running(sim):` in a thread of its own, `python -m tests.wecom_sim` as
a process. `sim.complaints` names every breach a well-behaved office never commits; `sim.delivered` all that reached
people.
"""

from tests.wecom_sim.server import WecomSim, running

__all__ = ["WecomSim", "running"]
