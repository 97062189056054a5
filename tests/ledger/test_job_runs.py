"""Which runs belong to a job, and what the ledger holds of each: also of those that nobody heard of again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger import Ledger, Status, tables
from target_linkedin_conversions.ledger.jobs import EventsOfRule, forget_job, runs_of_job
from target_linkedin_conversions.ledger.pruning import Pruning


def claimed(ledger: Ledger, rule: str, *first: str) -> int:
    digests = [letter.encode() * 16 for letter in first]
    return ledger.claims.claim(rule, digests, [1] * len(digests), resend=True).batch


def test_every_run_of_a_job_is_told_with_its_events_by_rule(workers: Any) -> None:
    reported, killed, other = workers("run-1"), workers("run-2"), workers("run-3")
    reported.job_runs.begin("job", 0)
    killed.job_runs.begin("job", 1)
    other.job_runs.begin("another", 0)
    reported.batches.mark(claimed(reported, "101", "a", "b"), Status.DELIVERED)
    reported.batches.mark(claimed(reported, "102", "g"), Status.DELIVERED, resent=True)
    reported.job_runs.end(b"report")
    killed.batches.mark(claimed(killed, "101", "c"), Status.DELIVERED)
    claimed(killed, "101", "d", "e")
    killed.batches.mark(claimed(killed, "101", "f"), Status.WAITING)
    first, second = runs_of_job(other.database, "job")
    assert (first.run, first.part, first.report) == ("run-1", 0, b"report")
    assert first.events == {"101": EventsOfRule(2, 0, 0), "102": EventsOfRule(1, 1, 0)}
    assert (second.run, second.part, second.report) == ("run-2", 1, None)
    assert second.events == {"101": EventsOfRule(1, 0, 2)}


def test_a_run_that_begins_twice_because_an_answer_was_lost_is_there_once(workers: Any) -> None:
    ledger = workers("run-1")
    ledger.job_runs.begin("job", 3)
    ledger.job_runs.begin("job", 3)
    assert [one.part for one in runs_of_job(ledger.database, "job")] == [3]


def test_a_job_whose_receipt_is_written_is_forgotten_and_a_late_run_of_it_ends_quietly(workers: Any) -> None:
    ledger, other = workers("run-1"), workers("run-2")
    ledger.job_runs.begin("job", 0)
    other.job_runs.begin("another", 0)
    forget_job(ledger.database, "job")
    ledger.job_runs.end(b"report")
    assert runs_of_job(ledger.database, "job") == []
    assert len(runs_of_job(ledger.database, "another")) == 1


def test_jobs_that_nobody_ended_are_pruned_with_their_workers(workers: Any) -> None:
    ledger = workers("run-1")
    ledger.job_runs.begin("job", 0)
    batch = claimed(ledger, "101", "a")
    ledger.batches.mark(batch, Status.DELIVERED)
    ledger.lease.leave()
    database = workers.database()
    with database.transaction() as connection:
        database.at = database.now(connection) + 500 * DAY_MS
    pruning = Pruning(database, keep_days=400)
    while pruning.step():
        pass
    with database.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.job_runs)) == 0
