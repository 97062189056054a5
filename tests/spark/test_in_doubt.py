"""What nobody knows of a request, under each `on_in_doubt`: however often Spark tries, it is bounded and named."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")

from target_linkedin_conversions.errors import UnreachableError
from tests.singer.pipe import ends_of
from tests.spark.another import after_each_answer
from tests.spark.engine import SCHEMA, Engine, in_a_process, refs, task
from tests.spark.writing import ENTRY

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

TRIES, MOST_RESENDS, ROWS, BATCH = 3, 1, 12, 4
ONE_BY_ONE: dict[str, Any] = {"batch_size_rows": BATCH, "max_concurrent_requests": 1, "max_resends": MOST_RESENDS}
COUNTS_EACH, COUNTS_ONCE = 103, 101
"""Rules of the sandbox: of a purchase, and of a lead."""


@pytest.fixture
def engine(linkedin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("LINKEDIN_CONVERSIONS_SPARK_MASTER", "local[2,3]")
    return Engine(linkedin, tmp_path)


@pytest.mark.slow
def test_with_resend_each_try_sends_a_batch_again_as_often_as_it_may_and_the_receipt_names_it(engine: Engine) -> None:
    writer = engine.source(on_in_doubt="resend", **ONE_BY_ONE).writer(SCHEMA, overwrite=False)
    engine.linkedin.faults("answer_504_after_taking", times=1_000)
    for number in range(TRIES):
        with pytest.raises(UnreachableError, match=r"a batch was sent .*; it is in doubt"):
            task(0, writer, engine.batches(range(ROWS)))
        assert set(Counter(engine.taken()).values()) == {1 + (number + 1) * MOST_RESENDS}
    writer.abort([None])
    receipt = engine.receipt()
    assert (receipt["outcome"], receipt["exit_code"]) == ("unreachable", 5)
    assert receipt["counts"]["in_doubt"] == len(set(engine.taken())) == BATCH
    engine.linkedin.clear_faults()
    assert ends_of(engine.save(range(ROWS), on_in_doubt="resend")) == {
        "delivered": ROWS - BATCH,
        "delivered:resent": BATCH,
    }
    assert sorted(set(engine.taken())) == refs(range(ROWS))


@pytest.mark.parametrize(("rule", "policy"), [(COUNTS_EACH, "hold"), (COUNTS_ONCE, "hold"), (COUNTS_EACH, "by_rule")])
def test_what_is_held_is_sent_by_no_other_try_and_named_once(engine: Engine, rule: int, policy: str) -> None:
    options = {
        **ONE_BY_ONE,
        "on_in_doubt": policy,
        "streams": [{**ENTRY, "conversion_rule": rule}],
        "account_id": 512345678,
    }
    writer = engine.source(**options).writer(SCHEMA, overwrite=False)
    engine.linkedin.faults("answer_504_after_taking")
    messages = [task(0, writer, engine.batches(range(ROWS))) for _ in range(TRIES)]  # each is lost, but for the last
    writer.commit(messages[-1:])
    receipt = engine.receipt()
    assert engine.taken() == refs(range(ROWS))
    assert receipt["counts"] == {"delivered": ROWS - BATCH, "in_doubt": BATCH}
    assert len({event["user"]["externalIds"][0] for event in engine.held()}) == BATCH


def test_by_rule_sends_again_what_counts_once_and_says_so(engine: Engine) -> None:
    options = {**ONE_BY_ONE, "streams": [{**ENTRY, "conversion_rule": COUNTS_ONCE}], "account_id": 512345678}
    engine.linkedin.faults("answer_504_after_taking")
    receipt = engine.save(range(ROWS), **options)
    assert ends_of(receipt) == {"delivered": ROWS - BATCH, "delivered:resent": BATCH}
    assert Counter(Counter(engine.taken()).values()) == {1: ROWS - BATCH, 1 + MOST_RESENDS: BATCH}


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_a_copy_beside_a_straggler_that_waits_for_its_answer_sends_nothing_twice(engine: Engine, policy: str) -> None:
    writer = engine.source(on_in_doubt=policy, **ONE_BY_ONE).writer(SCHEMA, overwrite=False)

    def straggle() -> None:
        with after_each_answer(lambda: time.sleep(1.0)):
            task(0, writer, engine.batches(range(ROWS)))

    with in_a_process(straggle):
        while not engine.linkedin.received:
            time.sleep(0.01)
        writer.commit([task(0, writer, engine.batches(range(ROWS)))])
    assert engine.taken() == refs(range(ROWS))
    assert engine.receipt()["counts"] == {"delivered": ROWS}


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_a_micro_batch_that_comes_again_after_a_kill_and_after_a_failed_commit_is_told_each_time(
    engine: Engine, policy: str
) -> None:
    options = {**ONE_BY_ONE, "on_in_doubt": policy, "checkpointlocation": "c"}

    def writer() -> Any:
        return engine.source(**options).streamWriter(SCHEMA, overwrite=False)

    engine.killed(writer(), 0, range(ROWS), after=2)
    for _ in range(TRIES - 1):  # the first one's commit is lost
        messages = [task(0, writer(), engine.batches(range(ROWS)), 0)]
    writer().commit(messages, 0)
    receipt = engine.receipt()
    if policy == "hold":
        assert engine.taken() == refs(range(ROWS))
        assert receipt["counts"] == {"delivered": ROWS - BATCH, "in_doubt": BATCH}
    else:
        assert Counter(Counter(engine.taken()).values()) == {1: ROWS - BATCH, 2: BATCH}
        assert ends_of(receipt) == {"delivered": ROWS - BATCH, "delivered:resent": BATCH}
    assert [(one["delivered"], one["in_doubt"]) for one in receipt["earlier"]] == [
        (BATCH, BATCH if policy == "hold" else 0)
    ]
