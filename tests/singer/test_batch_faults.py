"""A file of a BATCH that cannot be read: each fault in words, with the file's number and what to do."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from pyarrow import Table  # type: ignore[import-untyped]
from pyarrow.parquet import write_table  # type: ignore[import-untyped]

from tests.singer.pipe import record, schema, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.singer.pipe import Pipe


def batch(encoding: dict[str, str], *files: Path) -> dict[str, Any]:
    return {"type": "BATCH", "stream": "leads", "encoding": encoding, "manifest": [str(file) for file in files]}


def jsonl(now: int, *numbers: int) -> bytes:
    return b"".join(json.dumps(record(now, number)["record"]).encode() + b"\n" for number in numbers)


def changed(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(8) + content[middle + 8 :]


FAULTS: list[tuple[str, str, Callable[[Path, bytes], object], str]] = [
    ("jsonl", "none", lambda _file, _rows: None, "file 2 of its BATCH is not there; it must still be where"),
    ("jsonl", "none", lambda file, _rows: file.mkdir(), "file 2 of its BATCH is no file but a folder, a pipe"),
    ("jsonl", "none", lambda file, _rows: os.mkfifo(file), "file 2 of its BATCH is no file but a folder, a pipe"),
    ("jsonl", "gzip", lambda file, rows: file.write_bytes(gzip.compress(rows)[:-9]), "file 2 of its BATCH was cut or"),
    ("jsonl", "gzip", lambda file, rows: file.write_bytes(changed(gzip.compress(rows))), "file 2 of its BATCH was cut"),
    ("parquet", "snappy", lambda file, rows: file.write_bytes(rows), "file 2 of its BATCH is no Parquet file"),
    ("parquet", "gzip", lambda file, rows: file.write_bytes(gzip.compress(rows)), "file 2 of its BATCH is no Parquet"),
    ("parquet", "none", lambda _file, _rows: None, "file 2 of its BATCH is not there; it must still be where"),
]


@pytest.mark.parametrize(("form", "compression", "spoil", "words"), FAULTS)
def test_every_fault_of_a_file_is_told_in_words(
    pipe: Pipe, now: int, form: str, compression: str, spoil: Callable[[Path, bytes], object], words: str
) -> None:
    good, bad = pipe.folder / "good", pipe.folder / "bad"
    if form == "parquet":
        write_table(Table.from_pylist([record(now, 1)["record"]]), good)
    else:
        good.write_bytes(jsonl(now, 1))
    spoil(bad, jsonl(now, *range(2, 400)))
    done = pipe.run_here([schema(), batch({"format": form, "compression": compression}, good, bad), state(at=1)])
    assert (done.code, done.states) == (7, [])
    assert f"line 2 of the input: {words}" in done.stderr
    assert "Error)" not in done.stderr


@pytest.mark.parametrize("compression", ["snappy", "gzip", "zstd", "brotli", "none"])
def test_a_parquet_file_says_itself_how_it_is_compressed(pipe: Pipe, now: int, compression: str) -> None:
    file = pipe.folder / "rows.parquet"
    write_table(Table.from_pylist([record(now, 1)["record"]]), file, compression=compression)
    done = pipe.run_here([schema(), batch({"format": "parquet", "compression": compression}, file), state(at=1)])
    assert (done.code, done.counts) == (0, {"delivered": 1})
