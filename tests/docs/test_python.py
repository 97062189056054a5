"""What docs/python.md shows is what happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions import Settings
from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
(CONFIG,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def run(block: str, folder: Path, linkedin: Sandbox) -> subprocess.CompletedProcess[str]:
    """A block of the page as a program of its own, where nothing leaves this machine."""
    config: dict[str, Any] = {**json.loads(CONFIG), "access_token": "sandbox-token"}
    urls = {"api_url": linkedin.url, "oauth_url": linkedin.url}
    (folder / "config.json").write_text(json.dumps({**config, **urls}))
    return subprocess.run(
        [sys.executable, "-c", block],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=100,
        env=environment(
            HOME=str(folder),
            DLT_DATA_DIR=str(folder / "dlt"),
            RUNTIME__DLTHUB_TELEMETRY="false",
            DO_NOT_TRACK="1",
            HTTP_PROXY="http://127.0.0.1:9",
            HTTPS_PROXY="http://127.0.0.1:9",
            NO_PROXY="127.0.0.1,localhost",
        ),
    )


def test_the_settings_of_the_page_are_settings() -> None:
    assert Settings.load(json.loads(CONFIG.replace("…", "token"))).rules == ("104",)


def test_the_ten_lines_deliver(tmp_path: Path, linkedin: Sandbox) -> None:
    assert len([line for line in PYTHON[0].splitlines() if line]) <= 11
    done = run(PYTHON[0], tmp_path, linkedin)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("{'delivered': 1} .linkedin-conversions/runs/")
    (event,) = linkedin.received
    assert event["conversionValue"] == {"currencyCode": "EUR", "amount": "49.9"}


def test_dlt_delivers_and_delivers_nothing_again(tmp_path: Path, linkedin: Sandbox) -> None:
    (block,) = (block for block in PYTHON if "import dlt" in block)
    first = run(block, tmp_path, linkedin)
    assert first.returncode == 0, first.stderr
    (event,) = linkedin.received
    assert event["conversionValue"] == {"currencyCode": "EUR", "amount": "12.5"}
    reports = list((tmp_path / ".linkedin-conversions" / "runs").glob("*Z-*.json"))
    assert [json.loads(path.read_bytes())["counts"] for path in reports] == [{"delivered": 1}]


def test_a_failure_is_one_of_dlt_too(tmp_path: Path, linkedin: Sandbox) -> None:
    (block,) = (block for block in PYTHON if "import dlt" in block)
    linkedin.set_token("sandbox-token", "revoked")
    done = run(block, tmp_path, linkedin)
    assert done.returncode != 0
    assert "CredentialError" in done.stderr
    assert linkedin.received == []


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.split()[1])
def test_every_block_is_python(block: str) -> None:
    compile(block, "docs/python.md", "exec")
