"""A load whose state folder is behind a URL, and what the companion reads of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions import ConfigError, deliver

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Companion
    from tests.singer.pipe import Pipe


def load(pipe: Pipe, state_dir: str, *numbers: int, **more: Any) -> Any:
    """A load of good rows and of one that becomes no event."""
    now = pipe.linkedin.now()
    rows: list[dict[str, Any]] = [
        {"id": n, "email": f"row.{n}@example.com", "happened_at": now - 60_000 - n} for n in numbers
    ]
    rows.append({"id": 4711, "email": "", "happened_at": now})
    beside = {
        "private_dir": str(pipe.folder / "private"),
        "ledger_url": f"sqlite:///{pipe.folder / 'ledger.sqlite'}",
    }
    settings = {**pipe.config, "state_dir": state_dir, **beside, **more}
    return deliver(rows, {k: v for k, v in settings.items() if v is not None}, stream="leads", key=("id",))


@pytest.fixture(params=["file", "memory", "s3"])
def state_dir(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "s3":
        found: str = request.getfixturevalue("s3")
        return found
    return f"file://{tmp_path / 'remote'}" if request.param == "file" else f"memory://{tmp_path.name}-run"


def test_reports_and_rejects_are_there_and_the_companion_reads_and_purges_them(
    pipe: Pipe, state_dir: str, companion: Companion
) -> None:
    receipt = load(pipe, state_dir, 1, 2)
    assert receipt.exit_code == 0
    assert receipt.report_place == f"{state_dir}/runs/{receipt.run}.json"
    assert receipt.report.rejects == f"{state_dir}/rejects/{receipt.run}"
    companion.config = {"state_dir": state_dir, "consent": {"not_required": "a test"}}
    assert companion.data("runs", "last")["run"] == receipt.run
    assert [one["run"] for one in companion.data("runs", "list")] == [receipt.run]
    assert [line["key"] for line in companion.data("rejects", "list")["rejects"]] == [{"id": "4711"}]
    assert len(companion.data("rejects", "show", "--key", "4711")["rejects"]) == 1
    assert companion.data("rejects", "purge", "--all", "--yes")["files"] == 1
    assert companion.data("rejects", "list")["rejects"] == []
    assert not (pipe.folder / "delivery").exists()


def test_what_linkedin_rejected_stays_on_this_machine_and_is_listed_beside(
    pipe: Pipe, s3: str, companion: Companion
) -> None:
    pipe.linkedin.faults("element_failures", statuses={0: 400}, times=1)
    receipt = load(pipe, s3, 1)
    private = pipe.folder / "private"
    assert [path.name for path in private.rglob("*.jsonl")] == [f"{receipt.run}.jsonl"]
    companion.config = {"state_dir": s3, "private_dir": str(private), "consent": {"not_required": "a test"}}
    assert companion.data("rejects", "list")["outbox"][0]["events"] == 1


def test_a_storage_that_cannot_be_written_stops_a_load_before_anything_is_sent(pipe: Pipe, s3: str) -> None:
    with pytest.raises(ConfigError, match=r"^state_dir: .*cannot be written .*; check the URL"):
        load(pipe, s3.replace("-bucket/", "-typo/"), 1)
    assert pipe.linkedin.received == []


@pytest.mark.parametrize(("without", "named"), [("ledger_url", "ledger_url"), ("private_dir", "private_dir")])
def test_what_a_url_cannot_hold_needs_a_place_of_its_own(pipe: Pipe, without: str, named: str) -> None:
    with pytest.raises(ConfigError, match=f"^{named}: .*set {named}"):
        load(pipe, "memory://nowhere", 1, **{without: None})


def test_a_dry_run_needs_a_place_for_its_payloads_too(pipe: Pipe, tmp_path: Path) -> None:
    url = f"memory://{tmp_path.name}-dry"
    with pytest.raises(ConfigError, match=r"^private_dir: "):
        load(pipe, url, 1, dry_run=True, private_dir=None)
    receipt = load(pipe, url, 1, dry_run=True)
    assert receipt.counts["would_send"] == 1


def test_no_credential_of_a_url_is_in_what_a_load_says(pipe: Pipe, companion: Companion) -> None:
    root = "memory://user:canary7f3a@place/x?token=canary7f3b"
    receipt = load(pipe, root, 1)
    companion.config = {"state_dir": root, "consent": {"not_required": "a test"}}
    said = [companion("runs", "last"), companion("rejects", "list"), companion("runs", "show", "x")]
    assert "canary" not in json.dumps([receipt.report_place, receipt.message, *said])
