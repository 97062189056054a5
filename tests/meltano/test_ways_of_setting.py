"""However Meltano is told a setting, the target reads the same."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.meltano.project import TARGET, streams

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.meltano.project import Project

pytestmark = pytest.mark.slow

TYPED: dict[str, Any] = {
    "streams": streams(),
    "account_id": 512345678,
    "linkedin_version": 202608,
    "batch_size_rows": 2,
    "max_reject_ratio": 0.25,
    "retry_for_seconds": 30.5,
    "dry_run": False,
    "exclude_email_domains": ["staff.example"],
}
AS_TEXT = {name: value if isinstance(value, str) else json.dumps(value) for name, value in TYPED.items()}


def assert_all_was_read(project: Project, linkedin: Sandbox) -> None:
    report = project.report()
    assert report["counts"]["delivered"] == 9
    assert (report["outcome"], report["dry_run"]) == ("done", False)
    rules = Counter(event["conversion"].rpartition(":")[2] for event in linkedin.received)
    assert rules == {"103": 4, "104": 4, "101": 1}
    with_value = {event["conversion"][-3:] for event in linkedin.received if "conversionValue" in event}
    assert with_value == {"103", "101"}
    posts = [request for request in linkedin.requests if request.method == "POST"]
    assert {request.version for request in posts} == {"202608"}
    # Two events a request: 4 and 4 of the won deals, 1 of stage 3.
    assert sorted(request.taken for request in posts) == [1, 2, 2, 2, 2]


def test_typed_in_meltano_yml(project: Project, linkedin: Sandbox) -> None:
    project.write(**project.connection, **TYPED)
    project.run()
    assert_all_was_read(project, linkedin)


def test_as_text_in_meltano_yml(project: Project, linkedin: Sandbox) -> None:
    project.write(**project.connection, **AS_TEXT)
    project.run()
    assert_all_was_read(project, linkedin)


def test_as_environment_variables(project: Project, linkedin: Sandbox) -> None:
    project.write(streams=[{"stream": "overridden", "conversion_rule": 1}])
    project.run(**project.connection, **AS_TEXT)
    assert_all_was_read(project, linkedin)


@pytest.mark.parametrize("consent", [{"column": "ok", "granted": [True, "yes"]}, {"not_required": "a test"}])
def test_the_default_consent_as_an_object(project: Project, linkedin: Sandbox, consent: dict[str, Any]) -> None:
    (entry,) = streams()
    del entry["consent"]
    project.write(**project.connection, **{**TYPED, "streams": [entry]}, consent=consent)
    project.run()
    assert_all_was_read(project, linkedin)


def test_by_meltano_config_set(project: Project, linkedin: Sandbox) -> None:
    remaining = {name: value for name, value in TYPED.items() if name not in {"streams", "max_reject_ratio"}}
    project.write(**project.connection, **remaining)
    for name in ("streams", "max_reject_ratio"):
        done = project.meltano("config", "set", TARGET, name, AS_TEXT[name])
        assert done.returncode == 0, done.stderr
    project.run()
    assert_all_was_read(project, linkedin)
