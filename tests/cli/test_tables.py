"""What people named is shown as they named it, also where it reads like rich's markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from target_linkedin_conversions.ledger import Ledger
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.event import Shape
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.rejects import ReasonLine, RejectLine
from target_linkedin_conversions.reporting.report import Line, Report

if TYPE_CHECKING:
    from tests.cli.conftest import Companion

RUN = "20261123T104000Z-0a1b2c3d"
NAMES = ("[/x]", "[red]deals", "[link=http://x]a[/link]", ":warning:", "[bold")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest, companion: Companion) -> str:
    """A stream's name, and what a run over that stream has left."""
    found: str = request.param
    folder = Folder(str(companion.state_dir))
    report = Report(
        run=RUN,
        version="1",
        started="",
        ended="",
        seconds=1.0,
        outcome="fault",
        exit_code=1,
        message=f"about {found}",
        counts={Outcome.REJECTED: 1},
        lines=[Line(found, "101", Outcome.REJECTED, found, 1)],
    )
    for file in (f"runs/{RUN}.json", "runs/last.json"):
        folder.write(file, msgspec.json.encode(report))
    reject = RejectLine(RUN, found, {found: found}, "101", [ReasonLine(found, found, found)], Shape((), None, ""))
    folder.write(f"rejects/{RUN}.jsonl", msgspec.json.encode(reject) + b"\n")
    ledger = Ledger(None, companion.state_dir, run=RUN, quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    ledger.claims.claim(found, [b"x" * 16], [0], resend=False)
    ledger.close()
    return found


@pytest.mark.parametrize(
    "command", [("runs", "last"), ("runs", "show", RUN), ("runs", "list"), ("rejects", "list"), ("ledger", "stats")]
)
def test_a_name_is_no_markup(companion: Companion, name: str, command: tuple[str, ...]) -> None:
    code, out, err = companion(*command)
    assert (code, err) == (0, "")
    assert name in out or command == ("runs", "list")
