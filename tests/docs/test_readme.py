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


def test_the_short_meltano_project_is_one_the_target_reads() -> None:
    (block,) = [block for block in blocks("yaml") if block.startswith("plugins:")]
    (loader,) = yaml.safe_load(block)["plugins"]["loaders"]
    assert len(block.splitlines()) <= 10
    assert Settings.load({"dry_run": True, **loader["config"]}).streams


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


@pytest.mark.parametrize("place", re.findall(r"\]\((?!https?://)([^)#]+)\)", README))
def test_every_local_link_leads_somewhere(place: str) -> None:
    assert (ROOT / place).exists()
