from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_an_unknown_variable_of_our_prefix_warns_and_does_not_stop(load: Callable[..., Settings]) -> None:
    found = load({}, batch_sizes="canary-value")
    assert found.warnings == ("TARGET_LINKEDIN_CONVERSIONS_BATCH_SIZES is no setting and has no effect",)


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
