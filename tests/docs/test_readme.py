"""What the README shows is what the code does."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from target_linkedin_conversions.errors import TargetError, exit_code_of
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import SETTINGS
from target_linkedin_conversions.settings.entry_fields import FIELDS
from target_linkedin_conversions.settings.entry_keys import ENTRY_KEYS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
NOW = 1795430400000


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def mapping() -> dict[str, Any]:
    (found,) = [block for block in blocks("yaml") if block.startswith("streams:")]
    config: dict[str, Any] = yaml.safe_load(found)
    return config


def test_the_row_of_the_readme_becomes_the_event_of_the_readme() -> None:
    row, event = (json.loads(block, parse_float=Decimal) for block in blocks("json"))
    settings = Settings.load({"dry_run": True, **mapping()})
    schema: dict[str, Any] = {
        "properties": {name: {} for name in row} | {"landing_page": {}, "private_email": {}, "last": {}}
    }
    plan = compile_plans("public-crm_stage_changes", schema, ["id"], [settings.streams[0]], settings)[0]
    made = compile_events(plan)(plan.row_type.of(row), NOW)
    assert isinstance(made, list)
    sent = msgspec.json.decode(made[0].payload)
    assert re.fullmatch("[0-9a-f]{32}", sent.pop("eventId"))
    event.pop("eventId")
    assert sent == event


def project() -> dict[str, Any]:
    (block,) = [block for block in blocks("yaml") if block.startswith("default_environment:")]
    found: dict[str, Any] = yaml.safe_load(block)
    return found


def test_the_meltano_project_is_one_the_target_reads_and_sends_nothing_by_default() -> None:
    (loader,) = project()["plugins"]["loaders"]
    (dev, _) = project()["environments"]
    (told,) = dev["config"]["plugins"]["loaders"]
    assert (dev["name"], told["name"]) == (project()["default_environment"], loader["name"])
    settings = Settings.load(loader["config"] | told["config"])
    assert settings.dry_run
    assert settings.streams[0].consent.column


def test_the_meltano_project_says_of_the_loader_what_the_shipped_one_does() -> None:
    (loader,) = project()["plugins"]["loaders"]
    (shipped,) = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"]["loaders"]
    assert {name: loader[name] for name in ("namespace", "pip_url", "capabilities", "log_parser")} == {
        name: shipped[name] for name in ("namespace", "pip_url", "capabilities", "log_parser")
    }
    kinds = {setting["name"]: setting for setting in shipped["settings"]}
    for setting in loader["settings"]:
        known = kinds[setting["name"]]
        assert {name: known.get(name) for name in setting} == setting
    for name, command in loader["commands"].items():
        assert {part: shipped["commands"][name][part] for part in ("executable", "args")} == command


def test_every_setting_and_every_key_of_an_entry_is_on_the_page_that_is_said_to_have_them() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert "Every setting and every key of an entry is in [docs/settings.md]" in README
    for name in (*(setting.name for setting in SETTINGS), *(key.name for key in ENTRY_KEYS), *FIELDS):
        assert f"`{name}`" in page


def test_the_event_id_example_is_one_the_target_reads() -> None:
    (block,) = [block for block in blocks("yaml") if block.startswith("fields:")]
    entry = {"stream": "a", "conversion_rule": 103, "consent": {"not_required": "a test"}, **yaml.safe_load(block)}
    assert Settings.load({"dry_run": True, "streams": [entry]}).streams[0].event_id_rules == frozenset({"103"})


def all_errors(kind: type[TargetError] = TargetError) -> list[type[TargetError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in all_errors(child))]


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_every_exit_code_stands_in_the_table(kind: type[TargetError]) -> None:
    code = kind.exit_code if kind.__name__ != "Terminated" else exit_code_of(kind(15))  # type: ignore[arg-type]  # the number of a signal
    assert re.search(rf"^\| .*\b{code}\b", README, flags=re.MULTILINE)
