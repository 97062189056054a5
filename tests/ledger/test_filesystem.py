"""SQLite on a network file system is a clear stop before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import file
from target_linkedin_conversions.ledger.database import Database
from target_linkedin_conversions.ledger.filesystem import network_filesystem

MOUNTS = """\
overlay / overlay rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/local ext4 rw 0 0
//server/share /mnt/with\\040space cifs rw 0 0
bucket /mnt/bucket fuse.s3fs rw 0 0
secret /mnt/secret fuse.gocryptfs rw 0 0
tmpfs /mnt/twice tmpfs rw 0 0
server:/x /mnt/twice nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/kim/state", "nfs4"),
        ("/home", "nfs4"),
        ("/homes", None),
        ("/home/local/state", None),
        ("/mnt/with space/a", "cifs"),
        ("/mnt/bucket/state", "s3fs"),
        ("/mnt/secret/state", None),
        ("/mnt/twice", "nfs"),
        ("/var/lib/state", None),
    ],
)
def test_the_mount_of_a_path_says_whether_it_is_on_a_network(path: str, kind: str | None) -> None:
    assert network_filesystem(Path(path), MOUNTS) == kind


def test_a_container_whose_root_looks_like_a_network_is_believed() -> None:
    assert network_filesystem(Path("/state"), "none / 9p rw 0 0\n") is None


def test_this_machine_has_an_answer_and_no_table_is_none(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path) is None
    assert network_filesystem(tmp_path, "") is None


def test_the_ledger_stops_there_with_the_mend_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "network_filesystem", lambda _: "nfs4")
    with pytest.raises(LedgerError, match=r"network file system \(nfs4\).*set ledger_url"):
        Database(None, tmp_path / "state").open()
    assert not (tmp_path / "state").exists()
