"""One run over any bytes at all, and the laws that hold whatever they are."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.singer.pipe import call_here, entry

CANARY = "canary.7f3a@private.example"

WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "mapped": {"stream_maps": {"leads": {"note": "'x'"}}},
    "flattened": {"flattening_enabled": True, "flattening_max_depth": 3},
    "validated": {"validate_records": True},
}
"""The ways of a record: straight to the sink, or through what the SDK does to it."""

SETTINGS_OF_EXIT_2 = ("streams", "stream_maps", "batch_config", "key_properties")
"""What the input can show to be wrongly set; everything else that is wrong with it exits 7."""


@dataclass(frozen=True)
class Ended:
    """A run's end."""

    code: int
    stdout: str
    stderr: str
    written: bytes
    seconds: float


def files_left(folder: Path) -> dict[str, bytes]:
    """What people open of the files that a run left, by name: all but the outbox."""
    return {
        path.name: path.read_bytes()
        for path in folder.glob("state/*/*")
        if path.parent.name != "outbox" and path.is_file()
    }


def try_input(data: bytes, way: str = "plain", **settings: Any) -> Ended:
    """Run the target over an input in a folder of its own; nothing is sent."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        config = {"dry_run": True, "state_dir": str(folder / "state"), "streams": [entry()], "max_reject_ratio": 1}
        (folder / "config.json").write_text(json.dumps({**config, **WAYS[way], **settings}))
        (folder / "input").write_bytes(data)
        started = time.monotonic()
        found = call_here("--config", str(folder / "config.json"), "--input", str(folder / "input"))
        return Ended(*found, b"".join(files_left(folder).values()), time.monotonic() - started)
    finally:
        shutil.rmtree(folder)


def assert_laws(ended: Ended) -> None:
    """No crash but exit 7, or 2 where a setting does not fit; a line number, and nothing of a person."""
    assert ended.code in {0, 2, 7}, ended.stderr
    for word in ("Traceback", "fault in this program", "Exception ignored"):
        assert word not in ended.stderr, ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("outcome=")
    assert ended.stdout == ""
    if ended.code == 7:
        assert " of the input: " in ended.stderr
    if ended.code == 2:
        assert any(f"| {setting}" in ended.stderr for setting in SETTINGS_OF_EXIT_2), ended.stderr
    assert CANARY.partition("@")[0] not in ended.stderr
    assert CANARY.partition("@")[0].encode() not in ended.written
