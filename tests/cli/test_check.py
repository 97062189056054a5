"""`linkedin-conversions check`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Companion


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as linkedin:
        yield linkedin


@pytest.fixture
def linkedin(running: Sandbox, companion: Companion) -> Sandbox:
    running.reset()
    running.set_clock(versions={"202609": None})
    urls = {"api_url": running.url, "oauth_url": running.url}
    companion.config |= {**urls, "account_id": "512345678", "conversion_rule": 101}
    return running


@pytest.mark.usefixtures("linkedin")
def test_rules_are_told_with_name_type_and_windows(companion: Companion) -> None:
    code, out, _ = companion("check")
    assert code == 0
    told = "✓ rule 101 Lead (server) (LEAD): counted up to 30 days after a click, 7 after a view"
    assert told in out.splitlines()
    assert out.splitlines()[-1] == "✓ nothing found that would stop a run"


def test_it_sends_no_event_and_leaves_no_file(companion: Companion, linkedin: Sandbox) -> None:
    companion("check")
    assert linkedin.received == []
    assert not companion.state_dir.exists()


@pytest.mark.usefixtures("linkedin")
def test_every_rule_that_stops_is_told_at_once_with_its_mend(companion: Companion) -> None:
    code, out, _ = companion("check", conversion_rule=[101, 901, 902, 7])
    assert code == 2
    assert [line[:10] for line in out.splitlines() if line.startswith("✗")] == [
        "✗ rule 901",
        "✗ rule 902",
        "✗ rule 7 i",
        "✗ a run wo",
    ]
    assert "enable it in Campaign Manager" in out
    assert "✗ rule 7 is in none of the ad accounts" in out


@pytest.mark.parametrize(
    ("settings", "exit_code", "outcome"),
    [
        ({}, 0, "done"),
        ({"conversion_rule": 901}, 2, "rule"),
        ({"access_token": "sandbox-revoked"}, 3, "credential"),
        ({"access_token": "sandbox-revoked", "account_id": None}, 3, "credential"),
        ({"linkedin_version": "202501"}, 2, "version"),
        ({"batch_size_rows": 0}, 2, "config"),
        ({"access_token": None}, 2, "config"),
    ],
)
@pytest.mark.usefixtures("linkedin")
def test_it_exits_as_a_run_would(companion: Companion, settings: dict[str, Any], exit_code: int, outcome: str) -> None:
    code, out, _ = companion("check", "--json", **settings)
    found = json.loads(out)
    assert (code, found["ok"], found["outcome"]) == (exit_code, exit_code == 0, outcome)
    assert set(found) == {"ok", "outcome", "message", "warnings", "findings", "tokens", "rules"}
    assert companion("check", **settings)[0] == exit_code


@pytest.mark.usefixtures("linkedin")
def test_json_says_what_each_finding_is_about(companion: Companion) -> None:
    _, out, _ = companion("check", "--json", conversion_rule=901)
    found = json.loads(out)
    (finding,) = found["findings"]
    assert (finding["code"], finding["stops"], finding["rule"]) == ("rule_disabled", "rule", "901")
    assert finding["sentence"]
    assert finding["mend"]
    assert {rule["id"]: rule["configured"] for rule in found["rules"]}[901] is True


def test_the_days_of_the_token_are_told(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", expires_at=linkedin.now() + 10 * 86_400_000 + 60_000)
    code, out, _ = companion("check", client_id="app", client_secret="secret")
    assert code == 0
    assert "in 10 days" in out
    assert "! the access token ends on" in out
    assert companion.data("check", client_id="app", client_secret="secret")["tokens"][0]["days"] == 10


def test_no_secret_is_told(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.configure(client_secret="right-secret")
    secrets = {"client_id": "app", "client_secret": "wrong-secret", "access_token": "sandbox-expired"}
    for options in ([], ["--json"]):
        _, out, err = companion("check", *options, **secrets, refresh_token="sandbox-refresh")
        assert not [word for word in ("wrong-secret", "sandbox-expired", "sandbox-refresh") if word in out + err]
