"""qinqing db: whoever touches a chain or a root is found out, and a backup brings the whole office back."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.filestore import FileStore
from bot.keys import load as load_keys
from domain.case import Actor, Role
from storage import events, migrations
from storage.engines import driver
from tests import town as towns
from tests.bot.terminal import SHOWN, Terminal
from tests.people import Town

FACTS = ("门口的路灯坏了", "办证跑了三趟", "楼下餐馆油烟大")
PHOTO = b"a photo"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with three cases, the first dispatched and signed, all under a daily root."""
    folder = tmp_path_factory.mktemp("office")
    keys = load_keys(folder / "var" / "keys")
    town = towns.build(f"sqlite:///{folder / 'var' / 'qinqing.db'}", towns.FIRST_MORNING, Town)
    town.db.office = replace(town.db.office, sign=keys.signing.sign, public_key=keys.public)
    desk = town.official("陈岚", Role.DISPATCHER)
    liaison = town.official("吴敏", Role.LIAISON, unit="gongdian")
    numbers = [town.owner(name).file(facts) for name, facts in zip("甲乙丙", FACTS, strict=True)]
    desk.dispatch(numbers[0], "供电公司")
    liaison.sign(numbers[0])
    assert town.write(events.make_root, town.now) is not None
    asyncio.run(town.db.close())
    FileStore(folder / "var" / "files").put(PHOTO)
    return folder


@pytest.fixture
def office(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Terminal:
    """A terminal in a copy of that folder."""
    shutil.copytree(sample, tmp_path, dirs_exist_ok=True)
    return Terminal(tmp_path, monkeypatch, capsys)


def sql(office: Terminal, *statements: str) -> list[Any]:
    """Run statements behind the program's back; returns the rows of the last."""
    with closing(driver.connect(str(office.folder / "var" / "qinqing.db"), isolation_level=None)) as connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


def number(office: Terminal, case: int) -> str:
    return str(sql(office, f"SELECT number FROM cases WHERE id = {case}")[0][0])


# --- verify ------------------------------------------------------------------------------------------------------


def test_untouched_chains_verify(office: Terminal) -> None:
    steps = sql(office, "SELECT count(*) FROM events")[0][0]
    assert steps > len(FACTS)
    assert f"全部 {steps} 步" in office.done("db", "verify")


def link(case: int, seq: int) -> str:
    return f"WHERE case_id = {case} AND seq = {seq}"


TAMPERED: dict[str, tuple[tuple[str, ...], int, int, str]] = {
    "a content is changed": (
        (f"""UPDATE events SET content = '{{"facts":"没事"}}' {link(2, 1)}""",),
        2,
        1,
        "内容与当时登记的不一致",
    ),
    "a salt is taken away": ((f"UPDATE events SET salt = NULL {link(2, 1)}",), 2, 1, "内容与当时登记的不一致"),
    "a link is dropped": ((f"DELETE FROM events {link(1, 2)}",), 1, 3, "缺了一步"),
    "the first link is dropped": ((f"DELETE FROM events {link(1, 1)}",), 1, 2, "缺了一步"),
    "all links are dropped": (("DELETE FROM events WHERE case_id = 2",), 2, 0, "这一件没有任何记录"),
    "two links are swapped": (
        (
            f"UPDATE events SET seq = 99 {link(1, 2)}",
            f"UPDATE events SET seq = 2 {link(1, 3)}",
            f"UPDATE events SET seq = 3 {link(1, 99)}",
        ),
        1,
        2,
        "与上一步接不上",
    ),
    "an actor is altered": ((f"UPDATE events SET actor_id = 77 {link(1, 2)}",), 1, 2, "校验值不符"),
    "a role is altered": ((f"UPDATE events SET role = 'leader' {link(1, 2)}",), 1, 2, "校验值不符"),
    "a move is altered": ((f"UPDATE events SET move = 'refuse' {link(1, 2)}",), 1, 2, "校验值不符"),
    "a time is moved": ((f"UPDATE events SET at = '2026-01-01 00:00:00.000000' {link(3, 1)}",), 3, 1, "校验值不符"),
    "a link is moved to another case": (
        ("UPDATE events SET case_id = 3, seq = 2 WHERE case_id = 1 AND seq = 3",),
        1,
        4,
        "缺了一步",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_first_broken_link_is_named(office: Terminal, what: str) -> None:
    statements, case, step, why = TAMPERED[what]
    sql(office, *statements)
    complaint = office.refused("db", "verify")
    assert f"{number(office, case)} 号件第 {step} 步：{why}" in complaint


def test_of_several_the_first_is_named_and_the_others_are_counted(office: Terminal) -> None:
    sql(office, f"UPDATE events SET actor_id = 77 {link(3, 1)}", f"UPDATE events SET actor_id = 77 {link(2, 1)}")
    complaint = office.refused("db", "verify")
    assert number(office, 2) in complaint
    assert number(office, 3) not in complaint
    assert "另有 1 处" in complaint


def test_a_chain_computed_anew_does_not_fit_its_root(office: Terminal) -> None:
    case = number(office, 2)
    move, actor, role, unit, at, salt = sql(
        office, f"SELECT move, actor_id, role, unit_id, at, salt FROM events {link(2, 1)}"
    )[0]
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    head = events.head_text(case, 1, move, Actor(actor, Role(role), unit), moment).encode()
    content = '{"facts":"没事"}'
    commitment = hashlib.sha256(salt + content.encode()).digest()
    forged = hashlib.sha256(events.FIRST + head + commitment).digest()
    values = f"content = '{content}', commitment = x'{commitment.hex()}', hash = x'{forged.hex()}'"
    sql(office, f"UPDATE events SET {values} {link(2, 1)}")
    complaint = office.refused("db", "verify")
    assert "每日签名：与当天的记录对不上" in complaint


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE roots SET hash = zeroblob(32)", "与当天的记录对不上"),
        ("UPDATE roots SET signature = zeroblob(64)", "签名不是本单位的"),
        ("UPDATE events SET root_id = NULL WHERE id = 1", "与当天的记录对不上"),
    ],
)
def test_a_forged_root_is_named_by_its_day(office: Terminal, statement: str, why: str) -> None:
    sql(office, statement)
    complaint = office.refused("db", "verify")
    assert "2026-03-03 的每日签名" in complaint
    assert why in complaint


def test_content_erased_by_law_leaves_the_chain_whole(office: Terminal) -> None:
    sql(office, f"UPDATE events SET content = NULL, salt = NULL {link(1, 1)}")
    assert "都完好" in office.done("db", "verify")


def test_what_cannot_be_read_is_said_without_a_traceback(office: Terminal) -> None:
    sql(office, f"UPDATE events SET at = 'yesterday' {link(1, 1)}")
    assert "读不出" in office.refused("db", "verify")


def test_verify_without_the_key_makes_no_new_one(office: Terminal) -> None:
    (office.folder / "var" / "keys" / "signing.key").unlink()
    assert "签名密钥不在" in office.refused("db", "verify", code=2)
    assert not (office.folder / "var" / "keys" / "signing.key").exists()


def test_verify_without_a_database_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> None:
    office = Terminal(tmp_path, monkeypatch, capsys)
    assert "还没有数据库" in office.refused("db", "verify", code=2)
    assert list(tmp_path.iterdir()) == []


# --- upgrade -----------------------------------------------------------------------------------------------------


def test_a_database_is_brought_up_to_date_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> None:
    office = Terminal(tmp_path, monkeypatch, capsys)
    assert migrations.head() in office.done("db", "upgrade")
    assert migrations.current(office.url) == migrations.head()
    assert "已是最新" in office.done("db", "upgrade")


def test_a_database_of_a_newer_program_is_left_alone(office: Terminal) -> None:
    sql(office, "UPDATE alembic_version SET version_num = '9999'")
    assert "9999" in office.refused("db", "upgrade")
    assert "9999" in office.refused("db", "verify", code=2)


def test_an_unknown_kind_of_database_is_a_wrong_setting(office: Terminal) -> None:
    office.set("QINQING_DATABASE_URL", "mysql://here")
    assert office.refused("db", "upgrade", code=2).startswith("qinqing: QINQING_DATABASE_URL")


# --- backup and restore ------------------------------------------------------------------------------------------


def test_a_copy_of_the_database_comes_back_and_says_what_is_not_in_it(office: Terminal) -> None:
    said = office.done("db", "backup", "kept.db")
    assert "var/files" in said
    assert "var/keys" in said
    sql(office, f"UPDATE events SET actor_id = 77 {link(1, 1)}")
    assert "--force" in office.refused("db", "restore", "kept.db")
    office.refused("db", "verify")
    office.done("db", "restore", "kept.db", "--force")
    office.done("db", "verify")


def test_an_archive_brings_a_whole_office_to_an_empty_place(office: Terminal) -> None:
    office.done("db", "backup", "kept.tar", "--with-files")
    assert (office.folder / "kept.tar").stat().st_mode & 0o077 == 0
    before = {path.name: path.read_bytes() for path in (office.folder / "var" / "keys").iterdir()}
    (office.folder / "var").rename(office.folder / "burnt")
    office.done("db", "restore", "kept.tar")
    office.done("db", "verify")
    keys = office.folder / "var" / "keys"
    assert {path.name: path.read_bytes() for path in keys.iterdir()} == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in (keys, *keys.iterdir()))
    kept = FileStore(office.folder / "var" / "files").path(hashlib.sha256(PHOTO).hexdigest())
    assert kept.read_bytes() == PHOTO
    assert [path for path in (office.folder / "var" / "files").rglob("*") if path.is_file()] == [kept]


def test_other_keys_are_replaced_only_on_demand_and_kept_beside(office: Terminal) -> None:
    office.done("db", "backup", "kept.tar", "--with-files")
    shutil.rmtree(office.folder / "var")
    keys = office.folder / "var" / "keys"
    load_keys(keys)
    other = (keys / "signing.key").read_bytes()
    assert "另一套密钥" in office.refused("db", "restore", "kept.tar")
    assert (keys / "signing.key").read_bytes() == other
    assert not (office.folder / "var" / "qinqing.db").exists()
    office.done("db", "restore", "kept.tar", "--force")
    assert (keys / "signing.key.replaced-1").read_bytes() == other
    office.done("db", "verify")


def test_a_backup_does_not_overwrite(office: Terminal) -> None:
    (office.folder / "kept").write_text("precious")
    assert "kept 已经存在" in office.refused("db", "backup", "kept")
    assert "kept 已经存在" in office.refused("db", "backup", "kept", "--with-files")
    assert (office.folder / "kept").read_text() == "precious"
    assert sorted(path.name for path in office.folder.iterdir()) == ["kept", "var"]


def spoil_a_file(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(PHOTO, b"another"))


def add(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with tarfile.open(path, "a") as tar:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "elsewhere"
            tar.addfile(member)

    return spoil


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


SPOILT: dict[str, Callable[[Path], None]] = {
    "a file was changed": spoil_a_file,
    "a path leads out": add("files/../../evil"),
    "an absolute path": add("/evil"),
    "a link": add("keys/signing.key", tarfile.SYMTYPE),
    "an empty key": add("keys/signing.key"),
    "a second database": add("database"),
    "cut off": cut,
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_archive_changes_nothing(office: Terminal, what: str) -> None:
    office.done("db", "backup", "kept.tar", "--with-files")
    SPOILT[what](office.folder / "kept.tar")
    keys = {path.name: path.read_bytes() for path in (office.folder / "var" / "keys").iterdir()}
    complaint = office.refused("db", "restore", "kept.tar", "--force")
    assert len(complaint.strip().splitlines()) <= 2
    assert {path.name: path.read_bytes() for path in (office.folder / "var" / "keys").iterdir()} == keys
    office.done("db", "verify")


def test_a_file_that_is_no_backup_is_refused(office: Terminal) -> None:
    (office.folder / "letter").write_text("Dear office")
    office.refused("db", "restore", "letter", "--force")
    office.refused("db", "restore", "nowhere", "--force")
    office.done("db", "verify")
