"""Each event leaves once, whatever Spark tries again, or its double is named; the other cases are in test_in_doubt.py."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.singer.pipe import ends_of

if TYPE_CHECKING:
    from tests.spark.lake import Lake

pytest.importorskip("pyspark", reason="needs the extra spark")
pytestmark = pytest.mark.timeout(600)  # a JVM and its Python processes start, also where the machine is busy

PARTITIONS, EVENTS, BATCH = 4, 120, 10
KILLED = 2
"""Partitions 0 and 3."""


@pytest.mark.slow
def test_with_hold_each_event_is_taken_once_and_those_of_killed_tasks_are_named(lake: Lake) -> None:
    frame = lake.frame(range(EVENTS), PARTITIONS)
    receipt = lake.write(
        frame, "dying_conversions", on_in_doubt="hold", batch_size_rows=BATCH, max_concurrent_requests=1
    )
    assert lake.taken() == lake.expected(range(EVENTS))
    assert receipt["exit_code"] == 0
    assert ends_of(receipt) == {"delivered": EVENTS - KILLED * BATCH, "in_doubt:earlier_run": KILLED * BATCH}
    assert [(one["delivered"], one["in_doubt"]) for one in receipt["earlier"]] == [(BATCH, BATCH)] * KILLED
    assert len(receipt["runs"]) == PARTITIONS + KILLED


@pytest.mark.slow
def test_with_resend_only_what_killed_tasks_left_in_doubt_is_sent_again_once_and_counted(lake: Lake) -> None:
    frame = lake.frame(range(EVENTS), PARTITIONS)
    receipt = lake.write(
        frame, "dying_conversions", on_in_doubt="resend", batch_size_rows=BATCH, max_concurrent_requests=1
    )
    assert Counter(Counter(lake.taken()).values()) == {1: EVENTS - KILLED * BATCH, 2: KILLED * BATCH}
    assert ends_of(receipt) == {"delivered": EVENTS - KILLED * BATCH, "delivered:resent": KILLED * BATCH}
    assert [(one["delivered"], one["in_doubt"]) for one in receipt["earlier"]] == [(BATCH, 0)] * KILLED
