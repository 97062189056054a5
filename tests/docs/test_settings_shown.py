"""Every setting that a page shows, in a block or within a sentence, is one that is read so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import BY_NAME
from target_linkedin_conversions.settings.entry_fields import FIELDS
from target_linkedin_conversions.settings.entry_keys import ENTRY_KEYS
from tests.docs.pages import PAGES, blocks, name_of, spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = {"stream": "deals", "conversion_rule": 101, "consent": {"not_required": "an example"}}
KEYS = {key.name for key in ENTRY_KEYS}
OF_OTHERS = {"log_parser", *Outcome}
"""What a sentence writes with a colon and is no setting: Meltano's own, and how events end."""
WITHIN = {"otherwise", "skip", "contains"}
"""Keys that stand within the one of an entry; examples of that are read whole elsewhere."""


def shown(page: Path) -> Iterator[dict[str, Any]]:
    """Every whole config, part of one or entry of a page, as YAML or JSON shows it."""
    for block in blocks(page, "yaml", "json"):
        try:
            found = yaml.safe_load(block)
        except yaml.YAMLError:
            continue  # JSON with a tab is no YAML; none of ours has one
        if isinstance(found, dict) and found and set(found) <= BY_NAME.keys() | KEYS:
            yield found


def loaded(part: dict[str, Any]) -> Settings:
    """The settings of a config, or of a part of an entry; a secret left open (`…`) is some text."""
    whole = {name: "token" if value == "…" else value for name, value in part.items()}
    if set(whole) <= KEYS:
        whole = {"streams": [BASE | whole]}
    return Settings.load({"dry_run": True, **whole}, {})


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_config_in_a_block_is_read(page: Path) -> None:
    for part in shown(page):
        assert loaded(part).warnings == ()


def test_configs_are_found_on_the_pages_that_show_some() -> None:
    assert {name_of(page) for page in PAGES if list(shown(page))} >= {
        "README.md",
        *(f"docs/{name}.md" for name in ("mapping", "operations", "preview", "python", "sandbox", "spark")),
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_with_its_value_in_a_sentence_is_read(page: Path) -> None:
    for span in spans(page):
        if not re.match(r"[a-z]+(_[a-z]+)*: \S", span) or "…" in span:
            continue
        for name, value in yaml.safe_load(f"{{{span}}}").items():
            if name not in OF_OTHERS | WITHIN:
                assert name in BY_NAME.keys() | KEYS | set(FIELDS), span
                loaded({name: value} if name in BY_NAME.keys() | KEYS else {"fields": {name: value}})
