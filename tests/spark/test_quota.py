"""One quota over all tasks of a job, however many there are at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.errors import QuotaError
from tests.chaos.quota import most_in_a_window
from tests.spark.engine import SCHEMA, Engine, refs

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

TASKS, ROWS = 8, 8
MINUTE_MS = 1_500
"""Instead of a minute."""


@pytest.fixture
def engine(linkedin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("LINKEDIN_CONVERSIONS_SPARK_MASTER", f"local[{TASKS}]")
    return Engine(linkedin, tmp_path)


def parts() -> list[range]:
    """The rows of each task."""
    return [range(ROWS * number, ROWS * (number + 1)) for number in range(TASKS)]


def sendings(engine: Engine) -> list[int]:
    """When requests with events came: only those count, and no preflight does."""
    return [request.at for request in engine.linkedin.requests if request.method == "POST"]


@pytest.mark.slow
def test_eight_tasks_at_once_never_send_a_request_more_than_the_minute_allows(engine: Engine) -> None:
    per_minute = 20
    writer = engine.source(batch_size_rows=1, requests_per_minute=per_minute).writer(SCHEMA, overwrite=False)
    codes = engine.together(writer, *parts(), minute_ms=MINUTE_MS)
    assert codes == [0] * TASKS
    assert engine.taken() == refs(range(TASKS * ROWS))
    assert most_in_a_window(sendings(engine), MINUTE_MS) <= per_minute


@pytest.mark.slow
def test_eight_tasks_at_once_never_send_a_request_more_than_the_day_allows_and_end_for_the_quota(
    engine: Engine,
) -> None:
    per_day = 30
    writer = engine.source(batch_size_rows=1, requests_per_day=per_day).writer(SCHEMA, overwrite=False)
    codes = engine.together(writer, *parts())
    days = {at // DAY_MS for at in sendings(engine)}
    assert len(sendings(engine)) <= per_day * len(days)
    assert QuotaError.exit_code in codes
    writer.abort([None] * TASKS)
    receipt = engine.receipt()
    assert receipt["exit_code"] == QuotaError.exit_code
    assert receipt["counts"]["delivered"] == len(engine.taken())
