"""What a run writes for people, beside its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions import deliver
from target_linkedin_conversions.reporting.report import Report
from tests.reporting.test_page import assert_figures
from tests.singer.pipe import record, schema, state

if TYPE_CHECKING:
    from tests.singer.pipe import Pipe

ACCOUNT = 512345678


def test_every_run_leaves_its_page_the_last_one_and_a_list_of_all(pipe: Pipe) -> None:
    names = [deliver(pipe.rows(*range(n)), pipe.config, stream="leads", key=("id",)).run for n in (1, 2, 3)]
    folder = pipe.state_dir / "runs"
    for name in names:
        report = msgspec.json.decode((folder / f"{name}.json").read_bytes(), type=Report)
        assert_figures((folder / f"{name}.html").read_bytes(), report)
    assert (folder / "last.html").read_bytes() == (folder / f"{names[-1]}.html").read_bytes()
    index = (folder / "index.html").read_text()
    assert all(f'href="{name}.html"' in index for name in names)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_last_lines_of_the_log_name_the_page(pipe: Pipe) -> None:
    done = pipe.run_here([schema(), record(pipe.linkedin.now(), 1), state(at=1)])
    *_, page, last = done.stderr.splitlines()
    assert page.endswith(f"page: {pipe.state_dir / 'runs' / done.report['run']}.html")
    assert last.startswith("outcome=done exit=0")


def test_a_run_that_fails_has_a_page_too(pipe: Pipe) -> None:
    done = pipe.run_here([schema(), record(pipe.linkedin.now(), 1)], access_token="wrong", account_id=ACCOUNT)
    assert done.code == 3
    page = (pipe.state_dir / "runs" / "last.html").read_text()
    assert "The run stopped before it was done; LinkedIn accepted nothing" in page
    assert "linkedin-conversions check" in page


def test_the_report_says_how_linkedin_answered_what_is_left_and_what_ends(pipe: Pipe) -> None:
    receipt = deliver(pipe.rows(1, 2), {**pipe.config, "account_id": ACCOUNT}, stream="leads", key=("id",))
    report = receipt.report
    assert report.latency is not None
    assert 0 < report.latency.median <= report.latency.slowest_twentieth <= report.latency.longest
    assert report.quota is not None
    assert (report.quota.used_today, report.quota.per_day, report.quota.per_minute) == (1, 300_000, 600)
    assert "version 202609" in {one.what for one in report.ends}
    (rule,) = report.rules
    assert (rule.read, bool(rule.name), bool(rule.type)) == (True, True, True)
    assert (receipt.counts, rule.events) == ({"delivered": 2}, 2)


def test_a_dry_run_says_nothing_of_linkedin(pipe: Pipe) -> None:
    report = deliver(pipe.rows(1), {**pipe.config, "dry_run": True}, stream="leads", key=("id",)).report
    assert (report.latency, report.quota, report.rules[0].read) == (None, None, False)
    page = (pipe.state_dir / "runs" / "last.html").read_text()
    assert "Dry run, nothing was sent: the one row would be." in page
