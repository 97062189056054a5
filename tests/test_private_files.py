"""A private file is what one writer wrote, whole, however many write it at once and whoever dies."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.private_files import mend_of, path_shown, remove_drafts, replacing, write_private
from target_linkedin_conversions.reporting.folder import Folder
from tests.hostile.two_users import needs_root, stranger

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
WRITER = """
import sys
from target_linkedin_conversions.reporting.folder import Folder
for number in range(30):
    Folder(sys.argv[1]).write("runs/last.json", sys.argv[2].encode() * (1 << 18))
"""


def drafts(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".draft")]


def test_many_threads_write_a_file_at_once_and_none_fails(tmp_path: Path) -> None:
    path = tmp_path / "last.json"
    contents = [bytes([letter]) * MIB for letter in b"abcdefgh"]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            for done in [threads.submit(write_private, path, content) for content in contents]:
                done.result()
            assert path.read_bytes() in contents
    assert drafts(tmp_path) == []


def test_runs_that_end_in_the_same_moment_leave_one_whole_last_report(tmp_path: Path) -> None:
    letters = "abcd"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter]) for letter in letters]
    path, seen = tmp_path / "runs" / "last.json", set()
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            content = path.read_bytes()
            assert len(content) == 1 << 18
            seen |= set(content)
    assert [writer.returncode for writer in writers] == [0] * 4
    assert seen <= set(letters.encode())
    assert drafts(tmp_path / "runs") == []


def test_it_is_readable_by_this_user_alone_whatever_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "file"
    other.write_bytes(b"other")
    path.symlink_to(other)
    write_private(path, b"new")
    assert (other.read_bytes(), path.read_bytes(), path.is_symlink()) == (b"other", b"new", False)


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_what_fails_leaves_the_old_file_and_no_draft(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file"
    write_private(path, b"old")

    def write_half() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_bytes() == b"old"
    assert drafts(tmp_path) == []


def crashed(path: Path, age: float) -> None:
    """What a writer leaves that is killed before it has renamed its draft."""
    program = (
        "import os, sys, pathlib\n"
        "from target_linkedin_conversions.private_files import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as file: file.write(b'half'), file.flush(), os._exit(1)\n"
    )
    before = set(drafts(path.parent))
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 1
    (left,) = set(drafts(path.parent)) - before
    os.utime(path.parent / left, times=(time.time() - age,) * 2)


def test_what_a_crash_left_goes_a_day_later_and_what_is_being_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    crashed(path, age=86_500)
    with replacing(path) as file:
        file.write(b"new")
        assert len(drafts(tmp_path)) == 2
        remove_drafts(tmp_path)
        assert len(drafts(tmp_path)) == 1
    assert path.read_bytes() == b"new"


def test_only_drafts_of_that_file_go_where_one_is_named(tmp_path: Path) -> None:
    for name in ("file", "file.json"):
        crashed(tmp_path / name, age=86_500)
    (tmp_path / ".file.0123.draft").touch()
    remove_drafts(tmp_path, "file", older_than=0)
    assert sorted(name.partition(".json")[0] for name in drafts(tmp_path)) == [".file", ".file.0123.draft"]


def test_a_run_removes_what_a_crash_left_among_the_reports(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    folder.write("runs/last.json", b"{}")
    crashed(tmp_path / "runs" / "20261123T104000Z-0a1b2c3d.json", age=86_500)
    assert folder.remove_older("runs", 400, datetime.now(UTC)) == 0
    assert drafts(tmp_path / "runs") == []


def test_a_file_that_is_removed_takes_along_what_a_crash_left_of_it(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    name = "outbox/20261123T104000Z-0a1b2c3d.jsonl"
    folder.write(name, b"line\n")
    crashed(tmp_path / name, age=0)
    assert folder.remove(name)
    assert list((tmp_path / "outbox").iterdir()) == []


@needs_root
def test_a_path_below_a_folder_that_is_closed_to_this_user_is_named_and_no_secret_is() -> None:
    with tempfile.TemporaryDirectory() as closed:
        path = f"{closed}/runs/report"
        with stranger():
            assert path_shown(path, "a file") == path
            assert path_shown("AQXsecretTokenText", "a file") == "a file"
            assert path_shown("/nowhere/AQXsecretTokenText", "a file") == "a file"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES])
def test_where_the_disk_is_full_the_mend_is_to_make_room(code: int) -> None:
    error = OSError(code, os.strerror(code))
    is_full = code != errno.EACCES
    assert mend_of(error, "name another folder") == ("make room, or " if is_full else "") + "name another folder"
    assert mend_of(error, "make room, or name another folder") == "make room, or name another folder"
