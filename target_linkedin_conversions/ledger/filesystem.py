"""Whether a file lies on a network file system, where SQLite's locks and write-ahead log do not hold."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["network_filesystem"]

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2"}
    | {"pvfs2", "smb3", "smbfs"}
)
_NETWORK_DRIVERS = (
    *("blobfuse", "blobfuse2", "cephfs", "gcsfuse", "glusterfs", "goofys", "juicefs", "mount-s3", "rclone"),
    *("s3fs", "sshfs"),
)
"""What a `fuse.` file system is driven by; others, such as a desktop's encrypted folder, are local."""


def network_filesystem(path: Path, mounts: str | None = None) -> str | None:
    """The type of the network file system that a path lies on, None where it is local or unknown.

    `mounts` is a table as Linux shows it in `/proc/self/mounts`; other systems show none.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None
    place = os.path.realpath(path)
    kind = _kind_at(place, mounts)
    driver = kind.removeprefix("fuse.")
    return driver if driver in _NETWORK or (kind != driver and driver in _NETWORK_DRIVERS) else None


def _kind_at(place: str, mounts: str) -> str:
    """The type of the mount that a path belongs to: the longest one, of two alike the later.

    The root is left out: a machine that runs from it depends on its locks anyway, and some
    container runtimes show a local one under a network's name.
    """
    longest, longest_kind = 1, ""
    for line in mounts.splitlines():
        _, point, kind, *_ = [*line.split(" "), "", "", ""]
        folder = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\").rstrip("/")
        if len(folder) >= longest and (place == folder or place.startswith(folder + "/")):
            longest, longest_kind = len(folder), kind
    return longest_kind
