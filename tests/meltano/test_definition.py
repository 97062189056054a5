"""The shipped `meltano.yml` says what the code says."""

from __future__ import annotations

from typing import Any

import click
import pytest
import yaml

from target_linkedin_conversions.cli.main import program
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import SETTINGS
from tests.meltano.project import ROOT

PROJECT = yaml.safe_load((ROOT / "meltano.yml").read_text())
(LOADER,) = PROJECT["plugins"]["loaders"]
BY_NAME: dict[str, dict[str, Any]] = {setting["name"]: setting for setting in LOADER["settings"]}


def kind_for_meltano(kind: str) -> str:
    # Meltano reads `integer` with int() and cannot write a `decimal` as JSON: a number that may
    # have a fraction reaches the target only as text. Of a `boolean` that is misspelt it makes false.
    return "string" if kind in {"number", "boolean"} else kind


def test_the_settings_are_those_of_the_code_in_its_order() -> None:
    assert list(BY_NAME) == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_defined_as_in_the_code(setting: Any) -> None:
    defined = BY_NAME[setting.name]
    assert defined["kind"] == kind_for_meltano(setting.kind)
    assert defined["description"] == setting.description
    assert defined.get("sensitive", False) == setting.secret
    options = tuple(option["value"] for option in defined.get("options", ()))
    assert options == setting.options


def test_what_is_ours_is_installed_from_the_place_that_is_named_wherever_the_file_is_copied() -> None:
    ours = [plugin for plugins in PROJECT["plugins"].values() for plugin in plugins if "conversions" in plugin["name"]]
    assert len(ours) == 2
    assert {plugin["pip_url"].partition("[")[0] for plugin in ours} == {"${CONVERSIONS_FROM}"}


def test_streams_is_an_array_for_meltano_flattens_objects() -> None:
    assert BY_NAME["streams"]["kind"] == "array"


def test_the_shipped_configuration_is_one_the_target_reads() -> None:
    entry, *_ = Settings.load(LOADER["config"] | {"dry_run": True}).streams
    assert entry.stream == "public-crm_stage_changes"


def test_the_environment_that_is_active_by_default_sends_nothing() -> None:
    (dev,) = (env for env in PROJECT["environments"] if env["name"] == PROJECT["default_environment"])
    (loader,) = dev["config"]["plugins"]["loaders"]
    assert loader["config"]["dry_run"] is True


@pytest.mark.parametrize("name", LOADER["commands"])
def test_a_plugin_command_exists_and_is_told_where_the_settings_are(name: str) -> None:
    command = LOADER["commands"][name]
    assert command["executable"] == "linkedin-conversions"
    words = command["args"].split()
    assert words[-2:] == ["--config", "ENV"]
    found: click.Command = program
    while isinstance(found, click.Group):
        word, *words = words
        child = found.get_command(click.Context(found), word)
        assert child is not None, word
        found = child
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
