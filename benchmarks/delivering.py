"""`deliver()` over dicts that are at hand: prints the seconds of one row, and those of all rows.

`python benchmarks/delivering.py CONFIG MESSAGES`; the first delivery also has what is imported on the way.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from target_linkedin_conversions import deliver


def main(config: str, messages: str) -> None:
    """Deliver the records of a file of Singer messages."""
    settings = json.loads(Path(config).read_text())
    with Path(messages).open("rb") as file:
        found = [json.loads(line) for line in file]
    schema = next(message for message in found if message["type"] == "SCHEMA")
    rows = [message["record"] for message in found if message["type"] == "RECORD"]
    del found
    for some in (rows[:1], rows[:1], rows):
        seconds = timed(some, schema, settings)
        sys.stdout.write(f"{seconds}\n")


def timed(rows: list[dict[str, Any]], schema: dict[str, Any], settings: dict[str, Any]) -> float:
    """Seconds of one delivery into a ledger of its own."""
    with tempfile.TemporaryDirectory(dir=settings["state_dir"]) as folder:
        started = time.perf_counter()
        receipt = deliver(
            rows,
            {**settings, "state_dir": folder},
            stream=schema["stream"],
            key=schema["key_properties"],
            schema=schema["schema"],
        )
        took = time.perf_counter() - started
    assert receipt.counts == {"delivered": len(rows)}, receipt
    return took


if __name__ == "__main__":
    main(*sys.argv[1:])
