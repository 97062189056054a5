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
