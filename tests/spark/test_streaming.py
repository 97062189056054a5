"""`df.writeStream`: a micro-batch that comes again sends nothing again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.spark.lake import FORMAT

if TYPE_CHECKING:
    from tests.spark.lake import Lake

pytest.importorskip("pyspark", reason="needs the extra spark")
pytestmark = pytest.mark.timeout(600)  # a JVM and its Python processes start, also where the machine is busy

RESTARTS = 5
SCHEMA = "id bigint, ref string, email string, happened_at bigint"


def arrive(lake: Lake, name: str, numbers: range) -> None:
    """A file comes, whole."""
    folder = lake.folder / "files"
    folder.mkdir(exist_ok=True)
    names = [part.split()[0] for part in SCHEMA.split(", ")]
    rows = [dict(zip(names, row, strict=True)) for row in lake.rows(numbers)]
    draft = lake.folder / "draft"
    draft.write_text("".join(json.dumps(row) + "\n" for row in rows))
    draft.replace(folder / f"{name}.json")


def through(lake: Lake, **more: Any) -> None:
    """A query from its checkpoint over all files that are there, to its end."""
    source = lake.spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(str(lake.folder / "files"))
    checkpoint = str(lake.folder / "checkpoint")
    writing = source.writeStream.format(FORMAT).options(**lake.given(**more)).option("checkpointLocation", checkpoint)
    query = writing.trigger(availableNow=True).start()
    query.awaitTermination()


def forget_last_commit(lake: Lake) -> None:
    """As if the driver had died after the last micro-batch, before its checkpoint knew of it."""
    commits = lake.folder / "checkpoint" / "commits"
    last = max((path for path in commits.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    for name in (last.name, f".{last.name}.crc"):
        (commits / name).unlink(missing_ok=True)


@pytest.mark.slow
def test_stopped_and_started_again_nothing_is_lost_and_nothing_twice(lake: Lake) -> None:
    for life in range(RESTARTS):
        arrive(lake, f"file-{life}", range(20 * life, 20 * life + 20))
        through(lake)
        if life:
            forget_last_commit(lake)
    rows = 20 * RESTARTS + 10
    arrive(lake, "last", range(20 * RESTARTS, rows))
    through(lake)
    assert lake.taken() == lake.expected(range(rows))
    assert lake.receipt()["counts"] == {"delivered": 10}
    receipts = [json.loads(path.read_bytes()) for path in (lake.state_dir / "runs").glob("2*.json")]
    jobs = [receipt for receipt in receipts if receipt["runs"]]
    assert sum(receipt["counts"].get("delivered", 0) for receipt in jobs) == rows
    assert os.path.lexists(lake.state_dir / "ledger.sqlite")


def test_a_slip_stops_a_query_before_any_task(lake: Lake) -> None:
    arrive(lake, "file", range(2))
    with pytest.raises(Exception, match="unknown option 'batch_sise_rows'"):
        through(lake, batch_sise_rows=5)
    assert lake.linkedin.requests == []
