"""What Meltano hands over in parts is put together, and a warning stays one in its log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.meltano.project import ROWS, STREAM, TARGET, streams

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.meltano.project import Project

pytestmark = pytest.mark.slow

MAPS: dict[str, Any] = {STREAM: {"address": "mail.lower()", "mail": "__NULL__", "__filter__": "id < 5"}}
"""Without them there is no `address`, and a fifth row too many."""


def mapped_streams() -> list[dict[str, Any]]:
    (entry, *others) = streams()
    return [{**entry, "fields": {**entry["fields"], "email": "address"}}, *others]


def mark(project: Project) -> dict[str, Any]:
    """`ledger mark` as a plugin command, which gets its settings in the environment only."""
    rows = project.folder / "rows.singer"
    text = (project.folder / "meltano.yml").read_text()
    command = f"ledger mark --json --config ENV --input {rows}"
    if "mark:" not in text:
        text = text.replace(
            "commands:\n", f"commands:\n      mark: {{executable: linkedin-conversions, args: {command}}}\n", 1
        )
        (project.folder / "meltano.yml").write_text(text)
    done = project.meltano("invoke", f"{TARGET}:mark")
    assert done.returncode == 0, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


WAYS: dict[str, dict[str, Any]] = {
    "an_object": {"stream_maps": MAPS},
    "dotted_keys": {f"stream_maps.{STREAM}.{name}": text for name, text in MAPS[STREAM].items()},
    "json": {"stream_maps": json.dumps(MAPS)},
}


@pytest.mark.parametrize("config", WAYS.values(), ids=WAYS)
def test_ledger_mark_reads_object_settings_as_a_run_does(
    project: Project, linkedin: Sandbox, config: dict[str, Any]
) -> None:
    project.write(**project.connection, streams=mapped_streams(), **config)
    marked = mark(project)
    assert (marked["records"], marked["marked"], marked["warnings"]) == (ROWS - 1, 8, [])
    run = project.run()
    assert run["counts"].get("already_delivered") == 8, run
    assert run["counts"].get("delivered", 0) == 0
    assert linkedin.received == []


def test_a_warning_of_a_run_is_one_in_meltanos_log(project: Project) -> None:
    project.write(**project.connection, streams=streams(), load_method="append-only")
    done = project.meltano("run", "tap-file", TARGET)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "load_method has no effect" in line]
    assert "[warning  ]" in line
    told = [line for line in done.stderr.splitlines() if "records=5" in line]
    assert told
    assert all("[info     ]" in line for line in told)


def test_an_error_of_a_run_is_one_in_meltanos_log(project: Project) -> None:
    project.write(**project.connection | {"access_token": "$LI_TOKEN_THAT_NOBODY_SET"}, streams=streams())
    done = project.meltano("run", "tap-file", TARGET)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "access_token: " in line]
    assert "[error    ]" in line
    assert "outcome=config exit=2" in done.stderr
