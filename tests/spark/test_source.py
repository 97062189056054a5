"""The data source's laws, each call as Spark makes it: what a task does, what the receipt says; the driver's are in test_driver.py."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

pyspark = pytest.importorskip("pyspark", reason="needs the extra spark")

from target_linkedin_conversions.errors import (  # noqa: E402 - the same
    ConfigError,
    CredentialError,
    InputError,
    TargetError,
    TooManyRejectsError,
)
from tests.singer.pipe import ends_of  # noqa: E402 - the same
from tests.spark.another import after_each_answer  # noqa: E402 - the same
from tests.spark.engine import SCHEMA, Engine, in_a_process, refs, task  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator


CANARY = "canary.person@example.com"


def test_rows_of_all_partitions_are_delivered_and_the_receipt_is_one(engine: Engine) -> None:
    receipt = engine.save(range(20), range(20, 30), [])
    assert engine.taken() == refs(range(30))
    assert (receipt["outcome"], receipt["exit_code"], receipt["counts"]) == ("done", 0, {"delivered": 30})
    assert (receipt["records"], receipt["requests"]) == (30, 2)
    assert [run["part"] for run in receipt["runs"]] == [0, 1]
    runs = engine.state_dir / "runs"
    assert json.loads((runs / f"{receipt['run']}.json").read_bytes()) == receipt
    assert (runs / f"{receipt['run']}.html").is_file()


@pytest.mark.parametrize(("parts", "warns"), [(19, False), (20, True)])
def test_many_small_partitions_are_warned_of(engine: Engine, parts: int, warns: bool) -> None:  # noqa: FBT001 - a case
    receipt = engine.save(*([number] for number in range(parts)))
    said = f"{parts} events were sent in {parts} parts, each with requests and a report of its own"
    assert any(warning.startswith(said) for warning in receipt["warnings"]) is warns
    assert not any("parts" in warning for warning in engine.save(*([number] for number in range(parts)))["warnings"])


@pytest.mark.parametrize("way", ["writer", "streamWriter"])
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_ledger_that_must_be_there_and_is_not_stops_at_the_driver(engine: Engine, way: str, *, dry_run: bool) -> None:
    source = engine.source(require_ledger=True, dry_run=dry_run)
    with pytest.raises(ConfigError, match=r"^require_ledger: there is no ledger at "):
        getattr(source, way)(SCHEMA, overwrite=False)
    assert not engine.state_dir.exists()
    engine.save(range(3))
    getattr(source, way)(SCHEMA, overwrite=False)


@pytest.mark.parametrize(("refused", "taken", "ends"), [(18, 12, (6, False)), (12, 18, (0, False)), (9, 3, (0, True))])
def test_parts_that_are_too_small_to_be_judged_are_judged_as_one(
    engine: Engine, refused: int, taken: int, ends: tuple[int, bool]
) -> None:
    writer = engine.source().writer(SCHEMA, overwrite=False)
    parts = [
        *(engine.batches(range(at, at + 3), happened_at=None) for at in range(0, refused, 3)),
        *(engine.batches(range(at, at + 3)) for at in range(refused, refused + taken, 3)),
    ]
    writer.commit([task(number, writer, part) for number, part in enumerate(parts)])
    receipt = engine.receipt()
    assert receipt["counts"] == {"rejected": refused, "delivered": taken}
    assert (receipt["exit_code"], any("too small" in warning for warning in receipt["warnings"])) == ends
    assert receipt["outcome"] == ("rejects" if receipt["exit_code"] else "done")
    if receipt["exit_code"]:
        assert receipt["message"].startswith(f"{refused} rejected, more than max_reject_ratio allows (")


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux can keep a program on a processor")
def test_a_task_may_run_on_every_processor_for_each_has_a_task(engine: Engine) -> None:
    seen = []

    def watched() -> Iterator[Any]:
        for batch in engine.batches(range(20)):
            seen.append(os.sched_getaffinity(0))
            yield batch

    task(0, engine.source().writer(SCHEMA, overwrite=False), watched())
    assert seen == [os.sched_getaffinity(0)] * 4


def test_written_again_nothing_is_sent_and_only_what_is_new_is(engine: Engine) -> None:
    engine.save(range(10))
    assert engine.save(range(5), range(5, 15))["counts"] == {"already_delivered": 10, "delivered": 5}
    assert engine.taken() == refs(range(15))


def test_two_jobs_of_the_same_rows_at_one_time_send_each_once(engine: Engine) -> None:
    writers = [engine.source(batch_size_rows=5).writer(SCHEMA, overwrite=False) for _ in range(2)]
    with in_a_process(lambda: task(0, writers[0], engine.batches(range(40)))):
        message = task(0, writers[1], engine.batches(range(20, 60)))
    writers[1].commit([message])
    assert engine.taken() == refs(range(60))
    assert sum(engine.receipt()["counts"].values()) == 40


def test_a_token_that_linkedin_refuses_is_the_end_of_the_job_and_its_exit_code(engine: Engine) -> None:
    writer = engine.source(access_token="no-sandbox-token").writer(SCHEMA, overwrite=False)
    with pytest.raises(CredentialError, match="set access_token"):
        task(0, writer, engine.batches(range(3)))
    writer.abort([None])
    assert (engine.receipt()["outcome"], engine.receipt()["exit_code"]) == ("credential", 3)
    assert engine.taken() == []


def test_a_job_without_rows_is_a_receipt_of_nothing_and_no_request(engine: Engine) -> None:
    receipt = engine.save([], [])
    assert (receipt["outcome"], receipt["records"], receipt["runs"]) == ("done", 0, [])
    assert engine.linkedin.requests == []


def test_a_dry_run_sends_nothing_and_its_receipt_says_what_would_be(engine: Engine) -> None:
    receipt = engine.save(range(3), range(3, 6), dry_run=True, access_token=None)
    assert (receipt["counts"], receipt["dry_run"]) == ({"would_send": 6}, True)
    told = [warning for warning in receipt["warnings"] if "counts for itself" in warning]
    assert [warning.partition(",")[0] for warning in told] == ["each of the 2 parts of this dry run counts for itself"]
    of_one = engine.save(range(3), [], dry_run=True, access_token=None)
    assert not any("counts for itself" in warning for warning in of_one["warnings"])
    assert engine.linkedin.requests == []
    assert not (engine.state_dir / "ledger.sqlite").exists()


def test_a_copy_at_the_same_partition_sends_nothing_twice_whichever_of_them_counts(engine: Engine) -> None:
    writer = engine.source().writer(SCHEMA, overwrite=False)
    task(0, writer, engine.batches(range(6)))
    writer.commit([task(0, writer, engine.batches(range(10)))])
    receipt = engine.receipt()
    assert engine.taken() == refs(range(10))
    assert receipt["counts"] == {"delivered": 10}
    assert [run["counted"] for run in receipt["runs"]] == [False, True]


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_what_a_killed_task_left_in_doubt_is_named_or_sent_again(engine: Engine, policy: str) -> None:
    more = {"on_in_doubt": policy, "batch_size_rows": 5, "max_concurrent_requests": 1}
    writer = engine.source(**more).writer(SCHEMA, overwrite=False)
    engine.killed(writer, 0, range(20), after=2)
    writer.commit([task(0, writer, engine.batches(range(20))), task(1, writer, engine.batches(range(20, 30)))])
    receipt, taken = engine.receipt(), engine.taken()
    (killed,) = receipt["earlier"]
    if policy == "hold":
        assert taken == refs(range(30))
        assert ends_of(receipt) == {"delivered": 25, "in_doubt:earlier_run": 5}
        assert (killed["delivered"], killed["in_doubt"]) == (5, 5)
    else:
        assert sorted(set(taken)) == refs(range(30))
        assert len(taken) == 35
        assert ends_of(receipt) == {"delivered": 25, "delivered:resent": 5}


@pytest.mark.slow
def test_a_job_whose_only_task_was_killed_leaves_a_receipt_all_the_same(engine: Engine) -> None:
    writer = engine.source(batch_size_rows=5, max_concurrent_requests=1).writer(SCHEMA, overwrite=False)
    engine.killed(writer, 0, range(20), after=2)
    writer.abort([None])
    receipt = engine.receipt()
    assert (receipt["outcome"], receipt["exit_code"]) == ("terminated", 143)
    assert ends_of(receipt) == {"delivered": 5, "in_doubt:earlier_run": 5}


@pytest.mark.slow
def test_the_receipt_of_a_job_that_was_cancelled_counts_what_its_tasks_sent_until_they_ended(engine: Engine) -> None:
    writer = engine.source(batch_size_rows=5, max_concurrent_requests=1).writer(SCHEMA, overwrite=False)

    def go_on() -> None:
        with after_each_answer(lambda: time.sleep(0.7)):
            task(0, writer, engine.batches(range(20)))

    with in_a_process(go_on):
        while not engine.linkedin.received:
            time.sleep(0.01)
        writer.abort([None])
        assert engine.receipt()["counts"] == {"delivered": 20}
    assert engine.taken() == refs(range(20))


def test_an_error_in_a_task_holds_no_value_of_a_row_and_is_the_end_of_the_job(engine: Engine) -> None:
    writer = engine.source(max_reject_ratio=0).writer(SCHEMA, overwrite=False)
    with pytest.raises(TooManyRejectsError) as caught:
        task(0, writer, engine.batches(range(30), email=f"not {CANARY} at all", happened_at=None))
    assert CANARY not in str(caught.value)
    writer.abort([None])
    receipt = engine.receipt()
    assert (receipt["outcome"], receipt["exit_code"]) == ("rejects", 6)
    assert receipt["counts"]["rejected"] > 0
    assert CANARY not in json.dumps(receipt)


def test_what_spark_cannot_hand_over_ends_the_task_without_its_words(engine: Engine) -> None:
    def failing() -> Iterator[Any]:
        yield next(engine.batches(range(3)))
        raise ValueError(CANARY)

    writer = engine.source().writer(SCHEMA, overwrite=False)
    with pytest.raises(InputError, match="ValueError") as caught:
        task(0, writer, failing())
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("before", [0, 1])
def test_rows_that_do_not_come_are_the_end_of_the_job_whether_some_came_before_or_not(
    engine: Engine, before: int
) -> None:
    def batches() -> Iterator[Any]:
        yield from list(engine.batches(range(8)))[:before]
        raise ValueError(CANARY)

    writer = engine.source().writer(SCHEMA, overwrite=False)
    with pytest.raises(InputError):
        task(0, writer, batches())
    writer.abort([None])
    receipt = engine.receipt()
    assert (receipt["outcome"], receipt["exit_code"]) == ("input", 7)
    assert CANARY not in json.dumps(receipt)


def test_commit_raises_nothing_that_the_log_can_tell(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    writer = engine.source().writer(SCHEMA, overwrite=False)
    message = task(0, writer, engine.batches(range(3)))
    (engine.state_dir / "ledger.sqlite").write_bytes(b"no ledger any more" * 100)
    writer.commit([message])
    writer.abort([message, None])
    assert "the receipt is not complete" in caplog.text


def test_settings_with_secrets_are_shown_by_nothing_that_spark_may_log(engine: Engine) -> None:
    writer = engine.source().writer(SCHEMA, overwrite=False)
    assert "sandbox-token" not in f"{writer!r} {vars(writer)!r}"


def test_a_micro_batch_that_comes_again_sends_nothing_and_is_told(engine: Engine) -> None:
    def micro_batch(number: int, numbers: range, *, commits: bool) -> None:
        writer = engine.source(checkpointlocation="c").streamWriter(SCHEMA, overwrite=False)
        messages = [task(0, writer, engine.batches(numbers), number), task(1, writer, engine.batches([]), number)]
        if commits:
            engine.source(checkpointlocation="c").streamWriter(SCHEMA, overwrite=False).commit(messages, number)

    micro_batch(0, range(10), commits=True)
    assert engine.receipt()["counts"] == {"delivered": 10}
    micro_batch(1, range(10, 14), commits=False)
    micro_batch(1, range(10, 14), commits=True)
    assert engine.taken() == refs(range(14))
    assert engine.receipt()["counts"] == {"delivered": 4}
    assert len(engine.receipt()["runs"]) == 2
    before = engine.receipt()
    micro_batch(2, range(0), commits=True)
    assert engine.receipt() == before
    for _ in range(3):  # as fast as it may come again: each time has a receipt of its own
        micro_batch(0, range(10), commits=True)
    reports = [json.loads(path.read_bytes()) for path in (engine.state_dir / "runs").glob("2*.json")]
    told = [report["counts"] for report in reports if report["runs"]]
    assert sorted(map(str, told)) == ["{'already_delivered': 10}"] * 3 + ["{'delivered': 10}", "{'delivered': 4}"]


def test_an_error_is_of_this_program(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is told by its kind alone: its words may be a row's."""
    from target_linkedin_conversions.records import arrow_rows  # noqa: PLC0415 - only here

    def failing(*_: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(arrow_rows.ArrowRows, "_rows", failing)
    writer = engine.source().writer(SCHEMA, overwrite=False)
    with pytest.raises(TargetError, match="a fault in this program: KeyError") as caught:
        task(0, writer, engine.batches(range(3)))
    assert CANARY not in str(caught.value)
