"""`linkedin-conversions rejects`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.records.event import Refusal, Shape
from target_linkedin_conversions.records.reasons import MESSAGES, Reason
from target_linkedin_conversions.reporting.folder import Folder, Journal
from target_linkedin_conversions.reporting.rejects import Rejects
from target_linkedin_conversions.reporting.report import Report

if TYPE_CHECKING:
    from tests.cli.conftest import Companion

FIRST, LAST = "20261122T104000Z-0a1b2c3d", "20261123T104000Z-0a1b2c3d"


def ended(root: str, run: str, *keys: str) -> None:
    """What a run leaves that rejected the records with these keys, each in a part of its own."""
    folder = Folder(root)
    report = Report(run=run, version="1", started="", ended="", seconds=1, outcome="done", exit_code=0)
    for name in (run, "last"):
        folder.write(f"runs/{name}.json", msgspec.json.encode(report))
    journal = Journal(folder, f"rejects/{run}.jsonl")
    rejects = Rejects(journal, run, lambda _: "d1")
    for key in keys:
        reasons = (Reason("happened_at", "bad_time"), Reason("user", "no_identifier"))
        rejects.refused("deals", Refusal(reasons=reasons, rule="101", key=(("id", key),), shape=Shape()))
        rejects.flush()
    journal.close()


@pytest.fixture
def past(companion: Companion) -> None:
    ended(str(companion.state_dir), FIRST, "7")
    ended(str(companion.state_dir), LAST, "8", "[red]9")


@pytest.mark.usefixtures("past")
def test_the_last_run_is_listed_with_reasons_and_mends(companion: Companion) -> None:
    code, out, _ = companion("rejects", "list")
    assert code == 0
    assert "id=8" in out
    assert "id=[red]9" in out
    assert "id=7" not in out
    assert "bad_time" in out
    assert MESSAGES["no_identifier"][:20] in out


@pytest.mark.usefixtures("past")
def test_json_holds_the_lines_as_they_are(companion: Companion) -> None:
    found: list[dict[str, Any]] = companion.data("rejects", "list")
    assert [line["key"] for line in found] == [{"id": "8"}, {"id": "[red]9"}]
    assert [reason["code"] for reason in found[0]["reasons"]] == ["bad_time", "no_identifier"]


@pytest.mark.usefixtures("past")
def test_a_run_is_listed_by_its_name(companion: Companion) -> None:
    assert [line["key"] for line in companion.data("rejects", "list", FIRST)] == [{"id": "7"}]


def test_on_a_url_the_parts_are_read_together(companion: Companion) -> None:
    root = f"memory://{companion.folder.name}-rejects"
    ended(root, LAST, "1", "2")
    where = {"state_dir": root, "private_dir": str(companion.folder), "ledger_url": "sqlite:///unused.sqlite"}
    assert [line["key"]["id"] for line in companion.data("rejects", "list", **where)] == ["1", "2"]


def test_a_run_without_rejects_says_so(companion: Companion) -> None:
    ended(str(companion.state_dir), LAST)
    code, out, _ = companion("rejects", "list")
    assert (code, out) == (0, f"run {LAST} rejected nothing, or its rejects are older than 30 days\n")
    assert companion.data("rejects", "list") == []


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize("run", ["20260101T000000Z-0a1b2c3d", "nonsense", "../../etc", f"{LAST}.jsonl"])
def test_a_run_that_never_was_exits_2(companion: Companion, run: str) -> None:
    code, _, err = companion("rejects", "list", run)
    assert code == 2
    assert "linkedin-conversions runs list" in err


def test_before_the_first_run_it_exits_2(companion: Companion) -> None:
    code, _, err = companion("rejects", "list")
    assert code == 2
    assert "no report" in err


def test_a_report_that_is_broken_exits_2(companion: Companion) -> None:
    Folder(str(companion.state_dir)).write("runs/last.json", b"{")
    code, _, err = companion("rejects", "list")
    assert code == 2
    assert "cannot be read" in err


@pytest.mark.usefixtures("past")
def test_a_line_that_was_cut_does_not_hide_the_others(companion: Companion) -> None:
    with (companion.state_dir / "rejects" / f"{LAST}.jsonl").open("ab") as file:
        file.write(b'{"run":"2026')
    code, out, err = companion("rejects", "list")
    assert code == 0
    assert "id=8" in out
    assert "line 3 of" in err
