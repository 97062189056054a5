"""The runs before: which are read, which was the last that went well, and when emptiness is a sign."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.empty_runs import unusually_empty
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.history import (
    MOST_RUNS,
    PastLine,
    PastRun,
    last_success,
    past_runs,
    run_after,
)
from target_linkedin_conversions.reporting.report import JobRun
from target_linkedin_conversions.run.files import RunFiles
from target_linkedin_conversions.settings import Settings
from tests.reporting.page_samples import AT, bare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def ran(hours_ago: float, accepted: int, **more: object) -> PastRun:
    at = AT - timedelta(hours=hours_ago)
    plain = PastRun(run=f"{at:%Y%m%dT%H%M%SZ}-0a1b2c3d", requests=1, counts={Outcome.DELIVERED: accepted})
    return msgspec.structs.replace(plain, **more)


def test_the_newest_are_read_and_no_more_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(str(tmp_path))
    for number in range(100):
        report = bare(run=ran(number, 1).run, counts={Outcome.DELIVERED: number})
        folder.write(f"runs/{report.run}.json", msgspec.json.encode(report))
    folder.write("runs/last.json", b"{}")
    read: list[str] = []
    real: Callable[[Folder, str], bytes | None] = Folder.read

    def counted(self: Folder, name: str) -> bytes | None:
        read.append(name)
        return real(self, name)

    monkeypatch.setattr(Folder, "read", counted)
    found = past_runs(folder)
    assert [run.counts[Outcome.DELIVERED] for run in found] == list(range(MOST_RUNS))
    assert len(read) == MOST_RUNS


def test_of_a_job_only_the_receipt_counts_however_many_parts_it_has(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    for hours in range(20, 60):
        folder.write(f"runs/{ran(hours, 1).run}.json", msgspec.json.encode(bare(run=ran(hours, 1).run)))
    parts = [ran(1 + part / 100, 1).run for part in range(100)]
    for part in parts:
        folder.write(f"runs/{part}.json", msgspec.json.encode(bare(run=part, is_part=True)))
    alone = bare(run=ran(0.5, 1).run, is_part=True)  # its driver was killed
    job = bare(run=ran(2.5, 1).run, runs=[JobRun(part, 0, counted=True) for part in parts])
    for report in (alone, job):
        folder.write(f"runs/{report.run}.json", msgspec.json.encode(report))
    assert [run.run for run in past_runs(folder)][:3] == [alone.run, job.run, ran(20, 1).run]
    assert len(past_runs(folder)) == MOST_RUNS


@pytest.mark.parametrize("broken", [b"", b"{", b'{"run": 1}', b"[]", b"\xff", b'{"run": "another"}', b'{"x":' * 5000])
def test_a_report_that_cannot_be_read_hides_no_other(tmp_path: Path, broken: bytes) -> None:
    folder = Folder(str(tmp_path))
    folder.write(f"runs/{ran(0, 1).run}.json", msgspec.json.encode(bare(run=ran(0, 1).run)))
    folder.write(f"runs/{ran(1, 1).run}.json", broken)
    assert [run.run for run in past_runs(folder)] == [ran(0, 1).run]


def test_the_last_success_is_no_dry_run_and_no_run_that_was_stopped_or_sent_nothing() -> None:
    good = ran(50, 3)
    assert last_success([ran(0, 0), ran(1, 0, counts={"already_delivered": 7, "skipped": 2}), good]) == good
    assert last_success([ran(0, 1, dry_run=True), ran(1, 1, exit_code=3), good, ran(60, 1)]) == good
    assert last_success([ran(0, 1, exit_code=5)]) is None
    assert last_success([]) is None


NOTED = ran(0, 0, requests=0, counts={"already_delivered": 5}, lines=(PastLine("marked", 5),))
DAILY = [ran(24 * day, 20) for day in range(1, 10)]


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([ran(0, 0), *DAILY], True),
        ([ran(0, 0, exit_code=3), *DAILY], True),
        ([ran(0, 3), *DAILY], False),
        ([ran(0, 0), ran(2, 1), *DAILY], False),
        ([ran(0, 0)], False),
        ([], False),
        ([ran(0, 0, dry_run=True), *DAILY], False),
        ([ran(0, 0), *(ran(24 * day, day % 2) for day in range(1, 9))], False),
        # A week ago on this day there was nothing either: it is a Sunday.
        ([ran(0, 0), *(ran(24 * day, 0 if day % 7 == 0 else 20) for day in range(1, 15))], False),
        # A week ago the run was stopped, which says nothing of the day.
        ([ran(0, 0), *(ran(24 * day, 20 * (day != 7), exit_code=3 * (day == 7)) for day in range(1, 15))], True),
        # Hourly, and the last day is empty.
        ([ran(hour, 0 if hour < 24 else 5) for hour in range(30)], True),
        ([ran(hour, 0 if hour < 8 else 5) for hour in range(30)], False),
        # The run of the day before began a little later in its day, or by a clock that was moved since.
        ([ran(0, 0), *(ran(24 * day - 0.01, 20) for day in range(1, 10))], True),
        ([ran(0, 0), *(ran(24 * day - 1, 20) for day in range(1, 10))], True),
        ([ran(0, 0), *(ran(24 * day + day % 2 - 0.5, 20) for day in range(1, 10))], True),
        ([ran(0, 0), *(ran(24 * day - 1, 0 if day == 7 else 20) for day in range(1, 15))], False),
        # Hourly, and what the source has comes once a day: in an hour from now.
        ([ran(hour, 5 if hour % 24 == 23 else 0) for hour in range(30)], False),
        # All within a day: runs are compared.
        ([ran(0, 0), *(ran(hour, 5) for hour in range(1, 6))], True),
        ([ran(0, 0), *(ran(hour, 5) for hour in range(1, 5))], False),
        ([ran(0, 0), *(ran(hour, 5 * (hour % 3 > 0)) for hour in range(1, 10))], False),
        ([ran(0, 0), *(ran(hour, 5, exit_code=5 * (hour == 2)) for hour in range(1, 6))], False),
        ([ran(0, 2), *(ran(hour, 5) for hour in range(1, 6))], False),
        # `ledger mark` sends nothing, and is no load that should.
        ([NOTED, *(ran(hour, 5) for hour in range(1, 6))], False),
        ([ran(0, 0), *(NOTED,) * 5, *(ran(hour, 5) for hour in range(1, 6))], True),
    ],
)
def test_emptiness_is_told_where_there_usually_is_something(runs: list[PastRun], told: bool) -> None:  # noqa: FBT001 - a table
    assert bool(unusually_empty(runs)) is told


def test_the_sentence_counts_days() -> None:
    assert re.search(r"on 9 of the 9 days", unusually_empty([ran(0, 0), *DAILY]))
    later = [ran(24 * day - 1.6, 20) for day in range(1, 10)]
    assert re.search(
        r"^Nothing was accepted in the last 22 hours, .* on 9 of the 9 days", unusually_empty([ran(0, 0), *later])
    )
    assert re.search(r"^Nothing was accepted in the last 24 hours, ", unusually_empty([ran(0, 0), *DAILY]))
    assert re.search(r"in 6 of the 6 runs", unusually_empty([ran(0, 0), *(ran(hour, 5) for hour in range(1, 7))]))


def test_a_run_that_has_ended_is_the_newest_whether_its_report_is_there_or_not(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    for hours in (2, 1):
        report = bare(run=ran(hours, 1).run)
        folder.write(f"runs/{report.run}.json", msgspec.json.encode(report))
    ended = bare(run=ran(0, 1).run)
    assert [run.run for run in run_after(folder, ended)] == [ran(hours, 1).run for hours in range(3)]
    folder.write(f"runs/{ended.run}.json", msgspec.json.encode(ended))
    assert [run.run for run in run_after(folder, ended)] == [ran(hours, 1).run for hours in range(3)]


def test_a_report_that_is_nested_without_end_stops_no_run(tmp_path: Path) -> None:
    settings = Settings.load({"access_token": "token", "state_dir": str(tmp_path)}, {})
    files = RunFiles(settings, "20261127T100000Z-0a1b2c3d")
    files.folder.write("runs/20261127T090000Z-0a1b2c3d.json", b'{"run":"","x":' + b"[" * 100_000)
    assert not files.follows_another_run
