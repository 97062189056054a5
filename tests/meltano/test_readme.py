"""The Meltano project of the README, copied as it stands: a dry run by default, a delivery in `prod`, and its commands."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from docs.demo.guard import require_loopback
from tests.meltano.project import ROOT, TARGET

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.meltano.project import Project

pytestmark = pytest.mark.slow

(BLOCK,) = re.findall(
    r"```yaml\n(default_environment:.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL
)
STREAM = "public-crm_conversions"


def copied(project: Project, linkedin: Sandbox) -> None:
    """The block in a folder of its own, with a tap that prints a file in the place of a PostgreSQL's."""
    written: dict[str, Any] = yaml.safe_load(BLOCK)
    for plugins in written["plugins"].values():
        for plugin in plugins:
            del plugin["pip_url"]  # the programs are in this environment already
    (tap,) = written["plugins"]["extractors"]
    tap["executable"] = str(project.folder / "tap-file")
    tap["capabilities"] = ["state"]
    (project.folder / "meltano.yml").write_text(yaml.safe_dump(written, sort_keys=False))
    names = ("id", "email", "converted_at", "ads_consent")
    rows = [
        {"id": 1, "email": "one@example.com", "ads_consent": "granted"},
        {"id": 2, "email": "two@example.com", "ads_consent": "no"},
    ]
    at = datetime.fromtimestamp(linkedin.now() / 1000 - 60, UTC).isoformat()
    columns = {"type": "object", "properties": {name: {} for name in names}}
    lines = [
        {"type": "SCHEMA", "stream": STREAM, "schema": columns, "key_properties": ["id"]},
        *({"type": "RECORD", "stream": STREAM, "record": {**row, "converted_at": at}} for row in rows),
    ]
    (project.folder / "rows.singer").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_the_project_of_the_readme_runs_where_it_is_copied(project: Project, linkedin: Sandbox) -> None:
    copied(project, linkedin)
    linkedin.add_rule(20418811)
    project.state_dir = project.folder / ".linkedin-conversions"
    url = require_loopback(linkedin.url)
    where = {"access_token": "sandbox-token", "api_url": url, "oauth_url": url}
    checked = project.meltano("invoke", f"{TARGET}:check", **where)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "nothing found that would stop a run" in checked.stdout
    tapped = project.meltano("invoke", "tap-postgres")
    assert tapped.returncode == 0, tapped.stderr
    previewed = project.meltano("invoke", f"{TARGET}:preview", "--json", piped=tapped.stdout, **where)
    assert previewed.returncode == 0, previewed.stderr
    (stream,) = json.loads(previewed.stdout)["streams"]
    assert (stream["stream"], stream["records"], stream["events"]) == (STREAM, 2, 1)
    done = project.meltano("run", "tap-postgres", TARGET, **where)
    assert done.returncode == 0, done.stderr
    assert project.report()["counts"] == {"would_send": 1, "skipped": 1}
    assert list((project.state_dir / "outbox").iterdir())
    done = project.meltano("--environment", "prod", "run", "tap-postgres", TARGET, **where)
    assert done.returncode == 0, done.stderr
    report = project.report()
    assert report["counts"] == {"delivered": 1, "skipped": 1}
    assert report["warnings"] == []
    assert len(linkedin.received) == 1
