"""Whether a load waits for the target: a real tap-postgres alone, and piped into the target."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.records import COLUMNS, ENTRY, records
from docs.demo.warehouse import warehouse

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_TAP = str(Path(sys.executable).parent / "tap-postgres")
_TYPES = {"order_id": "bigint primary key", "happened_at": "bigint not null"}


def behind_tap(bench: Bench) -> list[tuple[str, float, float]]:
    """What the tap sends, its median seconds into /dev/null, and those into the target."""
    with warehouse(bench.folder / "warehouse") as server:
        _fill(server.uri, bench.rows)
        entry = {**ENTRY, "stream": "public-orders"}
        source = {"host": "", "user": "postgres", "password": "none", "database": "postgres"}
        kinds: dict[str, dict[str, Any]] = {
            "records": {},
            "BATCH files": {"batch_config": _batches(bench.folder / "batches")},
        }
        os.environ["PGHOST"] = server.folder  # libpq looks there where the host is empty
        for _ in range(bench.rounds):
            for kind, more in kinds.items():
                config = bench.folder / "tap.json"
                config.write_text(json.dumps({**source, "filter_schemas": ["public"], **more}))
                tap = [_TAP, "--config", str(config), "--catalog", str(_everything(config))]
                bench.run(f"{kind}, tap alone", tap)
                _piped(bench, f"{kind}, tap | target", tap, bench.target_command(streams=[entry]))
    return [(kind, bench.median(f"{kind}, tap alone"), bench.median(f"{kind}, tap | target")) for kind in kinds]


def _piped(bench: Bench, name: str, tap: list[str], target: list[str]) -> None:
    """Time `tap | target`, from the tap's start to the target's end."""
    started = time.perf_counter()
    with subprocess.Popen(tap, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=bench.folder) as source:
        bench.run(name, target, stdin=source.stdout)
    bench.seconds[name][-1] = time.perf_counter() - started
    if source.returncode:
        sys.exit(f"{name}: the tap ended with {source.returncode}")


def _everything(config: Path) -> Path:
    """The tap's catalog with every stream and column selected."""
    found = subprocess.run([_TAP, "--config", str(config), "--discover"], capture_output=True, check=True).stdout
    catalog = json.loads(found)
    for stream in catalog["streams"]:
        stream["replication_method"] = "FULL_TABLE"
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = True
    path = config.with_name("catalog.json")
    path.write_text(json.dumps(catalog))
    return path


def _batches(folder: Path) -> dict[str, Any]:
    folder.mkdir()
    return {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": folder.as_uri(), "prefix": "b-"},
    }


def _fill(uri: str, rows: int) -> None:
    """A table of the benchmark's records."""
    columns = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in COLUMNS)
    with psycopg.connect(uri) as connection:
        connection.execute(f"create table orders ({columns})".encode())
        with connection.cursor().copy(f"copy orders ({', '.join(COLUMNS)}) from stdin".encode()) as copy:
            for record in records(rows):
                copy.write_row([record[name] for name in COLUMNS])
