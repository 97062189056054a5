"""The table of an entry's keys names each key there is, and each example is read."""

from __future__ import annotations

import json

import pytest
import yaml

from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.entry_keys import ENTRY_KEYS, EntryKey
from target_linkedin_conversions.settings.streams import StreamEntry

BASE = {"stream": "deals", "conversion_rule": 101, "consent": {"not_required": "an example"}}
OF_THE_CODE = {"place", "rules", "switched_off", "event_id_rules", "zone_is_said"}
"""What an entry knows of itself under another name than its key."""


def test_every_key_stands_in_the_table_once() -> None:
    names = [key.name for key in ENTRY_KEYS]
    assert len(set(names)) == len(names)
    assert set(names) == set(StreamEntry.__struct_fields__) - OF_THE_CODE | {"conversion_rule"}


@pytest.mark.parametrize("key", ENTRY_KEYS, ids=lambda key: key.name)
def test_each_example_is_read(key: EntryKey) -> None:
    found = yaml.safe_load(f"{key.name}: {key.example}")
    assert json.loads(json.dumps(found)) == found, "Meltano hands over JSON, and a bare time without its offset"
    assert Settings.load({"dry_run": True, "streams": [{**BASE, **found}]}).streams
    assert "|" not in key.example + key.meaning
