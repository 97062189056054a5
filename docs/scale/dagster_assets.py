"""An asset a stream, and a pool a token: what Dagster materialises, the ledger has sent once."""

import json
from pathlib import Path

import dagster as dg

from target_linkedin_conversions import deliver

FOLDER = Path(__file__).parent
STREAMS = {"leads": ["id"], "orders": ["order_id"]}


def conversions_of(stream, key):
    @dg.asset(name=f"linkedin_{stream}", group_name="linkedin", pool="linkedin_token")
    def conversions(context):
        settings = json.loads((FOLDER / "config.json").read_text())
        with (FOLDER / f"{stream}.jsonl").open() as rows:
            receipt = deliver(map(json.loads, rows), settings, stream=stream, key=key).raise_for_status()
        return dg.MaterializeResult(metadata={"run": receipt.run, "report": receipt.report_place, **receipt.counts})

    return conversions


defs = dg.Definitions(assets=[conversions_of(stream, key) for stream, key in STREAMS.items()])
