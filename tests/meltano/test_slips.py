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

MORE_THAN_A_PIPE_HOLDS = 10_000


def slipped(**changes: Any) -> dict[str, Any]:
    (entry,) = streams()
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def test_slips_cost_nothing_and_the_mended_run_delivers_every_row(project: Project, linkedin: Sandbox) -> None:
    rows = project.folder / "rows.singer"
    good = rows.read_text()
    late = {"type": "RECORD", "stream": STREAM, "record": {"id": 99, "ok": "no", "stage": "3", "mail": "x" * 60}}
    rows.write_text(good + (json.dumps(late) + "\n") + "\n" * MORE_THAN_A_PIPE_HOLDS)
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
