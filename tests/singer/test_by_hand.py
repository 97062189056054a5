"""`tap | target --config c.json`, as a person runs it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.singer.pipe import MODULE, SCRIPT, Ended, Pipe, record, schema, state

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox

STATE = '{"bookmarks": {"leads": {"at": "2026-11-01T00:00:00Z", "größe": 1.50, "n": [1,2]}},"b":null}'


@pytest.fixture
def done(pipe: Pipe, now: int) -> Ended:
    first = '{"type": "STATE", "value": {"bookmarks": {}}}'
    last = '{"type": "STATE", "value": ' + STATE + "}"
    rows = [record(now, number, id=f"lead-{number}") for number in range(7)]
    return pipe.run([schema(), rows[0], first, *rows[1:], {**record(now, 8), "record": {"id": 8}}, last])


def test_it_exits_0_with_the_last_state_verbatim_on_stdout(done: Ended) -> None:
    assert done.code == 0, done.stderr
    assert done.states[-1] == STATE
    assert set(done.states) <= {STATE, '{"bookmarks": {}}'}


def test_the_last_line_on_stderr_says_how_it_ended_and_the_report_agrees(done: Ended) -> None:
    fields = dict(pair.split("=", 1) for pair in done.last.split(" "))
    assert (fields["outcome"], fields["exit"], fields["run"]) == ("done", "0", done.report["run"])
    assert (done.report["outcome"], done.report["exit_code"], done.report["records"]) == ("done", 0, 8)
    counts = {name: int(fields[name]) for name in done.report["counts"]}
    assert counts == done.counts == {"delivered": 7, "rejected": 1}
    assert fields["report"].endswith(f"runs/{done.report['run']}.json")


def test_everything_else_goes_to_stderr(done: Ended) -> None:
    assert done.report["ledger"] in done.stderr
    assert all(line.startswith("{") for line in done.states)


def test_whatever_it_writes_is_for_this_user_alone(done: Ended, pipe: Pipe) -> None:
    assert done.code == 0
    found = sorted(pipe.state_dir.rglob("*"))
    assert {path.name for path in found} >= {"ledger.sqlite", "runs", "rejects", "last.json", ".gitignore"}
    for path in (pipe.state_dir, *found):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert (pipe.state_dir / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("program", [MODULE, SCRIPT], ids=["module", "script"])
def test_a_second_run_sends_nothing(pipe: Pipe, linkedin: Sandbox, now: int, program: list[str]) -> None:
    lines = [schema(), *[record(now, number) for number in range(5)], state(at=5)]
    first = pipe.run(lines, program=program)
    second = pipe.run(lines, program=program)
    assert (first.counts, second.counts) == ({"delivered": 5}, {"already_delivered": 5})
    assert (second.code, second.states) == (0, ['{"at": 5}'])
    assert (len(linkedin.received), linkedin.summary()["taken_twice"]) == (5, [])


def test_a_run_that_failed_leaves_a_report_that_says_so(pipe: Pipe, now: int) -> None:
    done = pipe.run([schema(), record(now, 2), state(at=2)], streams=[{"stream": "*", "conversion_rule": 901}])
    assert (done.code, done.report["exit_code"], done.report["outcome"]) == (2, 2, "rule")
    assert done.last.startswith(f"outcome=rule exit=2 run={done.report['run']} ")
    assert done.states == []
