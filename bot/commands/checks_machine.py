"""What the doctor looks at on the machine: Python, SQLite, disk, port, clock, fonts."""

from __future__ import annotations

import errno
import http.client
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from bot.commands.findings import Finding, Look, nearest, ok, warning, wrong
from handlers.words import _
from storage.engines import driver

OLDEST_PYTHON = (3, 11)
#: Before it, two connections could damage a database in WAL mode; one writer, as here, does not meet it.
SOUND_SQLITE = (3, 51, 3)
LITTLE_BYTES = 2 * 1024**3
TOO_LITTLE_BYTES = 200 * 1024**2
SKEW_SECONDS = 2.0
ANSWER_SECONDS = 3


def python(_look: Look) -> Finding:
    """The version of Python."""
    if sys.version_info < OLDEST_PYTHON:
        return wrong(platform.python_version(), _("Install Python {version} or newer.", version="3.11"))
    return ok(platform.python_version())


def sqlite(_look: Look) -> Finding:
    """The version of SQLite that is used."""
    if driver.sqlite_version_info < SOUND_SQLITE:
        fixed = ".".join(map(str, SOUND_SQLITE))
        remedy = _(
            "Before {fixed} a second program writing to the database could damage it: let only the office write.",
            fixed=fixed,
        )
        return warning(driver.sqlite_version, remedy)
    return ok(driver.sqlite_version)


def disk(look: Look) -> Finding:
    """Room for files and the database."""
    free = shutil.disk_usage(nearest(look.settings.files)).free
    found = _("{size} free", size=f"{free / 1024**3:.1f} GB")
    if free < TOO_LITTLE_BYTES:
        return wrong(found, _("Make room on this disk: nothing can be kept on a full one."))
    return warning(found, _("Make room on this disk soon.")) if free < LITTLE_BYTES else ok(found)


def port(look: Look) -> Finding:
    """Whether the office can listen where it is told to."""
    host, number = look.settings.http_host, look.settings.http_port
    where = f"{host}:{number}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, number))
        except OSError as error:
            return _taken(where, host, number, error)
    return ok(where)


def _taken(where: str, host: str, number: int, error: OSError) -> Finding:
    if error.errno != errno.EADDRINUSE:
        return wrong(f"{where}: {error.strerror}", _("Set {names}.", names="QINQING_HTTP_HOST, QINQING_HTTP_PORT"))
    if _is_office(host, number):
        return ok(_("{where}: the office is running", where=where))
    return wrong(
        _("{where}: another program listens there", where=where),
        _("Stop it, or set {names}.", names="QINQING_HTTP_PORT"),
    )


def _is_office(host: str, number: int) -> bool:
    asking = http.client.HTTPConnection(host, number, timeout=ANSWER_SECONDS)
    try:
        asking.request("GET", "/health")
        return "tick_age_seconds" in json.loads(asking.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        asking.close()


def clock(look: Look) -> Finding:
    """Whether the disk that keeps files has the same time as this machine."""
    try:
        with tempfile.TemporaryFile(dir=nearest(look.settings.files)) as file:
            before = time.time()
            file.write(b".")
            file.flush()
            skew = os.fstat(file.fileno()).st_mtime - before
    except OSError as error:
        return warning(str(error.strerror), _("Let this user write to {folder}.", folder=look.settings.files))
    found = _("{n} s apart from the disk", n=abs(round(skew)))
    if abs(skew) > SKEW_SECONDS:
        return warning(found, _("Set the clocks by a time server: deadlines run by them."))
    return ok(_("as the disk's"))


def font(_look: Look) -> Finding:
    """A font with Chinese characters, for charts."""
    tool = shutil.which("fc-list")
    remedy = _("Install a Chinese font, such as {package}: charts need it.", package="fonts-noto-cjk")
    if tool is None:
        return warning(_("cannot be looked up without {tool}", tool="fontconfig"), remedy)
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [tool, ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=30
    )
    first = next(iter(listed.stdout.splitlines()), "")
    return ok(first.split(",")[0]) if first else warning(_("none"), remedy)
