"""A slip in the settings stops `meltano run` before anything is sent, Meltano's STATE stays, and our line is the last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.meltano.project import STREAM, TARGET, streams

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.meltano.project import Project

pytestmark = pytest.mark.slow

MORE_THAN_A_PIPE_HOLDS = 1_000
"""Rows of 400 bytes."""


def slipped(**changes: Any) -> dict[str, Any]:
    (entry,) = streams()
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def test_slips_cost_nothing_and_the_mended_run_delivers_every_row(project: Project, linkedin: Sandbox) -> None:
    rows = project.folder / "rows.singer"
    refused = [
        {"id": number, "ok": "no", "stage": "3", "mail": "x" * 300} for number in range(100, MORE_THAN_A_PIPE_HOLDS)
    ]
    late = [{"type": "RECORD", "stream": STREAM, "record": row} for row in refused]
    rows.write_text(rows.read_text() + "".join(json.dumps(one) + "\n" for one in late))
    slips: dict[str, tuple[dict[str, Any], str]] = {
        "a typo in the consent column": (slipped(consent={"column": "okk"}), "did you mean 'ok'?"),
        "a stream's name": (slipped(stream="public-deal"), f"did you mean '{STREAM}'"),
        "no consent": (slipped(consent=None), "nothing says whose records may be sent"),
    }
    for slip, (entry, said) in slips.items():
        project.write(**project.connection, account_id=512345678, streams=[entry])
        done = project.meltano("run", "tap-file", TARGET)
        assert done.returncode == 1, slip
        assert said in done.stderr, slip
        assert "exit=2" in done.stderr, slip
        assert "BrokenPipe" not in done.stderr, slip
        assert linkedin.received == [], slip
    project.write(**project.connection, streams=streams())
    mended = project.run()
    assert (mended["counts"]["delivered"], len(linkedin.received)) == (9, 9)


def test_a_slip_in_a_word_that_keeps_events_here_lets_none_go(project: Project, linkedin: Sandbox) -> None:
    project.write(**project.connection, streams=streams(), dry_run="ture")
    done = project.meltano("run", "tap-file", TARGET)
    assert done.returncode == 1
    assert "dry_run: expected true or false; for example dry_run: true" in done.stderr
    project.write(**project.connection, streams=streams(), dry_run=True)
    assert project.run()["dry_run"] is True
    assert linkedin.received == []


HOUR = 3_600_000


def test_what_costs_single_rows_stops_their_rule_alone_or_is_kept_and_comes_back(
    project: Project, linkedin: Sandbox
) -> None:
    """A rule in none of the accounts, a stage that no case fits, local times stamped as UTC; and a ledger that is lost."""
    path = project.folder / "rows.singer"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    row = lines[1]["record"]
    odd = [
        {**row, "id": 11, "stage": "Closed", "mail": "eleven@example.com"},
        {**row, "id": 12, "at": linkedin.now() + 2 * HOUR, "mail": "twelve@example.com"},
        {**row, "id": 13, "stage": "old", "mail": "thirteen@example.com"},
        {**row, "id": 14, "mail": "fourteen@example.com"},
    ]
    lines += [{"type": "RECORD", "stream": STREAM, "record": one} for one in odd]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (entry,) = streams()
    cases = entry["conversion_rule"]["rules"]
    entry["conversion_rule"]["rules"] = [*cases, {"when": "old", "rule": 555}]
    settings = {**project.connection, "account_id": 512345678, "keep_rejected_rows": True}
    project.write(**settings, streams=[entry])
    done = project.meltano("run", "tap-file", TARGET)
    assert done.returncode == 1
    assert "outcome=rule exit=2" in done.stderr
    assert "rule 555 is in none of the ad accounts; there are 101" in done.stderr
    assert "timezone" in done.stderr
    assert "ignore_offset" in done.stderr
    assert "2 never became events; all are kept in the outbox" in done.stderr
    report = project.report()
    assert {name: events for name, events in report["counts"].items() if events} == {
        "delivered": 11,
        "rejected": 2,
        "unsent": 1,
    }
    entry["conversion_rule"]["rules"] = [*cases, {"when": ["old", "closed"], "rule": 101}]
    project.write(**settings, streams=[entry])
    mended = project.run()
    assert mended["counts"]["delivered"] == 1
    assert mended["records"] >= 2, "STATE went past the row of the rule that stopped"
    replayed = project.meltano("invoke", f"{TARGET}:replay")
    assert replayed.returncode == 0, replayed.stderr
    assert project.report()["counts"]["delivered"] == 1
    assert linkedin.summary()["taken_twice"] == []
    for lost in project.state_dir.glob("ledger.sqlite*"):
        lost.unlink()
    told = project.run()["warnings"]
    assert any(text.startswith("the ledger is new") and "require_ledger" in text for text in told)


def test_what_is_no_tap_s_output_and_a_token_without_the_scope_are_told_with_the_mend(
    project: Project, linkedin: Sandbox
) -> None:
    project.write(**project.connection | {"access_token": "sandbox-no-scope"}, streams=streams())
    tap = project.folder / "tap-file"
    with_messages = tap.read_text()
    inputs = {
        "": ("nothing came", "exit=0"),
        "id,mail,at\n1,row.1@example.com,2026-11-20\n": ("it looks like CSV", "exit=7"),
        None: ("needs the scope rw_conversions", "exit=3"),
    }
    for text, (said, code) in inputs.items():
        tap.write_text(with_messages if text is None else f"#!/bin/sh\nprintf '{text}'\n")
        done = project.meltano("run", "tap-file", TARGET)
        assert said in done.stderr, text
        assert code in done.stderr, text
        assert "row.1@" not in done.stderr
    assert linkedin.received == []
