"""A small real Meltano project: a tap that prints a file, and the loader as it is shipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from docs.demo.guard import clean_environment, require_loopback

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TARGET = "target-linkedin-conversions"
PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"
STREAM = "public-deals"
ROWS = 5

# Rows up to the bookmark are left out, and a STATE follows each row: what an incremental tap does.
TAP = """#!{python}
import argparse, json, pathlib
parser = argparse.ArgumentParser()
for option in ("--config", "--state", "--catalog"):
    parser.add_argument(option)
given, _ = parser.parse_known_args()
state = json.loads(pathlib.Path(given.state).read_text()) if given.state else {{}}
for line in pathlib.Path({singer!r}).read_text().splitlines():
    message = json.loads(line)
    if message["type"] == "RECORD":
        if message["record"]["id"] <= state.get("id", 0):
            continue
        state = {{"id": message["record"]["id"]}}
        print(line)
        print(json.dumps({{"type": "STATE", "value": state}}))
    else:
        print(line)
"""


def streams() -> list[dict[str, Any]]:
    """A `streams` setting as deep as it gets: lists in objects in lists, and a false."""
    return [
        {
            "stream": STREAM,
            "conversion_rule": {
                "column": "stage",
                "rules": [
                    {"when": ["won", "closed won"], "rule": [103, {"rule": 104, "value": False}]},
                    {"when": 3, "rule": 101},
                ],
            },
            "fields": {"email": ["mail", "mail_2"], "happened_at": "at", "value": "deal.eur"},
            "constants": {"currency": "EUR"},
            "consent": {"column": "ok", "granted": [True, "yes"]},
        }
    ]


def singer_lines(now_ms: int) -> list[dict[str, Any]]:
    """A schema and five rows: four won deals (two events each) and one of stage 3."""
    names = ("id", "stage", "mail", "mail_2", "at", "deal", "ok")
    schema = {"type": "object", "properties": {name: {} for name in names}}
    rows = [
        {
            "id": number,
            "stage": "3" if number == ROWS else " Won",
            "mail": f"row.{number}@example.com",
            "mail_2": None,
            "at": now_ms - number * 60_000,
            "deal": {"eur": "12.50"},
            "ok": "Yes" if number % 2 else True,
        }
        for number in range(1, ROWS + 1)
    ]
    first = {"type": "SCHEMA", "stream": STREAM, "schema": schema, "key_properties": ["id"]}
    return [first, *({"type": "RECORD", "stream": STREAM, "record": row} for row in rows)]


class Project:
    """One project folder; nothing of the caller's environment reaches it."""

    def __init__(self, folder: Path, linkedin: str, now_ms: int) -> None:
        self.folder = folder
        self.linkedin = require_loopback(linkedin)
        self.state_dir = folder / "delivery"
        singer = folder / "rows.singer"
        singer.write_text("".join(json.dumps(line) + "\n" for line in singer_lines(now_ms)))
        tap = folder / "tap-file"
        tap.write_text(TAP.format(python=sys.executable, singer=str(singer)))
        tap.chmod(0o755)

    @property
    def connection(self) -> dict[str, Any]:
        """Where LinkedIn is, and where the target keeps its ledger."""
        return {
            "api_url": self.linkedin,
            "oauth_url": self.linkedin,
            "access_token": "sandbox-token",
            "state_dir": str(self.state_dir),
        }

    def write(self, **config: object) -> None:
        """Write `meltano.yml` with the shipped loader, configured so."""
        (loader,) = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"]["loaders"]
        del loader["pip_url"]
        loader["config"] = config
        tap = {
            "name": "tap-file",
            "namespace": "tap_file",
            "executable": str(self.folder / "tap-file"),
            "capabilities": ["state"],
        }
        project = {
            "default_environment": "test",
            "environments": [{"name": "test"}],
            "plugins": {"extractors": [tap], "loaders": [loader]},
        }
        (self.folder / "meltano.yml").write_text(yaml.safe_dump(project, sort_keys=False))

    def meltano(self, *arguments: str, piped: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """Run Meltano with settings of the target as environment variables, and `piped` on its stdin."""
        environment = clean_environment(os.environ)
        environment |= {"PATH": f"{BIN}{os.pathsep}{environment['PATH']}", "NO_COLOR": "1"}
        environment |= {f"{PREFIX}{name.upper()}": text for name, text in settings.items()}
        return subprocess.run(
            [str(BIN / "meltano"), *arguments],
            cwd=self.folder,
            env=environment,
            input=piped,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, **settings: str) -> dict[str, Any]:
        """`meltano run`, which must end well; the target's report."""
        done = self.meltano("run", "tap-file", TARGET, **settings)
        assert done.returncode == 0, done.stderr
        return self.report()

    def report(self) -> dict[str, Any]:
        """What the target says of its last run."""
        found: dict[str, Any] = json.loads((self.state_dir / "runs" / "last.json").read_text())
        return found
