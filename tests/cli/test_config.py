"""A command without `--config` looks where `send` without one has been: the variables say where that is."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.main import main
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX
from tests.singer.pipe import exit_code

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox
    from tests.cli.conftest import Companion

JANE = "jane@firma.de"
SENDING = ("--rule", "101", "--consent", "not-required: a test", "--yes")


@pytest.fixture
def sent(
    running: Sandbox,
    companion: Companion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Path:
    """A file of which one row was rejected, sent by what the variables say; its folder."""
    running.reset()
    variables = {"access_token": "sandbox-token", "api_url": running.url, "oauth_url": running.url}
    for name, value in {**variables, "state_dir": str(companion.state_dir), "account_id": "512345678"}.items():
        monkeypatch.setenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", value)
    monkeypatch.chdir(tmp_path)
    now = datetime.fromtimestamp(running.now() / 1000 - 3600, UTC).isoformat()
    with (tmp_path / "leads.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerows([["Lead ID", "Email", "Converted"], [1, JANE, now], [2, "max@firma.de", "soon"]])
    assert exit_code(main, ["send", "leads.csv", *SENDING]) == 0
    capsys.readouterr()
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What a command without `--config` says with `--json`."""
    assert exit_code(main, [*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_send_left_is_found_without_a_config(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "runs", "last")["counts"] == {"delivered": 1, "rejected": 1}
    assert told(capsys, "quota")["used_today"] == 1
    assert [rule["id"] for rule in told(capsys, "rules", "list")["rules"]]
    assert told(capsys, "rejects", "show", "--key", "2")["rejects"]
    assert not (sent / ".linkedin-conversions").exists()


def test_who_is_forgotten_without_a_config_is_sent_no_more(
    sent: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENVIRONMENT_PREFIX}SUPPRESS", str(sent / "suppress.txt"))
    (sent / "suppress.txt").touch()
    assert told(capsys, "forget", "--key", "Lead ID=2", "--yes")["receipt"]["rejects"] == 1
    monkeypatch.setattr(sys, "stdin", io.StringIO(JANE))
    assert told(capsys, "forget", "--email", "-", "--yes")["receipt"]["suppressed"] == 1
    assert told(capsys, "send", "leads.csv", *SENDING)["counts"] == {"rejected": 1, "skipped": 1}


def test_a_config_that_is_named_counts_alone(sent: Path, companion: Companion) -> None:
    code, _, err = companion("runs", "last", state_dir=str(sent / "elsewhere"))
    assert code == 2
    assert "there is no report" in err
