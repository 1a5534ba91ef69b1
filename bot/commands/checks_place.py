"""What the doctor looks at beside the machine: the office's file, its folders and keys, its address, its words."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from bot.commands.archive import KEY_BYTES
from bot.commands.archive import KEYS as KEY_FILES
from bot.commands.findings import Finding, Look, nearest, ok, warning, wrong
from bot.commands.telling import command
from bot.settings import office_file
from domain.errors import BadDeclaration
from handlers import words
from handlers.words import _, of_error
from storage.engines import is_sqlite, sqlite_path

OTHERS = 0o077


def office(look: Look) -> Finding:
    """office.toml."""
    try:
        return ok(office_file(look.settings.office).name)
    except BadDeclaration as error:
        return wrong(of_error(error), _("Mend it, or write a new one: {command}", command=command("init")))


def files(look: Look) -> Finding:
    """The folder of the files people send."""
    folder = look.settings.files
    fault = _unusable(folder)
    if fault:
        return wrong(fault, _("Let this user write to {folder}, or set {names}.", folder=folder, names="QINQING_FILES"))
    if _open_to_others(folder):
        return warning(_("others on this machine can read {file}", file=folder), f"chmod 700 {folder}")
    return ok(_kept(folder))


def keys(look: Look) -> Finding:
    """The folder of the keys, and the keys in it."""
    folder = look.settings.keys
    fault = _unusable(folder)
    if fault:
        return wrong(fault, _("Let this user write to {folder}, or set {names}.", folder=folder, names="QINQING_KEYS"))
    for path in (folder, *(folder / name for name in KEY_FILES)):
        if _open_to_others(path):
            return wrong(
                _("others on this machine can read {file}", file=path),
                f"chmod {'700' if path.is_dir() else '600'} {path}",
            )
    spoilt = [path for name in KEY_FILES if (path := folder / name).exists() and path.stat().st_size != KEY_BYTES]
    if spoilt:
        return wrong(_("{file} is no key", file=spoilt[0]), _("Put it back from the backup."))
    return ok(_kept(folder))


def private(look: Look) -> Finding:
    """Whether only this user can read an embedded database."""
    url = look.settings.database_url
    if not is_sqlite(url):
        return ok(_("kept by the server"))
    path = sqlite_path(url)
    if _open_to_others(path):
        return warning(_("others on this machine can read {file}", file=path), f"chmod 600 {path}")
    return ok(_kept(path))


def address(look: Look) -> Finding:
    """The address people know the office by."""
    url = look.settings.public_url
    if not url:
        return warning(_("not set"), _("Set {names}: without it no links can be given.", names="QINQING_PUBLIC_URL"))
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return wrong(
            url, _("Set {names} to an address that begins with {start}", names="QINQING_PUBLIC_URL", start="https://")
        )
    if parts.scheme == "http":
        return warning(
            url, _("Put the office behind {protocol}: else what people write can be read on the way.", protocol="HTTPS")
        )
    return ok(url)


def catalogue(_look: Look) -> Finding:
    """The words people read, in every language."""
    try:
        return ok(
            _("{n} texts in {languages} languages", n=len(words.load()[words.DEFAULT]), languages=len(words.LANGUAGES))
        )
    except BadDeclaration as error:
        return wrong(of_error(error), _("Install the program again: this copy is not complete."))


def _unusable(folder: Path) -> str:
    """Why nothing can be written to a folder, or to where it will be made; empty if it can."""
    if folder.exists() and not folder.is_dir():
        return _("{folder} is not a folder", folder=folder)
    try:
        with tempfile.TemporaryFile(dir=nearest(folder)):
            return ""
    except OSError as error:
        return f"{folder}: {error.strerror}"


def _open_to_others(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & OTHERS)


def _kept(path: Path) -> str:
    return str(path) if path.exists() else _("{path} will be made at the first start", path=path)
