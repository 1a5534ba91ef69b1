"""Our office on WeCom as a real process that can be killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.crash.processes import Office
from tests.wecom_sim import WecomSim


class WecomOffice(Office):
    """`qinqing run` with the app and customer service.

    hasty: where the platform wants a pause of a minute it rests two seconds (`tests/wecom/hasty.py`).
    """

    def __init__(self, folder: Path, sim: WecomSim, *, hasty: bool = False) -> None:
        super().__init__(folder)
        self.sim, self.hasty = sim, hasty

    def environment(self, folder: Path | None = None) -> dict[str, str]:
        """What tells the program where things are, the platform among them."""
        told = {name: value for name, value in self.sim.settings().items() if name.startswith("QINQING_WECOM_")}
        return {**super().environment(folder), **told, "QINQING_PUBLIC_URL": self.url("")}

    def _spawn(self) -> subprocess.Popen[bytes]:
        if not self.hasty:
            return super()._spawn()
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "tests.wecom.hasty"]
            self.process = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)
        return self.process
