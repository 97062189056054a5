"""What people named is shown as they named it, also where it reads like rich's markup, and whole on a narrow screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest
from rich.cells import cell_len
from rich.table import Column

from target_linkedin_conversions.cli.tables import print_table
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


DAYS = [["2026-11-03", "101 Demo request", "34", "11", "68%"], ["2026-11-04", "102 デモのお申し込み", "3", "1", "67%"]]


@pytest.mark.parametrize("width", [20, 30, 40, 50, 60, 80, 200])
def test_no_figure_of_a_table_is_cut_however_narrow_the_screen_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    figures = [Column(name, justify="right", no_wrap=True) for name in ("sent", "counted", "gap")]
    print_table([Column("day", no_wrap=True), "rule", *figures], DAYS)
    out = capsys.readouterr().out
    assert all(cell_len(line) <= width for line in out.splitlines())
    for day, rule, *numbers in DAYS:
        assert all(text in out for text in (day, rule.split()[0], *numbers))
    assert ("counted: 11" in out) == (width <= 50)


def test_a_long_word_alone_leaves_a_table_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_table(["key", "why"], [["digest:" + "0f" * 32, "bad_time"]])
    assert "key:" not in capsys.readouterr().out


@pytest.mark.parametrize("width", [40, 78, 80, 200])
def test_a_type_of_several_words_is_divided_after_an_underscore_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    words = Column("type", overflow="fold", no_wrap=True)
    whole = [Column(name, no_wrap=True) for name in ("rule", "days")]
    row = ["20418811 *", "Demo booked", "MARKETING_QUALIFIED_LEAD", "30 / 7", "the event's", "not counted: no campaign"]
    print_table([whole[0], "name", words, whole[1], "value", "state"], [row])
    out = capsys.readouterr().out
    assert all(cell_len(line) <= width for line in out.splitlines())
    parts = ["MARKETING_", "QUALIFIED_LEAD"] if width == 78 else ["MARKETING_QUALIFIED_LEAD"]
    assert [part for part in parts if re.search(rf"(?<![A-Z_]){part}(?![A-Z_])", out)] == parts
    assert "20418811 *" in out
    assert "30 / 7" in out
