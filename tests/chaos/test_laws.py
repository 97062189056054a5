"""Nothing is lost and nothing is sent twice: the laws of `make chaos`, in small."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chaos.finding import Trial
from tests.chaos.forking import lives_are_forks
from tests.chaos.laws import LAWS, SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.finding import Finding


@pytest.fixture(autouse=True, scope="module")
def forks() -> Iterator[None]:
    with lives_are_forks():
        yield


@pytest.fixture
def trial() -> Iterator[Trial]:
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        yield Trial(Path(folder), seed=1, at_once=6)


def broken(found: list[Finding]) -> list[str]:
    assert found
    return [f"{one.law} ({one.numbers}): {line}" for one in found for line in one.broken]


def test_a_dry_run_leaves_nothing_that_the_real_one_would_miss(trial: Trial) -> None:
    assert broken(LAWS["dry-run"](trial, SMALL)) == []


@pytest.mark.slow
def test_killed_anywhere_nothing_is_lost_and_twice_is_only_what_was_in_doubt(trial: Trial) -> None:
    assert broken(LAWS["killed"](trial, SMALL)) == []


@pytest.mark.slow
def test_terminated_anywhere_nothing_is_lost_and_nothing_twice(trial: Trial) -> None:
    assert broken(LAWS["terminated"](trial, SMALL)) == []


@pytest.mark.slow
def test_over_a_bad_network_all_arrives_and_state_is_never_ahead(trial: Trial) -> None:
    assert broken(LAWS["network"](trial, SMALL)) == []


@pytest.mark.slow
def test_where_no_answer_is_linkedins_a_run_ends_soon_and_loses_nothing(trial: Trial) -> None:
    assert broken(LAWS["lost-answers"](trial, SMALL)) == []


@pytest.mark.slow
def test_processes_that_share_a_quota_never_exceed_it_and_use_it(trial: Trial) -> None:
    assert broken(LAWS["quota"](trial, SMALL)) == []


@pytest.mark.slow
def test_processes_that_share_a_ledger_send_each_event_once(trial: Trial) -> None:
    assert broken(LAWS["shared-ledger"](trial, SMALL)) == []


@pytest.mark.slow
def test_many_workers_on_a_ledger_that_is_restarted_lose_nothing_and_send_nothing_twice(trial: Trial) -> None:
    assert broken(LAWS["many-workers"](trial, SMALL)) == []


def test_of_a_table_that_comes_whole_each_time_only_new_rows_are_sent(trial: Trial) -> None:
    assert broken(LAWS["stateless"](trial, SMALL)) == []


@pytest.mark.slow
def test_in_doubt_hold_sends_nothing_twice_and_resend_counts_every_double(trial: Trial) -> None:
    assert broken(LAWS["in-doubt"](trial, SMALL)) == []


@pytest.mark.slow
def test_while_stdin_is_silent_a_signal_ends_it_and_old_batches_leave(trial: Trial) -> None:
    assert broken(LAWS["silent-stdin"](trial, SMALL)) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_without_memory_each_run_ends_by_itself_and_says_so(trial: Trial) -> None:
    assert broken(LAWS["memory"](trial, SMALL)) == []


@pytest.mark.slow
def test_a_ledger_that_is_taken_away_or_put_back_is_seen(trial: Trial) -> None:
    assert broken(LAWS["ledger-moved"](trial, SMALL)) == []


@pytest.mark.slow
def test_runs_that_end_in_one_moment_on_one_folder_all_leave_their_report(trial: Trial) -> None:
    assert broken(LAWS["together"](trial, SMALL)) == []
