from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WITHOUT_EFFECT = (
    "add_record_metadata",
    "load_method",
    "hard_delete",
    "default_target_schema",
    "process_activate_version_messages",
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("acess_token", "access_token"),
        ("conversion_rules", "conversion_rule"),
        ("batch_size", "batch_size_rows"),
        ("stream", "streams"),
        ("linkedin-version", "linkedin_version"),
    ],
)
def test_an_unknown_setting_stops_and_names_the_nearest(
    load: Callable[..., Settings], written: str, meant: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load({written: "canary-value"})
    assert f"unknown setting {written!r}; did you mean {meant!r}?" in str(caught.value)
    assert caught.value.exit_code == 2
    assert "canary-value" not in str(caught.value)


def test_an_unknown_setting_near_to_none_lists_the_known_ones(load: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigError, match="known are access_token, client_id"):
        load({"xyzzy": 1})


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_a_setting_without_effect_is_accepted_and_said_once(load: Callable[..., Settings], name: str) -> None:
    found = load({name: True}, **{name: "true"})
    assert found.warnings == (f"{name} has no effect in this target",)


def test_a_ledger_that_forgets_before_linkedin_does_is_warned_of(load: Callable[..., Settings]) -> None:
    (warning,) = load({"ledger_keep_days": 89}).warnings
    assert warning.startswith(
        "ledger_keep_days: the ledger forgets an event after 89 days, and LinkedIn takes those of 90"
    )
    assert load({"ledger_keep_days": 90}).warnings == load({"ledger_keep_days": 1, "send_once": False}).warnings == ()


def test_an_unknown_variable_of_our_prefix_warns_and_does_not_stop(load: Callable[..., Settings]) -> None:
    found = load({}, batch_sizes="canary-value")
    assert found.warnings == (
        "TARGET_LINKEDIN_CONVERSIONS_BATCH_SIZES is no setting and has no effect; did you mean TARGET_LINKEDIN_CONVERSIONS_BATCH_SIZE_ROWS?",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TARGET_LINKEDIN_CONVERSION_DRY_RUN", "DRY_RUN"),
        ("TARGET_LINKEDIN_CONVERSIONS_DRYRUN", "DRY_RUN"),
        ("TARGET_LINKEDIN_CONVERSIONS_ACOUNT_ID", "ACCOUNT_ID"),
        ("TARGET_LINKEDN_CONVERSIONS_ACCESS_TOKEN", "ACCESS_TOKEN"),
        ("LINKEDIN_CONVERSIONS_STATE_DIR", "STATE_DIR"),
        ("TARGET_LINKEDIN_CONVERSIONS_STREAM", "STREAMS"),
    ],
)
def test_a_variable_that_is_nearly_one_of_ours_is_named_with_the_right_one(written: str, meant: str) -> None:
    environment = {written: "canary-value", "TARGET_LINKEDIN_CONVERSIONS_CONSENT": '{"not_required": "a test"}'}
    (warning,) = Settings.load({"access_token": "t"}, environment).warnings
    assert warning.startswith(written)
    assert f"did you mean TARGET_LINKEDIN_CONVERSIONS_{meant}?" in warning
    assert "canary" not in warning


@pytest.mark.parametrize(
    "name", ["TARGET_LINKEDIN_ACCESS_TOKEN", "TARGET_LINKEDIN_ADS_STATE_DIR", "LINKEDIN_ACCESS_TOKEN"]
)
def test_the_variable_of_another_program_is_none_of_ours(name: str) -> None:
    environment = {name: "x", "TARGET_LINKEDIN_CONVERSIONS_CONSENT": '{"not_required": "a test"}'}
    assert Settings.load({"access_token": "t"}, environment).warnings == ()


def test_under_meltano_the_mend_is_one_that_meltano_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MELTANO_LOADER_NAME", "target-linkedin-conversions")
    (tmp_path / ".env").write_text("TARGET_LINKEDIN_CONVERSIONS_ACCES_TOKEN=canary-value\n")
    for name, mend in (
        ("ACCES_TOKEN", "is not read: name it TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN"),
        ("ACCESS_TOKEN", "add {name: access_token, kind: string, sensitive: true} to its settings in meltano.yml"),
    ):
        with monkeypatch.context() as one:
            one.setenv(f"TARGET_LINKEDIN_CONVERSIONS_{name}", "canary-value")
            with pytest.raises(ConfigError) as error:
                Settings.load({"consent": {"not_required": "a test"}})
        assert mend in str(error.value)
        assert "ENV" not in str(error.value)
        assert "canary" not in str(error.value)


@pytest.mark.parametrize("name", ["TARGET_LINKEDIN_CONVERSIONS_TOKEN", "TARGET_LINKEDIN_CONVERSION_ACCESS_TOKEN"])
def test_without_a_token_the_variable_that_was_meant_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "canary-value")
    with pytest.raises(ConfigError, match=f"{name} is not read: name it TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN"):
        Settings.load({"consent": {"not_required": "a test"}}, {})


@pytest.mark.parametrize(
    ("entry", "mend"),
    [
        ({"timezone": "Europe/Berln"}, "did you mean Europe/Berlin?"),
        ({"timezone": "europe/berlin"}, "did you mean Europe/Berlin?"),
        ({"timezone": "Pacific Standard Time"}, "did you mean America/Los_Angeles?"),
        ({"timezone": "Eastern Time (US & Canada)"}, "did you mean America/New_York?"),
        ({"timezone": "W. Europe Standard Time"}, "did you mean Europe/Berlin?"),
        ({"timezone": "Tonga Standard Time"}, "name its region, for example streams[0].timezone: Europe/Berlin"),
        ({"timezone": "CEST"}, "for example streams[0].timezone: Europe/Berlin"),
        ({"timezone": "MEZ"}, "for example streams[0].timezone: Europe/Berlin"),
        ({"consent": "ads_consent"}, "write {column: "),
        ({"consent": True}, "write {column: "),
        ({"constants": {"country": False}}, 'write it in quotes, such as streams[0].constants.country: "NO"'),
        ({"source": ["a"]}, "write one text, not several"),
        ({"source": " "}, "it is empty: write it, or remove the key"),
    ],
)
def test_the_mend_of_an_entry_is_one_that_can_be_written(
    load: Callable[..., Settings], entry: dict[str, Any], mend: str
) -> None:
    with pytest.raises(ConfigError) as error:
        load({"streams": [{"stream": "leads", "conversion_rule": 101, "consent": {"column": "ok"}} | entry]})
    assert mend in str(error.value)


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("512345678, 523456789", "several as a list: account_id: [512345678, 523456789]"),
        ("512345678 523456789", "several as a list: account_id: [512345678, 523456789]"),
        ("512 345 678", "without spaces or marks between its digits"),
        ("act_512345678", "its number alone"),
        ("https://www.linkedin.com/campaignmanager/accounts/512345678/campaigns", "its number alone"),
        ("urn:sponsoredAccount:512345678", "its number alone"),
        ("urn:li:organization:512345678", "copy the number of the ad account"),
        ("my account", "copy its number"),
    ],
)
def test_an_account_in_another_form_is_told_how_it_is_written(
    load: Callable[..., Settings], written: str, mend: str
) -> None:
    with pytest.raises(ConfigError) as error:
        load({"account_id": written})
    assert mend in str(error.value)
    assert "account_id" in str(error.value)


@pytest.mark.parametrize("variable", ["loglevel", "_dialect", "_load_schema"])
def test_what_meltano_exports_by_itself_is_no_warning(load: Callable[..., Settings], variable: str) -> None:
    assert load({}, **{variable: "info"}).warnings == ()


def test_variables_of_others_are_not_looked_at() -> None:
    environment = {"PATH": "/bin", "TARGET_POSTGRES_BATCH_SIZE_ROWS": "7", "BATCH_SIZE_ROWS": "7"}
    found = Settings.load({"access_token": "t", "consent": {"not_required": "a test"}}, environment)
    assert found.batch_size_rows == 5000
    assert found.warnings == ()


def test_an_empty_variable_is_not_set(load: Callable[..., Settings]) -> None:
    assert load({}, unknown="").warnings == ()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"config": {"streams": []}}, "'config'; write what stands in it one level higher"),
        ({"timezone": "UTC"}, "it belongs in an entry: streams: [{stream: NAME, timezone: …}]"),
        ({"email": "mail"}, "it belongs in an entry: streams: [{stream: NAME, fields: {email: COLUMN}}]"),
        (
            {"streams": [{"dry_run": True}]},
            "streams[0]: unknown key 'dry_run'; it is a setting: write it beside streams",
        ),
        (
            {"streams": [{"email": "mail"}]},
            "streams[0]: unknown key 'email'; it is a field: name its column under fields",
        ),
        ({"streams": [{"granted": [True]}]}, "write it under consent"),
        ({"streams": [{"otherwise": "skip"}]}, "write it under conversion_rule"),
        ({"streams": [{"where": {"column": "a", "is": 1}}]}, "write it as only: {column: COLUMN, is: [VALUE]}"),
        (
            {"streams": [{"stream": "a", "fields": {"consent": "ok"}}]},
            "streams[0].fields: unknown field 'consent'; it is a",
        ),
        ({"streams": [{"stream": "a", "constants": {"email": "x"}}]}, "name its column, fields: {email: COLUMN}"),
    ],
)
def test_a_key_at_another_level_is_told_where_it_belongs(
    load: Callable[..., Settings], config: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as error:
        load(config)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TARGET_LINKEDIN_ACCESS_TOKEN", "ACCESS_TOKEN"),
        ("MY_LINKEDIN_TOKEN", "ACCESS_TOKEN"),
        ("target_linkedin_conversions_access_token", "ACCESS_TOKEN"),
        ("LINKEDIN_REFRESH_TOKEN", "REFRESH_TOKEN"),
    ],
)
def test_a_token_in_a_variable_of_another_name_is_told_the_right_one(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "canary-value")
    with pytest.raises(ConfigError) as error:
        Settings.load({"consent": {"not_required": "a test"}}, {})
    assert str(error.value).endswith(f"{name} is not read: name it TARGET_LINKEDIN_CONVERSIONS_{meant}")
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("api_url", "http://127.0.0.1:8765", "https://api.linkedin.com/"),
        ("oauth_url", "http://127.0.0.1:8765", "https://www.linkedin.com"),
        ("api_url", "no URL", ""),
        ("dry_run", "yes", "no"),
    ],
)
def test_a_variable_that_is_not_read_and_would_have_sent_elsewhere_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, name: str, other: str, same: str
) -> None:
    variable = f"{ENVIRONMENT_PREFIX}{name.upper()}"
    monkeypatch.setenv(variable, other)
    (warning,) = Settings.load({"access_token": "token"}).warnings
    assert variable in warning
    assert "--config ENV" in warning
    assert other not in warning
    assert Settings.load({"access_token": "token"}, {}).warnings == ()
    monkeypatch.setenv(variable, same)
    assert Settings.load({"access_token": "token"}).warnings == ()
    if name == "dry_run":
        monkeypatch.setenv(variable, "no")
        assert Settings.load({"dry_run": True}).warnings == ()
