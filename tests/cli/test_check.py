"""`linkedin-conversions check`."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    told = "✓ rule 101 Lead (server) (LEAD): counted up to 30 days after a click, 7 days after a view"
    assert told in out.splitlines()
    assert out.splitlines()[-1] == "✓ nothing found that would stop a run"


@pytest.mark.usefixtures("linkedin")
def test_each_stream_is_told_with_what_is_mapped_its_consent_and_its_rules(companion: Companion) -> None:
    cases = [{"when": "won", "rule": [103, 104]}, {"when": "mql", "rule": 102}, {"when": "lost", "skip": True}]
    streams = [
        {
            "stream": "deals",
            "conversion_rule": {"column": "stage", "rules": cases},
            "fields": {"email": ["work_mail", "mail"], "li_fat_id": "landing_page"},
            "constants": {"currency": "EUR"},
            "consent": {"column": "ads_ok", "granted": ["yes", 1]},
        },
        {"stream": "leads", "consent": {"not_required": "own customers"}},
        {
            "stream": "lists",
            "consent": {"column": "groups", "contains": "C0004"},
            "conversion_rule": {"column": "rule"},
        },
    ]
    code, out, _ = companion("check", streams=streams)
    assert code == 0
    for line in (
        "stream deals",
        "  mapped: email ← work_mail, mail; li_fat_id ← landing_page; currency = EUR",
        "  consent: ads_ok is yes or 1",
        "  rules by column stage: 103 Purchase (server), 104 Second purchase (server), 102 Qualified lead (server)",
        "  mapped: nothing but what is found by its name",
        "  consent: not required: own customers",
        "  rules: 101 Lead (server)",
        "  consent: groups holds C0004",
        "  rules by column rule: the ids that the column holds",
    ):
        assert line in out.splitlines()
    deals = companion.data("check", streams=streams)["streams"][0]
    assert deals["fields"][0] == {"field": "email", "columns": ["work_mail", "mail"]}
    assert [rule["id"] for rule in deals["rules"]] == ["103", "104", "102"]


@pytest.mark.usefixtures("linkedin")
def test_the_only_stream_that_may_come_is_told_where_there_are_no_entries(companion: Companion) -> None:
    assert "the only stream that may come, for streams is empty" in companion("check")[1]


@pytest.mark.parametrize("streams", [None, [], "[]"])
@pytest.mark.usefixtures("linkedin")
def test_no_entries_and_no_rule_are_not_fine(companion: Companion, streams: Any) -> None:
    code, out, _ = companion("check", "--json", streams=streams, conversion_rule=None)
    found = json.loads(out)
    assert (code, found["ok"], found["outcome"]) == (2, False, "config")
    assert [(one["code"], one["severity"]) for one in found["findings"]] == [("no_streams", "stops")]
    assert "✗ streams is empty" in companion("check", streams=streams, conversion_rule=None)[1]


@pytest.mark.usefixtures("linkedin")
def test_a_wrong_setting_is_a_finding_too_and_consent_has_its_own(companion: Companion) -> None:
    for settings, code in (
        ({"consent": None}, "no_consent_named"),
        ({"consent": None, "streams": [{"stream": "a"}]}, "no_consent_named"),
        ({"batch_size_rows": 0}, "setting"),
    ):
        ended, out, _ = companion("check", "--json", **settings)
        (finding,) = json.loads(out)["findings"]
        assert (ended, finding["code"], finding["severity"]) == (2, code, "stops")
        assert finding["mend"]


def found_by(companion: Companion, **settings: Any) -> dict[str, str]:
    """The severity of each finding, by its code; what everybody has is left out."""
    found = json.loads(companion("check", "--json", **settings)[1])["findings"]
    assert all({"code", "severity", "sentence", "mend"} <= set(one) and "records" not in one for one in found)
    return {one["code"]: one["severity"] for one in found if one["code"] not in {"window_short", "no_click_id"}}


def test_settings_and_account_together_show_each_finding(companion: Companion, linkedin: Sandbox) -> None:
    usual = {"conversion_rule": 101, "fields": {"li_fat_id": "li"}}
    tagged = {"linkedin_version": "202609"}
    assert found_by(companion, streams=[{**usual, "stream": "a"}]) == {"no_shared_event_id": "warning"}
    shared = {"stream": "a", "fields": {"event_id": "id"}, "conversion_rule": [101, 103]}
    assert found_by(companion, streams=[shared], **tagged) == {"one_event_id_several_rules": "stops"}
    assert companion("check", streams=[shared])[0] == 2
    linkedin.add_rule(902, conversion_method="INSIGHT_TAG_URL_MATCH_RULES", enabled=False)
    assert found_by(companion, streams=[shared]) == {}
    patterns = [{**usual, "stream": "crm_*"}, {**usual, "stream": "crm_deals_*"}]
    assert found_by(companion, streams=patterns) == {"entry_never_applies": "warning"}
    linkedin.add_rule(101, campaigns=())
    assert found_by(companion) == {"rule_without_campaign": "warning"}
    assert "its events are not counted" in companion("check")[1]
    assert found_by(companion, conversion_rule=902) == {"rule_disabled": "stops", "rule_method": "stops"}


def test_hints_stop_nothing_and_are_told_last(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.add_rule(902, enabled=False)
    code, out, _ = companion("check")
    hints = [line for line in out.splitlines() if line.startswith("· ")]
    assert (code, len(hints)) == (0, 2)
    assert any("--click-window 90 --view-window 90" in line for line in hints)
    linkedin.add_rule(101, post_click_attribution_window_size=90, view_through_attribution_window_size=90)
    assert len([line for line in companion("check")[1].splitlines() if line.startswith("· ")]) == 1


def test_past_runs_are_looked_at(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.add_rule(902, enabled=False)
    runs = companion.state_dir / "runs"
    runs.mkdir(parents=True)
    for days in (140, 70, 1):
        began = datetime.now(UTC) - timedelta(days=days)
        name = f"{began:%Y%m%dT%H%M%SZ}-{days:08x}"
        report = {"run": name, "version": "0", "started": began.isoformat(), "ended": began.isoformat(), "seconds": 1}
        more = {"outcome": "done", "exit_code": 0, "counts": {"delivered": 5}}
        (runs / f"{name}.json").write_text(json.dumps({**report, **more}))
    assert found_by(companion) == {"too_rare": "warning", "young_figures": "hint"}
    (runs / "20261101T000000Z-00000000.json").write_text("{")
    code, out, err = companion("check", "--json")
    assert (code, json.loads(out)["ok"], "cannot be read" in err) == (0, True, True)


@pytest.mark.parametrize("name", ["LINKEDIN_ACCESS_TOKEN", "LI_TOKEN"])
@pytest.mark.usefixtures("linkedin")
def test_a_token_of_another_name_is_pointed_out(
    companion: Companion, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "canary-token")
    code, _, err = companion("check", access_token=None)
    assert code == 2
    assert f"{name} is not read: name it TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN" in err
    assert "canary-token" not in err
    assert name not in companion("check")[2]


def test_a_role_that_sends_nothing_is_named_with_those_that_do(companion: Companion, linkedin: Sandbox) -> None:
    assert "account_role" not in found_by(companion)
    linkedin.configure(role="VIEWER")
    code, out, _ = companion("check")
    assert code == 0
    assert "the role VIEWER sends no events; have it changed in Campaign Manager to ACCOUNT_BILLING_ADMIN" in out
    linkedin.set_token("sandbox-token", scopes=["rw_conversions"])
    assert "account_role" not in found_by(companion)


@pytest.mark.usefixtures("linkedin")
def test_a_token_in_the_environment_that_is_not_read_is_pointed_out(
    companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN", "canary-token")
    code, _, err = companion("check", access_token=None)
    assert code == 2
    assert "TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN is read with --config ENV only" in err
    assert "canary-token" not in err


@pytest.mark.usefixtures("linkedin")
def test_a_token_that_is_missing_is_not_called_expired(companion: Companion) -> None:
    code, _, err = companion("check", access_token=None)
    assert code == 2
    assert "no credentials are set" in err
    assert "expired" not in err


def test_a_dry_run_needs_no_token_and_is_told_what_was_not_looked_at(companion: Companion, linkedin: Sandbox) -> None:
    code, out, err = companion("check", access_token=None, dry_run=True)
    assert (code, err) == (0, "")
    assert (
        "! no access token is set, so LinkedIn was not asked about token, version and rules; a dry run needs none"
        in out
    )
    assert out.endswith("✓ nothing found that would stop a dry run\n")
    found = companion.data("check", access_token=None, dry_run=True)
    assert (found["ok"], found["rules"]) == (True, [])
    assert [one["severity"] for one in found["findings"] if one["code"] == "token_missing"] == ["warning"]
    linkedin.set_token("sandbox-token", "revoked")
    assert companion("check", dry_run=True)[0] == 3


def test_a_token_without_scope_names_it_and_what_to_do(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", scopes=["r_ads"])
    code, out, _ = companion("check")
    assert code == 0
    assert (
        f"make a token with the scopes rw_conversions and r_ads: `linkedin-conversions login {companion.options}`"
        in out
    )
    _, out, _ = companion("check", client_id="app", client_secret="secret")
    assert "the access token lacks the scope rw_conversions" in out


def test_it_sends_no_event_and_leaves_no_file(companion: Companion, linkedin: Sandbox) -> None:
    companion("check")
    assert linkedin.received == []
    assert not companion.state_dir.exists()


def _of_another_program(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")


@pytest.mark.usefixtures("linkedin")
@pytest.mark.parametrize(
    ("lay", "said"),
    [
        (Path.mkdir, "what lies there is no file"),
        (lambda path: path.symlink_to("nowhere"), "what lies there is no file"),
        (lambda path: path.write_bytes(b"no database at all, but long enough to be one" * 40), "cannot be used"),
        (_of_another_program, "another program's database"),
    ],
)
def test_a_ledger_that_a_run_could_not_use_stops(companion: Companion, lay: Callable[[Path], Any], said: str) -> None:
    companion.state_dir.mkdir(mode=0o700)
    lay(companion.state_dir / "ledger.sqlite")
    code, out, err = companion("check")
    assert (code, out) == (2, "")
    assert said in err
    assert json.loads(companion("check", "--json")[1])["ok"] is False
    assert companion("check", dry_run=True)[0] == 2


@pytest.mark.usefixtures("linkedin")
def test_a_ledger_that_lacks_a_table_stops(companion: Companion) -> None:
    assert companion("ledger", "init")[0] == 0
    assert companion("check")[0] == 0
    with contextlib.closing(sqlite3.connect(companion.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("DROP TABLE deliveries")
    code, _, err = companion("check")
    assert (code, "lacks its table deliveries" in err) == (2, True)


@pytest.mark.usefixtures("linkedin")
def test_a_ledger_that_must_be_there_and_is_not_stops(companion: Companion) -> None:
    code, _, err = companion("check", require_ledger=True)
    assert code == 2
    assert "require_ledger: there is no ledger at" in err
    assert companion("check")[0] == 0
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
    assert f"enable it: `linkedin-conversions rules enable 901 {companion.options}`" in out
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
    assert set(found) == {"ok", "outcome", "message", "warnings", "findings", "tokens", "rules", "streams"}
    assert companion("check", **settings)[0] == exit_code


@pytest.mark.usefixtures("linkedin")
def test_json_says_what_each_finding_is_about(companion: Companion) -> None:
    _, out, _ = companion("check", "--json", conversion_rule=901)
    found = json.loads(out)
    finding = found["findings"][0]
    assert (finding["code"], finding["severity"], finding["rule"]) == ("rule_disabled", "stops", "901")
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


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"\xff\xfe\x00", "cannot be read as text"), (b"name\njane@example.com\n", "line 1")],
    ids=["none", "no text", "a heading"],
)
def test_a_suppress_list_that_a_run_could_not_read_stops(
    companion: Companion, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "suppress.txt"
    if content is not None:
        path.write_bytes(content)
    code, out, err = companion("check", suppress=str(path))
    assert (code, out, err.startswith("Error: suppress: "), said in err) == (2, "", True, True), err


def test_a_private_folder_that_is_none_stops(companion: Companion, tmp_path: Path) -> None:
    (tmp_path / "private").touch()
    code, out, err = companion("check", private_dir=str(tmp_path / "private"))
    assert (code, out, "private_dir: the folder cannot be written" in err) == (2, "", True), err
