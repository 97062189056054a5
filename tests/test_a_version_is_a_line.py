"""Following LinkedIn to its next version is a line in the client's table and one in the sandbox's.

Tried with a made-up version in a copy of the package: nothing but generated files asks for more.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
TABLES = ("records/versions.py", "sandbox/versions.py")
LAST_LINE = re.compile(r'    Version\("\d{6}", (?P<date>[\w.]*date)\([\d, ]+\), (?P<ids>\w+),(?P<rest>.*)\n(?=\)\n)')
NEXT = "209901"
NEW_ID = "SHA256_PHONE"
GENERATED = ["target_linkedin_conversions/records/conversion.schema.json"]
COMPANION = "from target_linkedin_conversions.cli.main import main; main()"
EVENTS = "/rest/conversionEvents"


class Copy:
    """The package and its docs with one more line in each table, and a sandbox of them."""

    def __init__(self, folder: Path, more_ids: Sequence[str]) -> None:
        self.folder = folder
        for name in ("target_linkedin_conversions", "docs"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules"))
        more = f" | {set(more_ids)}" if more_ids else ""
        for name in TABLES:
            table = folder / "target_linkedin_conversions" / name
            line = rf'\g<0>    Version("{NEXT}", \g<date>(2099, 1, 15), \g<ids>{more},\g<rest>\n'
            text, lines = LAST_LINE.subn(line, table.read_text())
            assert lines == 1, f"{name} has no last line"
            table.write_text(text)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def companion(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-c", COMPANION, *arguments)

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(self.folder)}


@pytest.fixture(scope="module", params=[(), (NEW_ID,)], ids=["the same as before", "a new id type"])
def more_ids(request: pytest.FixtureRequest) -> tuple[str, ...]:
    found: tuple[str, ...] = request.param
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, more_ids: tuple[str, ...]) -> Copy:
    return Copy(tmp_path_factory.mktemp("copy"), more_ids)


@pytest.fixture(scope="module")
def url(copy: Copy) -> Iterator[str]:
    command = [sys.executable, "-c", COMPANION, "sandbox", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=copy.folder, env=copy.environment, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        yield json.loads(sandbox.stdout.readline())["url"]
        sandbox.terminate()


@pytest.fixture(scope="module")
def config(copy: Copy, url: str) -> str:
    path = copy.folder / "config.json"
    values = {
        "access_token": "sandbox-token",
        "api_url": url,
        "oauth_url": url,
        "account_id": 512345678,
        "linkedin_version": int(NEXT),
        "conversion_rule": 101,
        "streams": [{"stream": "deals", "consent": {"not_required": "a test"}}],
        "state_dir": str(copy.folder / "state"),
    }
    path.write_text(json.dumps(values))
    return str(path)


def test_check_says_until_when_it_is_served(copy: Copy, config: str) -> None:
    done = copy.companion("check", "--config", config)
    assert done.returncode == 0, done.stdout
    assert f"✓ linkedin_version {NEXT} is served until 2099-01-15" in done.stdout.splitlines()


def test_an_event_is_sent_and_taken_under_it(copy: Copy, config: str, url: str) -> None:
    schema = {"type": "SCHEMA", "stream": "deals", "schema": {"properties": {"email": {}, "happened_at": {}}}}
    record = {"email": "jane@example.com", "happened_at": int(time.time()) - 60}
    messages: list[Any] = [schema | {"key_properties": []}, {"type": "RECORD", "stream": "deals", "record": record}]
    done = copy.run("-m", "target_linkedin_conversions", "--config", config, stdin="\n".join(map(json.dumps, messages)))
    assert "outcome=done exit=0" in done.stderr, done.stderr
    assert "delivered=1" in done.stderr
    assert NEXT in {one["version"] for one in requests.get(f"{url}/_sandbox/requests", timeout=30).json()["requests"]}


def test_the_sandbox_takes_what_its_line_says_and_no_more(url: str, more_ids: tuple[str, ...]) -> None:
    event = {
        "conversion": "urn:lla:llaPartnerConversion:101",
        "conversionHappenedAt": int(time.time() * 1000) - 60_000,
        "user": {"userIds": [{"idType": NEW_ID, "idValue": "0" * 64}]},
    }
    for version, takes in ((NEXT, NEW_ID in more_ids), ("202609", False)):
        headers = {"Authorization": "Bearer sandbox-token", "LinkedIn-Version": version}
        answer = requests.post(url + EVENTS, json=event, headers=headers, timeout=30)
        assert answer.status_code == (201 if takes else 422)


def test_its_schema_is_published_and_says_what_its_line_says(copy: Copy, more_ids: tuple[str, ...]) -> None:
    done = copy.companion("schema", "--linkedin-version", NEXT, "--json")
    assert done.stderr == ""
    schema = json.loads(done.stdout)
    assert schema["$id"].endswith(NEXT)
    assert (NEW_ID in schema["$defs"]["Identifier"]["properties"]["idType"]["enum"]) == (NEW_ID in more_ids)


def test_generated_files_are_all_that_is_out_of_date(copy: Copy) -> None:
    stale = copy.run("docs/generate.py", "--check")
    assert [line.partition(" is out of date")[0] for line in stale.stderr.splitlines()] == GENERATED
    assert copy.run("docs/generate.py").returncode == 0
    assert copy.run("docs/generate.py", "--check").returncode == 0
