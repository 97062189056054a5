"""What the receipt of a job says over all its tasks, and where the ledger cannot be asked when the job ends."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Timer
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")

from target_linkedin_conversions.run import jobs
from tests.postgresql import postgresql
from tests.singer.pipe import ends_of
from tests.spark.engine import SCHEMA, Engine, task
from tests.spark.killing import LEASE_MS
from tests.spark.writing import ENTRY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox


@pytest.fixture
def engine(linkedin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("LINKEDIN_CONVERSIONS_SPARK_MASTER", "local[2,3]")
    return Engine(linkedin, tmp_path)


def test_a_warning_that_counts_is_told_once_and_of_the_whole_job(engine: Engine) -> None:
    """Each part warns of its own rows, which is not what the job's receipt is about."""
    nobody = {**ENTRY, "consent": {"column": "email", "granted": ["yes"]}}
    told = [one for one in engine.save(range(2), range(2, 12), streams=[nobody])["warnings"] if "consent" in one]
    assert len(told) == 1
    assert "consent in column 'email' was granted by none of 12 records" in told[0]
    astray = {**ENTRY, "fields": {"email": "ref.address", "external_id": "ref"}}
    warnings = engine.save(range(2), range(2, 12), streams=[astray], max_reject_ratio=1)["warnings"]
    assert [one.partition("; ")[0] for one in warnings if "the path of" in one] == [
        "stream leads: the path of email (ref.address) meets a value that it cannot enter in 12 of 12 records"
    ]


def test_what_each_part_is_too_small_to_be_warned_of_is_told_of_the_job(engine: Engine) -> None:
    later = [{**ENTRY, "not_before": "2030-01-01T00:00:00Z"}]
    told = [one for one in engine.save(range(12), range(12, 24), streams=later)["warnings"] if "let through" in one]
    assert [one.partition("; ")[0] for one in told] == [
        "stream leads: none of 24 records was let through (24 before_start)"
    ]


def test_rows_that_came_twice_are_told_once_and_of_the_whole_job(engine: Engine) -> None:
    """Each part warns of its own: the job's receipt counts them together, also where each part has few."""
    entry = [{**ENTRY, "key": "ref", "once_per": "key"}]
    receipt = engine.save([1] * 13, [2] * 13, streams=entry)
    assert receipt["counts"] == {"delivered": 2, "already_delivered": 24}
    assert receipt["repeated"] == [{"stream": "leads", "events": 24, "taken": 2}]
    told = [one for one in receipt["warnings"] if "another one of this run" in one]
    assert [one.partition(",")[0] for one in told] == ["stream leads: 24 events were left out"]


@pytest.mark.parametrize("ledger", ["sqlite", "postgresql"])
def test_rows_that_came_twice_in_several_parts_are_told_too(
    engine: Engine, ledger: str, request: pytest.FixtureRequest
) -> None:
    """Thirty rows of three keys, spread over five parts; what an earlier job had delivered is none of them, nor what comes again."""
    if ledger == "postgresql":
        engine.options["ledger_url"] = request.getfixturevalue("postgresql_url")
    engine.save([1])
    receipt = engine.save(*([1, 2, *[3] * 4] for _ in range(5)))
    assert receipt["counts"] == {"delivered": 2, "already_delivered": 28}
    assert receipt["repeated"] == [{"stream": "leads", "events": 23, "taken": 2}]
    told = [one for one in receipt["warnings"] if "another one of this run" in one]
    assert [one.partition(",")[0] for one in told] == ["stream leads: 23 events were left out"]
    again = engine.save(*([1, 2, 3] for _ in range(9)))
    assert (again["counts"], again["repeated"]) == ({"already_delivered": 27}, [])


def test_a_part_that_is_tried_again_repeats_nothing(engine: Engine) -> None:
    writer = engine.source(batch_size_rows=4, max_concurrent_requests=1).writer(SCHEMA, overwrite=False)
    task(0, writer, engine.batches(range(8)))
    task(0, writer, engine.batches(range(12)))
    writer.commit([task(0, writer, engine.batches(range(12)))])
    assert (engine.receipt()["counts"], engine.receipt()["repeated"]) == ({"delivered": 12}, [])


def test_a_copy_that_ends_after_the_receipt_is_written_does_not_take_its_place(engine: Engine) -> None:
    """Spark does not wait for a speculative copy whose other was first."""
    writer = engine.source().writer(SCHEMA, overwrite=False)
    message = task(0, writer, engine.batches(range(8)))

    def overtaken() -> Iterator[Any]:
        yield from engine.batches(range(8))
        writer.commit([message])

    pages = engine.state_dir / "runs" / "last.html"
    late = task(0, writer, overtaken())
    assert (engine.state_dir / "runs" / f"{late.run}.json").exists()
    receipt = engine.receipt()
    assert ([run["part"] for run in receipt["runs"]], receipt["counts"]) == ([0, 0], {"delivered": 8})
    assert receipt["run"] in pages.read_text()


@pytest.mark.parametrize("gone", [False, True])
def test_where_the_ledger_cannot_be_read_the_receipt_counts_what_the_tasks_reported_and_says_so(
    engine: Engine, caplog: pytest.LogCaptureFixture, *, gone: bool
) -> None:
    """Otherwise the last report would be that of one task."""
    writer = engine.source().writer(SCHEMA, overwrite=False)
    messages = [task(part, writer, engine.batches(range(3 * part, 3 * part + 3))) for part in (0, 1)]
    ledger = engine.state_dir / "ledger.sqlite"
    ledger.unlink() if gone else ledger.write_bytes(b"no ledger any more" * 100)
    writer.commit(messages)
    receipt = engine.receipt()
    assert (receipt["outcome"], receipt["exit_code"], receipt["counts"]) == ("done", 0, {"delivered": 6})
    assert [run["part"] for run in receipt["runs"]] == [0, 1]
    assert any("the ledger could not be read" in warning for warning in receipt["warnings"])
    assert ("the receipt is not complete" in caplog.text) is not gone


@pytest.mark.slow
def test_the_receipt_waits_for_a_database_that_restarts_when_the_job_ends(engine: Engine) -> None:
    with postgresql() as server:
        writer = engine.source(ledger_url=server.database("restarts")).writer(SCHEMA, overwrite=False)
        messages = [task(part, writer, engine.batches(range(3 * part, 3 * part + 3))) for part in (0, 1)]
        server.stop()
        coming_back = Timer(1.0, server.start)
        coming_back.start()
        writer.commit(messages)
        coming_back.join()
    receipt = engine.receipt()
    assert receipt["counts"] == {"delivered": 6}
    assert receipt["ledger"]
    assert not any("the ledger could not be read" in warning for warning in receipt["warnings"])


def test_a_job_whose_tasks_and_ledger_are_gone_ends_for_the_ledger(engine: Engine) -> None:
    writer = engine.source().writer(SCHEMA, overwrite=False)
    task(0, writer, engine.batches(range(3)))
    (engine.state_dir / "ledger.sqlite").write_bytes(b"no ledger any more" * 100)
    writer.abort([None])
    receipt = engine.receipt()
    assert (receipt["outcome"], receipt["exit_code"], receipt["runs"]) == ("ledger", 2, [])


def _receipts(engine: Engine) -> dict[str, Any]:
    """The receipts that are there, by name; reports of tasks are none."""
    paths = [path for path in (engine.state_dir / "runs").glob("2*.json") if not path.is_symlink()]
    found = {path.stem: json.loads(path.read_bytes()) for path in paths}
    return {name: report for name, report in found.items() if report["runs"]}


def test_the_receipt_of_a_job_whose_driver_was_killed_is_written_at_the_end_of_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"batch_size_rows": 4, "max_concurrent_requests": 1, "on_in_doubt": "hold"}
    writer = engine.source(**more).writer(SCHEMA, overwrite=False)
    message = task(0, writer, engine.batches(range(8)))
    engine.killed(writer, 1, range(8, 16), after=2)
    sleep(LEASE_MS / 1000)
    engine.save(range(20, 24), **more)
    assert len(_receipts(engine)) == 1, "a driver may still be at work"
    monkeypatch.setattr(jobs, "_LOST_AFTER", timedelta(0))
    own = engine.save(range(30, 34), **more)
    assert own["counts"] == {"delivered": 4}, "the last run is that which ended last"
    lost = _receipts(engine)[min(_receipts(engine))]
    assert (lost["outcome"], lost["exit_code"]) == ("terminated", 143)
    assert ends_of(lost) == {"delivered": 12, "in_doubt:earlier_run": 4}
    assert (len(_receipts(engine)), [one["part"] for one in lost["runs"]]) == (3, [0, 1])
    assert lost["message"].endswith("killed before they could report")
    engine.save(range(40, 44), **more)
    assert len(_receipts(engine)) == 4, "it is written once"
    writer.commit([message, task(1, writer, engine.batches(range(8, 16)))])
    assert len(_receipts(engine)) == 4, "a driver that was late after all writes it in the same place"
    assert _receipts(engine)[min(_receipts(engine))]["outcome"] == "done"


def test_of_a_ledger_that_folders_share_each_tells_of_its_own_jobs(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, postgresql_url: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "_LOST_AFTER", timedelta(0))
    engine.options["ledger_url"] = postgresql_url
    writer = engine.source(state_dir=str(tmp_path / "other")).writer(SCHEMA, overwrite=False)
    task(0, writer, engine.batches(range(8)))
    engine.save(range(20, 24))
    assert len(_receipts(engine)) == 1
