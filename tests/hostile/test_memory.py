"""Memory stays bounded whatever comes: one line too long, one file too wide, one value too large."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.hostile import lines
from tests.singer.pipe import MODULE, entry, environment
from tests.size import sized

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(sized(120, 3600))

MOST = 450 << 20
"""Bytes of memory that no input may make the target exceed."""
NEVER = 6 << 30
"""Bytes of addresses after which the machine is protected from the test."""


@dataclass
class Ended:
    code: int
    stderr: str
    peak: int


MEASURED = f"""
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, ({NEVER}, {NEVER}))
code = subprocess.call(sys.argv[2:], stdin=0)
with open(sys.argv[1], "w") as peak:
    peak.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
"""Runs a program and writes its peak: a child of pytest itself would begin with the peak of pytest."""


def run(folder: Path, pieces: Iterator[bytes]) -> Ended:
    """A target of its own that is fed until it ends or the pieces do."""
    config = {"dry_run": True, "state_dir": str(folder / "state"), "streams": [entry()], "max_reject_ratio": 1}
    (folder / "config.json").write_text(json.dumps(config))
    command = [*MODULE, "--config", str(folder / "config.json")]
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", MEASURED, str(folder / "peak"), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment(),
        )
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:
        for piece in pieces:
            process.stdin.write(piece)
    code = process.wait()
    return Ended(code, (folder / "stderr").read_text(), int((folder / "peak").read_text()) << 10)


def repeated(head: str, piece: bytes, megabytes: int) -> Iterator[bytes]:
    """A head, then so many megabytes of a piece."""
    yield head.encode() + b"\n"
    whole = piece * ((1 << 20) // len(piece))
    for _ in range(megabytes):
        yield whole


def batch_of(path: Path) -> bytes:
    manifest = json.dumps([path.as_uri()])
    encoding = '{"format": "jsonl", "compression": "gzip"}'
    return (lines.message(type='"BATCH"', stream='"leads"', encoding=encoding, manifest=manifest) + "\n").encode()


@pytest.mark.parametrize("mark", [".", "a.", "/", "[", "\u0301"])
def test_the_name_of_a_stream_costs_no_more_memory_than_its_length(mark: str, tmp_path: Path) -> None:
    name = mark * 200_000
    messages = [
        {"type": "SCHEMA", "stream": name, "schema": {"properties": {"id": {}}}, "key_properties": ["id"]},
        {"type": "RECORD", "stream": name, "record": {"id": 1}},
    ]
    ended = run(tmp_path, (json.dumps(line).encode() + b"\n" for line in messages))
    assert ended.code == 0, ended.stderr[-2000:]
    assert ended.peak < MOST


@pytest.mark.parametrize("piece", sized([b"x", b" "], [b"x", b" ", b"[", b"\0", b'{"type":']))
def test_a_line_without_an_end_exits_7_within_bounded_memory(piece: bytes, tmp_path: Path) -> None:
    ended = run(tmp_path, repeated(lines.schema(), piece, sized(300, 1000)))
    assert ended.code == 7, ended.stderr
    assert "line 2 of the input" in ended.stderr
    assert ended.peak < MOST, ended.peak >> 20


@pytest.mark.parametrize("column", sized(["email"], ["email", "note", "id"]))
def test_many_large_values_are_read_within_bounded_memory(column: str, tmp_path: Path) -> None:
    line = lines.record(**{column: json.dumps("x" * (1 << 20))}) + "\n"
    ended = run(tmp_path, iter([lines.schema().encode() + b"\n", *[line.encode()] * sized(300, 1000)]))
    assert ended.code == 0, ended.stderr
    assert ended.peak < MOST, ended.peak >> 20


def test_many_large_states_are_read_within_bounded_memory(tmp_path: Path) -> None:
    states = (
        f'{{"type": "STATE", "value": {{"{n}": "{"x" * (1 << 20)}"}}}}\n'.encode() for n in range(sized(300, 1000))
    )
    ended = run(tmp_path, states)
    assert ended.code == 0, ended.stderr
    assert ended.peak < MOST, ended.peak >> 20


@pytest.mark.parametrize(("piece", "code"), [(b"x", 7), (b" " * 1023 + b"\n", 0)])
def test_a_small_file_that_unpacks_to_much_is_read_within_bounded_memory(
    piece: bytes, code: int, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for megabyte in repeated("", piece, sized(300, 1000)):
            file.write(megabyte)
    ended = run(tmp_path, iter([lines.schema().encode() + b"\n", batch_of(path)]))
    assert ended.code == code, ended.stderr
    assert ended.peak < MOST, ended.peak >> 20


def test_a_device_without_an_end_is_no_batch_file(tmp_path: Path) -> None:
    batch = batch_of(tmp_path).replace(tmp_path.as_uri().encode(), b"file:///dev/zero").replace(b"gzip", b"none")
    ended = run(tmp_path, iter([lines.schema().encode() + b"\n", batch]))
    assert ended.code == 7, ended.stderr
    assert ended.peak < MOST, ended.peak >> 20


def test_a_schema_that_changes_with_every_line_is_followed_in_time_and_memory(tmp_path: Path) -> None:
    schemas = [lines.schema(json.dumps({"properties": {**lines.PROPERTIES, f"c{n % 7}": {}}})) for n in range(7)]
    changing = (f"{schemas[n % 7]}\n{lines.record(id=str(n))}\n".encode() for n in range(sized(1000, 10_000)))
    ended = run(tmp_path, changing)
    assert ended.code == 0, ended.stderr
    assert ended.peak < MOST, ended.peak >> 20
