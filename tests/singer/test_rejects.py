"""`max_reject_ratio`: many rejects stop the run, few only warn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import Line, Pipe, as_bytes, entry, record, schema, state

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox


def bad(now: int, number: int) -> dict[str, Any]:
    return record(now, number, email="nobody")


def test_more_rejects_than_the_ratio_allows_exit_6_and_state_stays(pipe: Pipe, now: int) -> None:
    lines = [schema(), *[record(now, n) for n in range(19)], *[bad(now, 100 + n) for n in range(20)], state(at=1)]
    done = pipe.run_here(lines)
    assert (done.code, done.report["outcome"], done.states) == (6, "rejects", [])
    assert "not_an_email" in done.stderr or "no_identifier" in done.stderr


def test_as_many_as_it_allows_do_not(pipe: Pipe, now: int) -> None:
    lines = [schema(), *[record(now, n) for n in range(20)], *[bad(now, 100 + n) for n in range(20)], state(at=1)]
    done = pipe.run_here(lines)
    assert (done.code, done.states) == (0, ['{"at": 1}'])
    assert done.counts == {"delivered": 20, "rejected": 20}


@pytest.mark.parametrize("count", [1, 19])
def test_a_small_run_only_warns_so_that_one_bad_row_blocks_nobody(pipe: Pipe, now: int, count: int) -> None:
    done = pipe.run_here([schema(), *[bad(now, n) for n in range(count)], state(at=1)])
    assert (done.code, done.states, done.counts) == (0, ['{"at": 1}'], {"rejected": count})
    assert "too small to be judged" in done.stderr


def test_rejects_by_linkedin_count_too(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("element_failures", statuses=dict.fromkeys(range(25), 400))
    done = pipe.run_here([schema(), *[record(now, n) for n in range(30)], state(at=1)])
    assert (done.code, done.states) == (6, [])
    assert done.counts == {"delivered": 5, "rejected": 25}


def test_what_was_delivered_before_counts_as_good(pipe: Pipe, now: int) -> None:
    good: list[Line] = [record(now, n) for n in range(30)]
    assert pipe.run_here([schema(), *good]).code == 0
    lines = [schema(), *good, *[bad(now, 100 + n) for n in range(25)], state(at=1)]
    done = pipe.run_here(lines)
    assert (done.code, done.states) == (0, ['{"at": 1}'])
    assert done.counts == {"already_delivered": 30, "rejected": 25}


def test_what_would_be_sent_counts_as_good(pipe: Pipe, now: int) -> None:
    lines = [schema(), *[record(now, n) for n in range(30)], *[bad(now, 100 + n) for n in range(25)]]
    assert pipe.run_here(lines, dry_run=True).code == 0
    assert pipe.run_here([schema(), *[bad(now, n) for n in range(25)]], dry_run=True).code == 6


@pytest.mark.parametrize(("ratio", "code"), [(0, 6), (0.4, 6), (0.6, 0), (1, 0)])
def test_the_ratio_is_a_setting(pipe: Pipe, now: int, ratio: float, code: int) -> None:
    lines = [schema(), *[record(now, n) for n in range(25)], *[bad(now, 100 + n) for n in range(25)], state(at=1)]
    assert pipe.run_here(lines, max_reject_ratio=ratio).code == code


def test_a_state_between_the_rejects_and_the_good_rows_leaves_when_the_ratio_is_good_again(
    pipe: Pipe, now: int
) -> None:
    lines = [schema(), *[bad(now, n) for n in range(20)], state(at=20), *[record(now, 100 + n) for n in range(60)]]
    done = pipe.run_here(lines)
    assert (done.code, done.states) == (0, ['{"at": 20}'])


def test_rejects_are_on_disk_when_a_state_that_passes_them_leaves(pipe: Pipe, now: int) -> None:
    with pipe.start() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema(), bad(now, 7), state(at=7)]))
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 7}\n'
        (path,) = (pipe.state_dir / "rejects").iterdir()
        assert json.loads(path.read_text())["key"] == {"id": "7"}
        process.stdin.close()
        assert pipe.wait(process).code == 0


def test_a_reject_s_line_names_key_and_reason(pipe: Pipe, now: int) -> None:
    done = pipe.run_here([schema(), bad(now, 7), record(now, 8, happened_at=None), state(at=8)])
    path = pipe.state_dir / "rejects" / f"{done.report['run']}.jsonl"
    assert done.report["rejects"] == str(path)
    assert f"rejects: {path}" in done.stderr
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["key"] for line in lines] == [{"id": "7"}, {"id": "8"}]
    assert [{reason["code"] for reason in line["reasons"]} for line in lines] == [
        {"no_identifier", "not_an_email"},
        {"no_time"},
    ]
    assert {line["run"] for line in lines} == {done.report["run"]}


@pytest.mark.parametrize(
    ("columns", "fields", "said"),
    [
        (("id", "email", "created_at"), {}, "streams[0].fields.happened_at: no column of stream 'leads' is known"),
        (("id", "email", "happened_at"), {"happened_at": False}, "streams[0].fields.happened_at: no column"),
        (("id", "happened_at", "mail"), {}, "streams[0].fields.email: no column of stream 'leads' is known"),
    ],
    ids=["no time", "time switched off", "nobody"],
)
def test_an_entry_by_which_no_record_could_be_sent_stops_before_the_tap_goes_on(
    pipe: Pipe, now: int, linkedin: Sandbox, columns: tuple[str, ...], fields: dict[str, Any], said: str
) -> None:
    streams = [entry(stream="leads", fields=fields)]
    done = pipe.run_here([schema("leads", *columns), record(now, 1), state(at=1)], streams=streams)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr
    assert linkedin.received == []


def test_settings_without_entries_are_told_which_entry_to_add(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    settings = {"streams": None, "conversion_rule": 101, "consent": {"not_required": "a test"}}
    lines = [schema("leads", "id", "email", "closed_on"), record(now, 1), state(at=1)]
    done = pipe.run_here(lines, **settings)
    assert (done.code, done.stdout, linkedin.received) == (2, "", [])
    assert "streams: no column of stream 'leads' is known" in done.stderr
    assert "streams: [{stream: leads, fields: {happened_at: COLUMN}}]" in done.stderr
    mended = pipe.run_here(
        [schema("leads", "id", "email", "closed_on"), record(now, 1, closed_on=now - 1000)],
        **settings | {"streams": [{"stream": "leads", "fields": {"happened_at": "closed_on"}}]},
    )
    assert (mended.code, mended.counts) == (0, {"delivered": 1})


def test_a_pattern_takes_what_comes_and_refuses_its_rows(pipe: Pipe, now: int) -> None:
    lines = [schema("leads", "id", "email"), record(now, 1, happened_at=None), state(at=1)]
    done = pipe.run_here(lines, streams=[entry(stream="lea*")])
    assert (done.code, done.codes("rejected")) == (0, {"no_time": 1})
