"""STATE on stdout, while LinkedIn takes, refuses and fails."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import Ended, Line, Pipe, as_bytes, entry, record, schema, state

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox

ROWS = 40


def two_streams(now: int) -> list[Line]:
    """Two streams in turn; a STATE after every five rows names the rows of both so far."""
    lines: list[Line] = [schema("a"), schema("b")]
    for number in range(1, ROWS + 1):
        lines.append(record(now, number, "ab"[number % 2]))
        if number % 5 == 0:
            lines.append(state(rows=number))
    return lines


def rows_of(done: Ended) -> list[int]:
    return [json.loads(line)["rows"] for line in done.states]


def deliver_the_rest(pipe: Pipe, linkedin: Sandbox, lines: list[Line], total: int, **settings: Any) -> Ended:
    """The next run, with nothing in its way: it brings every row there, each once."""
    linkedin.clear_faults()
    done = pipe.run_here(lines, **settings)
    assert done.code == 0, done.stderr
    assert linkedin.summary()["taken_twice"] == []
    assert len(linkedin.received) == total
    return done


@pytest.mark.parametrize("size", [1, 3, 5000])
@pytest.mark.parametrize("senders", [1, 8])
def test_states_come_in_order_and_the_last_one_always(
    pipe: Pipe, linkedin: Sandbox, now: int, size: int, senders: int
) -> None:
    linkedin.faults("delay", delay=0.02, probability=0.3, seed=size)
    done = pipe.run_here(two_streams(now), batch_size_rows=size, max_concurrent_requests=senders)
    assert (done.code, done.counts) == (0, {"delivered": ROWS})
    assert rows_of(done) == sorted(set(rows_of(done)))
    assert rows_of(done)[-1] == ROWS


@pytest.mark.parametrize("fails_at", [0, 3, 7, 19])
def test_when_linkedin_stops_answering_state_stays_where_delivery_is(
    pipe: Pipe, linkedin: Sandbox, now: int, fails_at: int
) -> None:
    linkedin.faults("answer_503", skip=fails_at, times=1000)
    done = pipe.run_here(two_streams(now), batch_size_rows=2, max_concurrent_requests=2, retry_for_seconds=0)
    assert (done.code, done.report["outcome"]) == (5, "unreachable")
    taken = {row_of(event, now) for event in linkedin.received}
    covered = max(rows_of(done), default=0)
    assert set(range(1, covered + 1)) <= taken
    assert done.counts.get("delivered", 0) == len(taken)
    assert done.counts["unsent"] > 0
    rest = deliver_the_rest(pipe, linkedin, two_streams(now), ROWS)
    assert rest.counts == {"delivered": ROWS - len(taken)} | ({"already_delivered": len(taken)} if taken else {})


def row_of(event: dict[str, Any], now: int) -> int:
    """The number of the row an event was made of, which its time tells."""
    return now - 60_000 - int(event["conversionHappenedAt"])


def test_a_short_failure_is_waited_out(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("answer_503", times=1)
    done = pipe.run_here(two_streams(now), retry_for_seconds=30)
    assert (done.code, rows_of(done)[-1]) == (0, ROWS)
    assert len(linkedin.received) == ROWS


@pytest.mark.parametrize("rule", [901, 902, 4711])
def test_a_rule_that_linkedin_refuses_stops_alone(pipe: Pipe, linkedin: Sandbox, now: int, rule: int) -> None:
    streams = [entry("a", rule), entry("b", 102)]
    done = pipe.run_here(two_streams(now), streams=streams, batch_size_rows=2)
    assert (done.code, done.report["outcome"]) == (2, "rule")
    assert f"rule {rule}" in done.stderr
    assert done.states == []
    assert done.counts == {"delivered": ROWS // 2, "unsent": ROWS // 2}
    assert set(linkedin.summary()["by_rule"]) == {"102"}
    linkedin.add_rule(rule)
    rest = deliver_the_rest(pipe, linkedin, two_streams(now), ROWS, streams=streams)
    assert rows_of(rest)[-1] == ROWS


def test_the_preflight_finds_a_rule_that_linkedin_would_refuse_before_anything_of_it_is_sent(
    pipe: Pipe, linkedin: Sandbox, now: int
) -> None:
    streams = [entry("a", 901), entry("b", 102)]
    done = pipe.run_here(two_streams(now), streams=streams, account_id=512345678)
    assert (done.code, done.report["outcome"], done.states) == (2, "rule", [])
    assert done.counts == {"delivered": ROWS // 2, "unsent": ROWS // 2}
    assert {request.status for request in linkedin.requests if request.method == "POST"} == {200}
    assert set(linkedin.summary()["by_rule"]) == {"102"}


def test_the_state_before_a_refused_rule_s_first_event_leaves(pipe: Pipe, now: int) -> None:
    lines = [
        schema("a"),
        schema("b"),
        record(now, 1, "b"),
        state(rows=1),
        record(now, 2, "a"),
        state(rows=2),
        record(now, 3, "b"),
        state(rows=3),
    ]
    done = pipe.run_here(lines, streams=[entry("a", 901), entry("b", 102)], batch_size_rows=1)
    assert (done.code, rows_of(done)) == (2, [1])
    assert done.counts == {"delivered": 2, "unsent": 1}


def test_when_the_day_s_quota_is_spent_state_stays_and_the_next_day_goes_on(
    pipe: Pipe, linkedin: Sandbox, now: int
) -> None:
    lines = two_streams(now)
    done = pipe.run_here(lines, batch_size_rows=5, requests_per_day=3, max_concurrent_requests=1)
    assert (done.code, done.report["outcome"]) == (4, "quota")
    assert done.last.startswith("outcome=quota exit=4 ")
    assert done.counts == {"delivered": 15, "unsent": 25}
    taken = {row_of(event, now) for event in linkedin.received}
    assert set(range(1, max(rows_of(done), default=0) + 1)) <= taken
    deliver_the_rest(pipe, linkedin, lines, ROWS)


def test_a_dead_token_exits_3_and_state_stays(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    done = pipe.run_here(two_streams(now), access_token="sandbox-expired")
    assert (done.code, done.report["outcome"], done.states) == (3, "credential", [])
    assert linkedin.received == []


def test_events_held_in_doubt_do_not_hold_up_state(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("drop_after", times=1)
    done = pipe.run_here([schema(), record(now, 1), state(rows=1)], on_in_doubt="hold")
    assert (done.code, done.counts, rows_of(done)) == (0, {"in_doubt": 1}, [1])
    outbox = (pipe.state_dir / "outbox" / f"{done.report['run']}.jsonl").read_text()
    assert json.loads(outbox)["outcome"] == "in_doubt"
    again = pipe.run_here([schema(), record(now, 1), state(rows=1)], on_in_doubt="hold")
    assert (again.counts, len(linkedin.received)) == ({"in_doubt": 1}, 1)


def test_records_that_yield_no_event_do_not_hold_up_state(pipe: Pipe, now: int) -> None:
    deleted = record(now, 1, _sdc_deleted_at="2026-11-01T00:00:00Z")
    old = record(now, 2, happened_at="2020-01-01T00:00:00Z")
    done = pipe.run_here([schema(), deleted, old, state(rows=2)])
    assert (done.code, rows_of(done)) == (0, [2])
    assert done.codes("skipped") == {"deleted": 1, "too_old": 1}


def test_at_most_one_state_in_an_interval_and_the_last_one_always(pipe: Pipe, now: int) -> None:
    lines = [schema(), *[line for n in range(1, 50) for line in (record(now, n), state(rows=n))]]
    settings = {"batch_max_age_seconds": 0, "batch_size_rows": 1, "max_concurrent_requests": 1}
    started = time.monotonic()
    done = pipe.run_here(lines, state_interval_seconds=60, **settings)
    assert time.monotonic() - started < 20
    assert len(done.states) <= 2
    assert rows_of(done)[-1] == 49


@pytest.mark.slow
def test_a_dry_run_keeps_state_and_ledger_and_a_real_run_then_delivers_every_row(
    pipe: Pipe, linkedin: Sandbox, now: int
) -> None:
    lines = two_streams(now)
    rehearsed = pipe.run_here(lines, dry_run=True, access_token=None)
    assert (rehearsed.code, rehearsed.stdout, rehearsed.counts) == (0, "", {"would_send": ROWS})
    assert linkedin.requests == []
    assert list(pipe.state_dir.glob("ledger*")) == []
    (outbox,) = (pipe.state_dir / "outbox").iterdir()
    assert outbox.stat().st_mode & 0o777 == 0o600
    assert rehearsed.report["outbox"] == str(outbox)
    payloads = [json.loads(line)["event"] for line in outbox.read_text().splitlines()]
    real = pipe.run_here(lines)
    assert (real.counts, rows_of(real)[-1]) == ({"delivered": ROWS}, ROWS)
    assert by_id(payloads) == by_id(linkedin.received)


def by_id(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda event: str(event["eventId"]))


def test_two_rows_of_one_identity_share_one_delivery(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    done = pipe.run_here([schema(), record(now, 1), record(now, 1), state(rows=2)], batch_size_rows=1)
    assert (done.counts, rows_of(done)) == ({"delivered": 1, "already_delivered": 1}, [2])
    assert len(linkedin.received) == 1


@pytest.mark.slow
def test_a_slow_tap_gets_each_state_while_it_runs(pipe: Pipe, now: int) -> None:
    with pipe.start(batch_max_age_seconds=0.05) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema()]))
        for number in range(1, 4):
            process.stdin.write(as_bytes([record(now, number), state(rows=number)]))
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"rows": number}
        process.stdin.close()
        done = pipe.wait(process)
    assert (done.code, done.states) == (0, [])
