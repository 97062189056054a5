"""A job in what is told of all runs: its receipt counts each event once, and what its parts left is found by the job's name."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.history import past_runs
from target_linkedin_conversions.results_tap.past import Past
from target_linkedin_conversions.results_tap.streams import RunLines, Runs
from target_linkedin_conversions.results_tap.tap import TapLinkedInConversionsResults
from target_linkedin_conversions.settings import Settings
from tests.alerts.receivers import WebHook
from tests.cli.conftest import Companion
from tests.spark.engine import SCHEMA, Engine, task

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

ACCOUNT = {"account_id": 512345678}


@pytest.fixture
def engine(linkedin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("LINKEDIN_CONVERSIONS_SPARK_MASTER", "local[2,3]")
    made = Engine(linkedin, tmp_path)
    made.options |= {**ACCOUNT, "results_log": True, "max_reject_ratio": 1}
    return made


@pytest.fixture
def companion(engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Companion:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    made = Companion(engine.folder, capsys)
    made.config = {**engine.options, "key": None}
    return made


def job_with_rejects(engine: Engine) -> dict[str, Any]:
    """Two parts of six and four rows, of which LinkedIn is sent eight; the first part is tried twice."""
    writer = engine.source().writer(SCHEMA, overwrite=False)
    rows = [
        list(engine.batches(range(5))),
        list(engine.batches([9], happened_at=None)),
        list(engine.batches(range(20, 23))),
    ]
    first = [*rows[0], *rows[1]]
    task(0, writer, iter(first))
    messages = [task(0, writer, iter(first)), task(1, writer, iter([*rows[2], *rows[1]]))]
    writer.commit(messages)
    return engine.receipt()


def test_reconcile_counts_each_row_of_a_job_once(engine: Engine, companion: Companion) -> None:
    receipt = job_with_rejects(engine)
    assert (receipt["counts"], len(receipt["runs"])) == ({"delivered": 8, "rejected": 2}, 3)
    steps = {step["step"]: step["events"] for step in companion.data("reconcile", "--days", "3")["steps"]}
    assert steps == {"came": 10, "rejected": -2, "accepted": 8, "sent": 8, "not_complete": -8, "counted": 0}


def test_what_a_killed_task_delivered_is_no_other_run_s(engine: Engine, companion: Companion) -> None:
    writer = engine.source(batch_size_rows=4, max_concurrent_requests=1).writer(SCHEMA, overwrite=False)
    engine.killed(writer, 0, range(12), after=2)
    writer.commit([task(0, writer, engine.batches(range(12)))])
    receipt = engine.receipt()
    assert [run["delivered"] for run in receipt["earlier"]] == [4]
    steps = {step["step"]: step["events"] for step in companion.data("reconcile", "--days", "3")["steps"]}
    assert (steps["came"], steps["accepted"], "other_days" in steps) == (12, receipt["counts"]["delivered"], False)


def test_the_last_runs_are_jobs_and_their_parts_are_none_of_them(engine: Engine) -> None:
    receipt = job_with_rejects(engine)
    runs = engine.state_dir / "runs"
    assert [run.run for run in past_runs(Folder(str(engine.state_dir)))] == [receipt["run"]]
    assert (runs / "index.html").read_text().count("data-run=") == 1
    (part, *_) = (run["run"] for run in receipt["runs"])
    assert json.loads((runs / f"{part}.json").read_bytes())["is_part"] is True
    assert "Accepted in this run, a part of a job" in (runs / f"{part}.html").read_text()


def test_a_part_of_a_job_without_a_receipt_is_told_as_that_and_nobody_takes_its_end_for_the_job_s(
    engine: Engine, companion: Companion
) -> None:
    writer = engine.source(batch_size_rows=4, max_concurrent_requests=1).writer(SCHEMA, overwrite=False)
    engine.killed(writer, 0, range(12), after=2)
    message = task(1, writer, engine.batches(range(20, 24)))
    said = f"run {message.run} is one part of a job that has left no receipt"
    code, _, told = companion("runs", "last")
    assert (code, said in told) == (0, True)
    code, _, told = companion("runs", "last", "--exit-code")
    assert (code, said in told) == (2, True)
    assert "of a job without a receipt" in companion("runs", "list")[1]
    writer.commit([task(0, writer, engine.batches(range(12))), message])
    code, shown, told = companion("runs", "last", "--exit-code")
    assert (code, engine.receipt()["run"] in shown, told) == (0, True, "")
    assert "without a receipt" not in companion("runs", "list")[1]


def test_that_nothing_was_sent_is_told_of_a_job_and_of_none_of_its_tasks(engine: Engine) -> None:
    hook = WebHook()
    with closing(hook):
        engine.options |= {"alert_urls": [hook.url], "key": "id"}
        for number in range(6):
            engine.save([number], [100 + number])
        assert hook.requests == []
        engine.save([0], [1, 200])  # of one task nothing is new, and the other sends
        assert hook.requests == []
        receipt = engine.save([0], [1], [2])
        ((_, told),) = hook.requests
    assert told["title"] == "LinkedIn conversions: nothing sent"
    assert f"run {receipt['run']}: 3 already delivered" in told["message"]


def test_an_alert_that_cannot_be_told_costs_no_receipt(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*_: object) -> None:
        raise ConfigError("alert_urls", "the package apprise is missing", "install it")

    writer = engine.source().writer(SCHEMA, overwrite=False)
    messages = [task(0, writer, engine.batches(range(3)))]
    monkeypatch.setattr("target_linkedin_conversions.alerts.alerts.Alerts.begin", missing)
    writer.commit(messages)
    assert engine.receipt()["counts"] == {"delivered": 3}
    assert "the package apprise is missing" in caplog.text


def test_the_rejects_of_a_job_are_listed_replayed_and_purged_by_its_name(engine: Engine, companion: Companion) -> None:
    receipt = job_with_rejects(engine)
    listed = companion.data("rejects", "list")
    assert (listed["run"], [line["reasons"][0]["code"] for line in listed["rejects"]]) == (
        receipt["run"],
        ["no_time"] * 2,
    )
    assert companion("rejects", "list")[1].startswith("2 no_time")
    assert f"of {receipt['run']}" in companion("runs", "list")[1]
    assert companion.data("rejects", "purge", receipt["run"], "--yes")["files"] == 3
    assert "or on the machines of its tasks" in companion("rejects", "list")[1]


def test_what_linkedin_rejected_of_a_job_is_replayed_by_its_name(engine: Engine, companion: Companion) -> None:
    engine.linkedin.faults("element_failures", statuses={0: 400}, times=2)
    receipt = engine.save(range(3), range(10, 13))
    assert receipt["counts"] == {"delivered": 4, "rejected": 2}
    code, out, _ = companion("rejects", "replay", receipt["run"], "--json")
    assert (code, json.loads(out)["counts"]) == (0, {"delivered": 2})


def test_in_the_warehouse_a_part_names_its_job_also_where_it_came_there_before_the_receipt(engine: Engine) -> None:
    receipt = job_with_rejects(engine)
    settings = Settings.load({"access_token": "token", "state_dir": str(engine.state_dir)}, {})
    tap = TapLinkedInConversionsResults(config={"state_dir": str(engine.state_dir)})
    past = Past(settings, lambda _: None)
    runs = {row["run"]: row["job"] for row in Runs(tap, past).get_records(None)}
    assert runs == {receipt["run"]: None, **{run["run"]: receipt["run"] for run in receipt["runs"]}}
    lines = list(RunLines(tap, past).get_records(None))
    whole = [(row["outcome"], row["events"]) for row in lines if row["job"] is None]
    assert sorted(whole) == [("delivered", 8), ("rejected", 2)]
    assert all(one.told is not None and one.told >= one.ended for one in past.ended if one.job)
