"""A dry run reads the ledger, says what the real run would, and leaves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.run.on_each_ledger.twins import ends
from tests.singer.pipe import record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox
    from tests.singer.pipe import Pipe


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("ledger*")}


def test_a_dry_run_only_reads_the_ledger_and_makes_none(pipe: Pipe, now: int) -> None:
    lines = [schema(), record(now, 1), record(now, 2)]
    assert ends(pipe.run_here(lines, dry_run=True)) == {"would_send": 2}
    assert files_of(pipe.state_dir) == {}
    pipe.run_here(lines)
    before = files_of(pipe.state_dir)
    done = pipe.run_here([*lines, record(now, 3), state(at=1)], dry_run=True)
    assert (ends(done), done.states) == ({"would_send": 1, "already_delivered": 2}, [])
    assert files_of(pipe.state_dir) == before


@pytest.mark.parametrize(
    ("policy", "told"),
    [("hold", "in_doubt:earlier_run"), ("resend", "would_send"), ("by_rule", "in_doubt:earlier_run")],
)
def test_what_is_in_doubt_follows_the_policy_in_a_dry_run(
    pipe: Pipe, now: int, linkedin: Sandbox, policy: str, told: str
) -> None:
    lines = [schema(), record(now, 1)]
    linkedin.faults("drop_after")
    assert ends(pipe.run_here(lines, on_in_doubt="hold")) == {"in_doubt:no_answer": 1}
    linkedin.reset()
    assert ends(pipe.run_here(lines, dry_run=True, on_in_doubt=policy)) == {told: 1}
    assert linkedin.received == []


def test_a_dry_run_that_requires_a_ledger_exits_2_without_one(pipe: Pipe, now: int) -> None:
    done = pipe.run_here([schema(), record(now, 1)], dry_run=True, require_ledger=True)
    assert done.code == 2
    assert "require_ledger" in done.stderr


def test_a_dry_run_without_identities_sends_every_twin_as_a_real_one_does(pipe: Pipe, now: int) -> None:
    lines = [schema(), record(now, 1), record(now, 1)]
    assert ends(pipe.run_here(lines, dry_run=True, send_once=False)) == {"would_send": 2}
