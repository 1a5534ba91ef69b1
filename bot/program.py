"""How this program was called, so that what it prints can be typed again as it stands."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAME = "qinqing"


def called() -> str:
    """The name alone where the shell finds this very program by it; else the path, as short as it can be typed."""
    typed = Path(sys.argv[0])
    if typed.name != NAME or not typed.exists() or _found_by_name(typed):
        return NAME
    here, there = Path.cwd(), typed.absolute()
    if not there.is_relative_to(here):
        return str(there)
    short = os.path.relpath(there, here)
    return short if os.sep in short else os.path.join(os.curdir, short)


def _found_by_name(typed: Path) -> bool:
    found = shutil.which(NAME)
    return found is not None and Path(found).resolve() == typed.resolve()
