"""`df.write`: rows become the events that a load makes of them, and a receipt says how each ended."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions import deliver
from tests.singer.pipe import ends_of
from tests.spark.writing import ENTRY

if TYPE_CHECKING:
    from tests.spark.lake import Lake

pytest.importorskip("pyspark", reason="needs the extra spark")
pytestmark = pytest.mark.timeout(600)  # a JVM and its Python processes start, also where the machine is busy

CANARY = "canary.person@example.com"


def test_rows_of_all_partitions_are_delivered_and_the_receipt_is_one(lake: Lake) -> None:
    receipt = lake.write(lake.frame(range(40), partitions=3))
    assert lake.taken() == lake.expected(range(40))
    assert (receipt["outcome"], receipt["exit_code"], receipt["counts"]) == ("done", 0, {"delivered": 40})
    assert (receipt["records"], receipt["requests"], receipt["streams"][0]["stream"]) == (40, 3, "leads")
    assert sorted(run["part"] for run in receipt["runs"]) == [0, 1, 2]
    runs = lake.state_dir / "runs"
    assert json.loads((runs / f"{receipt['run']}.json").read_bytes()) == receipt
    assert {f"{run['run']}.json" for run in receipt["runs"]} < {path.name for path in runs.iterdir()}


def test_columns_of_every_kind_are_mapped_as_a_streams_are(lake: Lake) -> None:
    """The same values through `deliver()`: byte for byte, so that the ledger knows them."""
    at = dt.datetime.now(dt.UTC).replace(microsecond=125_000) - dt.timedelta(hours=3)
    rows = [
        {
            "id": n,
            "person": {"emails": [{"kind": "work", "value": f"row.{n}@example.com"}], "flags": {"ads": "yes"}},
            "at": at + dt.timedelta(seconds=n),
            "amount": Decimal("12345678901234567890.10") + n,
            "day": at.date() - dt.timedelta(days=1),
            "digest": bytes([n]) * 32,
        }
        for n in range(3)
    ]
    schema = (
        "id int, person struct<emails: array<struct<kind: string, value: string>>, flags: map<string, string>>, "
        "at timestamp, amount decimal(30, 2), day date, digest binary"
    )
    settings: dict[str, Any] = {
        "streams": [
            {
                "stream": "leads",
                "conversion_rule": 101,
                "consent": {"column": "person.flags.ads", "granted": ["yes"]},
                "fields": {
                    "email": ["person.emails[kind=work].value", "digest"],
                    "value": "amount",
                    "happened_at": "at",
                    "external_id": "day",
                },
                "constants": {"currency": "EUR"},
            }
        ]
    }
    assert lake.write(lake.spark.createDataFrame(rows, schema), **settings)["counts"] == {"delivered": 3}
    first = lake.linkedin.received
    options = {name: value for name, value in lake.options.items() if name != "key"} | settings
    assert deliver(rows, options, stream="leads", key=["id"]).counts == {"already_delivered": 3}
    options["state_dir"] = str(lake.folder / "new")
    assert deliver(rows, options, stream="leads", key=["id"]).counts == {"delivered": 3}
    assert sorted(lake.linkedin.received[3:], key=str) == sorted(first, key=str)


def test_rejected_rows_and_those_without_consent_are_told_and_no_value_is(lake: Lake) -> None:
    rows = [(1, CANARY, "yes"), (2, "nobody", "yes"), (3, CANARY, "no")]
    frame = (
        lake.spark.createDataFrame(rows, "id int, email string, ok string")
        .coalesce(1)
        .selectExpr("*", "current_timestamp() - interval 1 hour as happened_at")
    )
    entry = {"stream": "leads", "conversion_rule": 101, "consent": {"column": "ok", "granted": ["yes"]}}
    receipt = lake.write(frame, streams=[entry])
    assert ends_of(receipt) == {"delivered": 1, "rejected:no_identifier": 1, "skipped:no_consent": 1}
    assert [run["rejects"] for run in receipt["runs"]] == [f"{receipt['rejects']}/{receipt['runs'][0]['run']}.jsonl"]
    assert CANARY not in json.dumps(receipt)


def test_a_slip_stops_at_the_driver_before_any_task(lake: Lake) -> None:
    with pytest.raises(Exception, match="ConfigError") as caught:
        lake.write(lake.frame(range(2)), batch_sise_rows=5)
    assert "options: unknown option 'batch_sise_rows'; did you mean 'batch_size_rows'?" in str(caught.value)
    assert "sandbox-token" not in str(caught.value)
    assert not lake.state_dir.exists()


def test_what_was_sent_cannot_be_overwritten(lake: Lake) -> None:
    writing = lake.frame(range(1)).write.format("linkedin_conversions").options(**lake.given())
    with pytest.raises(Exception, match="cannot be overwritten"):
        writing.mode("overwrite").save()
    assert lake.linkedin.requests == []


def test_an_error_in_a_task_holds_no_value_of_a_row_and_the_receipt_of_the_job_says_what_stopped_it(lake: Lake) -> None:
    rows = [(n, f"{n}.{CANARY}", "x" * 70) for n in range(30)]
    frame = (
        lake.spark.createDataFrame(rows, "id int, email string, event_id string")
        .coalesce(1)
        .selectExpr("*", "current_timestamp() as happened_at")
    )
    streams = [{**ENTRY, "fields": {"event_id": "event_id"}}]
    with pytest.raises(Exception, match="rejected") as caught:
        lake.write(frame, streams=streams, max_reject_ratio=0)
    assert CANARY not in str(caught.value)
    receipt = lake.receipt()
    assert (receipt["outcome"], receipt["exit_code"]) == ("rejects", 6)
    assert len(receipt["runs"]) == 3
    assert receipt["counts"] == {"rejected": 30}


def test_a_time_wherever_it_lies_is_told_in_utc_and_one_of_no_calendar_costs_its_own_row(lake: Lake) -> None:
    """So nothing changes with the time zone of the session; Spark's own values may lie where Python's cannot."""
    frame = lake.frame(range(4)).selectExpr(
        "id",
        "email",
        "if(id = 3, timestamp_micros(9223372036854775807), timestamp_millis(happened_at)) as happened_at",
        "named_struct('at', array(map('a', timestamp_seconds(1700000000)))) as first",
        "null as nothing",
        "make_interval(1) is null as more",
        "if(id = 2, null, named_struct('of', 1)) as null_though_its_member_may_not_be",
    )
    fields = {"external_id": "first.at[0].a", "first_name": "nothing"}
    receipt = lake.write(frame, streams=[{"stream": "leads", "conversion_rule": 101, "fields": fields}])
    assert ends_of(receipt) == {"delivered": 3, "rejected:bad_time": 1}
    assert lake.taken() == ["2023-11-14T22:13:20Z"] * 3


def test_threads_of_one_program_each_write_a_job_at_one_time(lake: Lake) -> None:
    def write(numbers: range) -> None:
        lake.frame(numbers, partitions=2).write.format("linkedin_conversions").options(**lake.given()).mode(
            "append"
        ).save()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(write, (range(20), range(10, 30)))) == [None, None]
    assert lake.taken() == lake.expected(range(30))


def test_sql_writes_to_a_view_of_the_session_and_to_a_table_whose_options_it_names(lake: Lake) -> None:
    """A table of the catalog keeps its options to itself (measured); they stand in the statement."""
    frame = lake.frame(range(6))
    frame.createOrReplaceTempView("leads")
    columns = ", ".join(f"{name} {kind}" for name, kind in frame.dtypes)
    written = [f"{name} '{value}'" for name, value in lake.given(stream="leads").items()]
    form = f"({columns}) USING linkedin_conversions"
    lake.spark.sql(f"CREATE TEMPORARY VIEW sink {form} OPTIONS ({', '.join(written)})")
    lake.spark.sql("INSERT INTO sink SELECT * FROM leads WHERE id < 3")
    assert lake.receipt()["counts"] == {"delivered": 3}
    with pytest.raises(Exception, match="cannot be overwritten"):
        lake.spark.sql("INSERT OVERWRITE sink SELECT * FROM leads")
    lake.spark.sql(f"CREATE TABLE kept {form}")
    lake.spark.sql(f"INSERT INTO kept WITH ({', '.join(written)}) SELECT * FROM leads")  # noqa: S608 - our own
    lake.spark.sql("DROP TABLE kept")
    assert lake.receipt()["counts"] == {"already_delivered": 3, "delivered": 3}


@pytest.mark.parametrize("mode", ["errorifexists", "ignore"])
def test_a_mode_that_no_sink_of_events_can_have_sends_nothing(lake: Lake, mode: str) -> None:
    with pytest.raises(Exception, match="Append"):
        lake.frame(range(1)).write.format("linkedin_conversions").options(**lake.given()).mode(mode).save()
    with pytest.raises(Exception, match="LinkedIn takes events and gives none back"):
        lake.spark.read.format("linkedin_conversions").load()
    assert lake.linkedin.requests == []
