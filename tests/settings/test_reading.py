from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.settings import SETTINGS, Secret, Settings
from target_linkedin_conversions.settings.alerts import Alert
from target_linkedin_conversions.settings.consent import Consent

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"
LEDGER_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
NOVEMBER = 1_793_491_200_000  # 2026-11-01T00:00:00Z
ENTRY = {"stream": "orders", "conversion_rule": 101}

TYPED: dict[str, list[tuple[Any, Any]]] = {
    "access_token": [(" token ", Secret("token"))],
    "client_id": [("app", "app"), (7, "7"), (7.0, "7")],
    "client_secret": [("hidden", Secret("hidden"))],
    "refresh_token": [("again", Secret("again"))],
    "account_id": [
        (512345678, ("512345678",)),
        (512345678.0, ("512345678",)),
        ("512345678", ("512345678",)),
        ("urn:li:sponsoredAccount:512345678", ("512345678",)),
        ([1, "2", "urn:li:sponsoredAccount:3", 1], ("1", "2", "3")),
        ('["1", 2]', ("1", "2")),
    ],
    "linkedin_version": [(202601, "202601"), ("202601", "202601"), (202601.0, "202601"), (" 203012 ", "203012")],
    "api_url": [
        ("https://api.example.com/", "https://api.example.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:80/base", "http://localhost:80/base"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
    "oauth_url": [("https://login.example.com", "https://login.example.com")],
    "conversion_rule": [
        (101, ("101",)),
        ("101", ("101",)),
        ("urn:lla:llaPartnerConversion:101", ("101",)),
        ("[101, 102]", ("101", "102")),
        ([101, "101", "urn:lla:llaPartnerConversion:102"], ("101", "102")),
    ],
    "consent": [
        ({"column": "ads"}, Consent("ads")),
        ('{"column": "ads", "granted": ["opt-in", true]}', Consent("ads", ("opt-in", True))),
        ({"not_required": "a contract"}, Consent(not_required="a contract")),
    ],
    "quota_key": [("shared", "shared"), (7, "7")],
    "on_quota_exhausted": [("wait", "wait"), (" STOP ", "stop")],
    "state_dir": [(" state ", "state")],
    "private_dir": [("private", "private")],
    "ledger_url": [("postgresql://db.example.com/ledger", "postgresql://db.example.com/ledger")],
    "ledger_key": [(f" {LEDGER_KEY} ", Secret(LEDGER_KEY))],
    "on_in_doubt": [("resend", "resend"), ("hold", "hold"), ("By_Rule", "by_rule")],
    "not_before": [
        ("2026-11-01T00:00:00Z", NOVEMBER),
        ("2026-11-01", NOVEMBER),
        ("2026-11-01T01:00:00.001+01:00", NOVEMBER + 1),
    ],
    "on_too_old": [("reject", "reject"), ("skip", "skip")],
    "on_bad_field": [("reject", "reject"), ("DROP", "drop")],
    "exclude_email_domains": [
        (["Example.COM", "@example.org"], ("example.com", "example.org")),
        ('["example.com"]', ("example.com",)),
        ("example.com", ("example.com",)),
        ([], ()),
    ],
    "suppress": [("suppressed.txt", "suppressed.txt")],
    "alert_urls": [
        (["json://127.0.0.1:8080", "slack://a/b/c"], (Secret("json://127.0.0.1:8080"), Secret("slack://a/b/c"))),
        ('["json://127.0.0.1"]', (Secret("json://127.0.0.1"),)),
        (" mailtos://user:p$ss,word@example.com ", (Secret("mailtos://user:p$ss,word@example.com"),)),
        ([], ()),
    ],
    "alert_on": [
        (["quota", "failed"], (Alert.FAILED, Alert.QUOTA)),
        ('["in_doubt"]', (Alert.IN_DOUBT,)),
        ("Rejects, nothing_sent", (Alert.REJECTS, Alert.NOTHING_SENT)),
        ([], ()),
    ],
    **dict.fromkeys(
        ("require_ledger", "send_once", "preflight", "dry_run", "keep_rejected_rows", "results_log"),
        [(word, True) for word in (True, 1, 1.0, "true", "True", "1", "yes", "ON", " on ")]
        + [(word, False) for word in (False, 0, 0.0, "false", "False", "0", "no", "OFF")],
    ),
    **{
        key: [(12, 12), (12.0, 12), ("12", 12), (" 12.0 ", 12), ("+12", 12)]
        for key in (
            "batch_size_rows",
            "requests_per_minute",
            "requests_per_day",
            "max_future_seconds",
            "max_resends",
        )
    },
    "max_concurrent_requests": [(16, 16), ("16", 16)],
    "ledger_keep_days": [(120, 120), (120.0, 120), ("120", 120), (" 120.0 ", 120), ("+120", 120)],
    **{
        key: [(0, 0.0), (1.5, 1.5), ("1.5", 1.5), ("1e3", 1000.0)]
        for key in ("batch_max_age_seconds", "retry_for_seconds", "shutdown_seconds", "state_interval_seconds")
    },
    "max_reject_ratio": [(0, 0.0), (1, 1.0), ("0.25", 0.25)],
}
SDK: dict[str, list[tuple[Any, Any]]] = {
    **{
        key: [({"a": {"b": None}}, {"a": {"b": None}}), ('{"a": {"b": null}}', {"a": {"b": None}})]
        for key in ("stream_maps", "stream_map_config", "faker_config", "batch_config")
    },
    **{key: [(True, True), ("yes", True), ("off", False)] for key in ("flattening_enabled", "validate_records")},
    **{key: [(3, 3), ("3", 3)] for key in ("flattening_max_depth", "flattening_max_key_length")},
    "flattening_separator": [("__", "__"), (".", ".")],
}


def test_the_tables_below_name_every_setting() -> None:
    assert {*TYPED, *SDK, "streams"} == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize(("name", "given", "meant"), [(name, *pair) for name in TYPED for pair in TYPED[name]])
def test_a_setting_is_read_typed_or_as_text(name: str, given: Any, meant: Any) -> None:
    beside = {
        "access_token": "t",
        "consent": {"not_required": "a test"},
        "client_id": "i",
        "client_secret": "s",
        "refresh_token": "r",
    }
    assert getattr(Settings.load({**beside, name: given}), name) == meant


@pytest.mark.parametrize(("name", "given", "meant"), [(name, *pair) for name in TYPED for pair in TYPED[name]])
def test_the_environment_holds_every_setting_as_text_or_json(name: str, given: Any, meant: Any) -> None:
    text = given if isinstance(given, str) else json.dumps(given).removesuffix(".0")
    beside = {
        "access_token": "t",
        "consent": {"not_required": "a test"},
        "client_id": "i",
        "client_secret": "s",
        "refresh_token": "r",
    }
    found = Settings.load(beside, {PREFIX + name.upper(): text})
    assert getattr(found, name) == meant
    assert found.warnings == ()


@pytest.mark.parametrize(("name", "given", "meant"), [(name, *pair) for name in SDK for pair in SDK[name]])
def test_the_sdks_settings_are_read_typed_or_as_text(
    load: Callable[..., Settings], name: str, given: Any, meant: Any
) -> None:
    beside: dict[str, Any] = {"flattening_max_depth": 1} if name == "flattening_enabled" else {}
    assert load({**beside, name: given}).sdk[name] == meant
    text = given if isinstance(given, str) else json.dumps(given)
    assert load(beside, **{name: text}).sdk[name] == meant


def test_what_is_not_set_has_the_documented_default(load: Callable[..., Settings]) -> None:
    found = load()
    expected: dict[str, Any] = {
        "client_id": None,
        "client_secret": None,
        "refresh_token": None,
        "account_id": (),
        "linkedin_version": "202609",
        "api_url": "https://api.linkedin.com",
        "oauth_url": "https://www.linkedin.com",
        "conversion_rule": (),
        "streams": (),
        "batch_size_rows": 5000,
        "batch_max_age_seconds": 60,
        "max_concurrent_requests": 4,
        "requests_per_minute": 600,
        "requests_per_day": 300_000,
        "on_quota_exhausted": "stop",
        "state_dir": ".linkedin-conversions",
        "private_dir": ".linkedin-conversions",
        "ledger_url": None,
        "require_ledger": False,
        "send_once": True,
        "ledger_keep_days": 400,
        "on_in_doubt": "by_rule",
        "max_resends": 2,
        "not_before": None,
        "max_future_seconds": 300,
        "on_too_old": "skip",
        "on_bad_field": "drop",
        "max_reject_ratio": 0.5,
        "retry_for_seconds": 900,
        "shutdown_seconds": 20,
        "state_interval_seconds": 1,
        "preflight": True,
        "exclude_email_domains": (),
        "suppress": None,
        "results_log": False,
        "dry_run": False,
        "alert_urls": (),
        "alert_on": tuple(Alert),
        "warnings": (),
    }
    assert {name: getattr(found, name) for name in expected} == expected
    assert found.sdk["validate_records"] is False


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_empty_text_mean_not_set(load: Callable[..., Settings], nothing: object) -> None:
    names = [setting.name for setting in SETTINGS if setting.name != "access_token"]
    assert load(dict.fromkeys(names, nothing)) == load({"consent": None})
    assert load({"batch_size_rows": 7}, batch_size_rows="").batch_size_rows == 7


def test_the_environment_wins_over_the_config(load: Callable[..., Settings]) -> None:
    assert load({"batch_size_rows": 7}, batch_size_rows="8").batch_size_rows == 8


def test_without_an_environment_the_process_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "BATCH_SIZE_ROWS", "8")
    assert Settings.load({"access_token": "t"}).batch_size_rows == 5000


@pytest.mark.parametrize(
    "streams",
    [
        [ENTRY],
        json.dumps([ENTRY]),
        [json.dumps(ENTRY)],
        [{"stream": "orders", "conversion_rule": "101"}],
        [{"stream": "orders", "conversion_rule": "[101]"}],
    ],
)
def test_streams_are_read_typed_or_as_json_text_at_any_depth(load: Callable[..., Settings], streams: Any) -> None:
    assert load({"streams": streams}).streams == load({"streams": [ENTRY]}).streams
    text = streams if isinstance(streams, str) else json.dumps(streams)
    assert load({}, streams=text).streams == load({"streams": [ENTRY]}).streams


def test_the_quota_is_counted_by_client_id_else_by_a_digest_of_the_token(load: Callable[..., Settings]) -> None:
    assert load({"client_id": "app"}).quota_key == "app"
    assert load({"client_id": "app", "quota_key": "mine"}).quota_key == "mine"
    assert load().quota_key == load().quota_key
    assert load().quota_key != load({"access_token": "another"}).quota_key
    assert Settings.load({"dry_run": True}).quota_key == "none"


def test_every_rule_that_is_configured_is_named_once(load: Callable[..., Settings]) -> None:
    cases = [{"when": "a", "rule": [102, {"rule": 103}]}, {"when": "b", "skip": True}, {"when": "c", "rule": 101}]
    by_column = {"stream": "deals", "conversion_rule": {"column": "stage", "rules": cases}}
    by_id = {"stream": "ids", "conversion_rule": {"column": "rule_id"}}
    found = load({"conversion_rule": 101, "streams": [{"stream": "orders"}, by_column, by_id]})
    assert found.rules == ("101", "102", "103")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://API.LinkedIn.com/", "https://api.linkedin.com"),
        ("https://api.linkedin.com:443", "https://api.linkedin.com"),
        ("http://127.0.0.1:8080/base", "http://127.0.0.1:8080"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_one_origin_has_one_spelling(load: Callable[..., Settings], url: str, origin: str) -> None:
    assert load({"api_url": url}).origin == origin


@pytest.mark.parametrize(
    "given",
    [
        date(2026, 11, 1),
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 11, 1),  # noqa: DTZ001 - as YAML gives a time without a zone
    ],
)
def test_a_time_without_quotes_is_one_to_yaml_and_python(given: date) -> None:
    entry = {**ENTRY, "consent": {"not_required": "a test"}, "not_before": given}
    found = Settings.load({"dry_run": True, "not_before": given, "streams": [entry]})
    assert (found.not_before, found.streams[0].not_before) == (NOVEMBER, NOVEMBER)
