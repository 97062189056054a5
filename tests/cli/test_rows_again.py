"""`reconcile` where the results of each run are kept: a row that several runs read counts once, by its last end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.cli.test_reconcile import Month
from tests.singer.pipe import Pipe, entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Companion

TYPO = {"column": "ads_consent", "granted": ["agred"]}
RIGHT = {"column": "ads_consent", "granted": ["agreed"]}


@pytest.fixture
def month(tmp_path: Path, companion: Companion) -> Iterator[Month]:
    with Sandbox(reporting_lag_hours=0) as linkedin:
        yield Month(Pipe(tmp_path, linkedin), companion)


def rows_of(month: Month) -> list[dict[str, Any]]:
    """12 rows: 2 without consent, 3 whose time cannot be read."""
    rows = month.rows(range(12), ads_consent="agreed")
    for number in range(2):
        rows[number]["record"]["ads_consent"] = None
    for number in range(2, 5):
        rows[number]["record"]["happened_at"] = "soon"
    return rows


def load(month: Month, rows: list[dict[str, Any]], consent: dict[str, Any] = RIGHT, **settings: Any) -> None:
    month.load(*rows, **{"streams": [entry(consent=consent)], "results_log": True, **settings})


def steps_of(month: Month) -> dict[tuple[str, str], int]:
    found = month.ask("--days", "30")
    left = None
    for step in found["steps"]:
        assert not step["is_sum"] or left in {None, step["events"]}, step
        left = step["events"] if step["is_sum"] or left is None else left + step["events"]
    return {(step["step"], step["code"]): step["events"] for step in found["steps"]} | {
        ("mends", mend["code"]): mend["events"] for mend in found["mends"]
    }


ONCE = {
    ("came", ""): 12,
    ("skipped", "no_consent"): -2,
    ("rejected", "bad_time"): -3,
    ("accepted", ""): 7,
    ("sent", ""): 7,
    ("counted", ""): 7,
    ("mends", "no_consent"): 2,
    ("mends", "bad_time"): 3,
}


def test_rows_that_a_typo_left_out_count_once_when_all_are_read_anew(month: Month) -> None:
    load(month, rows_of(month), TYPO)
    assert steps_of(month)[("mends", "no_consent")] == 12
    load(month, rows_of(month))
    assert steps_of(month) == ONCE


def test_rows_that_several_runs_read_in_part_count_once(month: Month) -> None:
    rows = rows_of(month)
    for some in (rows[:4], rows[2:9], rows[:1], rows):
        load(month, some)
    assert steps_of(month) == ONCE


def test_a_loss_is_made_good_by_the_row_that_comes_mended_and_by_no_other(month: Month) -> None:
    load(month, rows_of(month))
    mended = month.rows(range(3, 4), ads_consent="agreed")
    load(month, [*mended, *month.rows(range(20, 23), ads_consent="agreed")])
    found = steps_of(month)
    assert (found["came", ""], found["rejected", "bad_time"], found["accepted", ""]) == (15, -2, 11)


@pytest.mark.parametrize("is_missing", ["deleted", "cut", "not-kept"])
def test_where_the_results_of_a_run_are_not_whole_its_counts_are_judged(month: Month, is_missing: str) -> None:
    load(month, rows_of(month), TYPO)
    load(month, rows_of(month), results_log=is_missing != "not-kept")
    kept = sorted((month.pipe.state_dir / "results").iterdir())
    if is_missing == "deleted":
        kept[-1].unlink()
    if is_missing == "cut":
        kept[-1].write_bytes(kept[-1].read_bytes()[:100])
    found = month.ask("--days", "30")
    assert {step["code"]: step["events"] for step in found["steps"]}["no_consent"] == -14
    assert [said for said in found["unknown"] if "nobody can tell" in said]


def test_rows_without_a_key_are_not_taken_for_one_another(month: Month) -> None:
    rows = rows_of(month)
    for row in rows:
        row["record"]["id"] = None
    load(month, rows, TYPO)
    load(month, rows)
    assert steps_of(month)["skipped", "no_consent"] == -14
