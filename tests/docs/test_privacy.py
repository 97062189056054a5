"""What docs/privacy.md says that leaves hashed and plain is what leaves so."""

from __future__ import annotations

import re

import pytest

from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.outgoing_fields import HASHED, PLAIN, outgoing_fields
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.entry_fields import FIELDS
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "privacy.md").read_text()
NAMES = {"first_name", "last_name", "full_name"}


def table() -> dict[str, set[str]]:
    """The fields of the page's table, by how they leave."""
    (cells,) = re.findall(r"^\| leaves as SHA-256 .*\n\|[-|]+\n\| (.*) \| (.*) \|$", PAGE, flags=re.MULTILINE)
    hashed, plain = (set(re.findall(r"`([a-z_]+)`", cell)) for cell in cells)
    return {HASHED: hashed | NAMES, PLAIN: plain}


def test_every_field_stands_in_the_table_once() -> None:
    told = table()
    assert told[HASHED] | told[PLAIN] == set(FIELDS)
    assert told[HASHED] & told[PLAIN] == set()


@pytest.mark.parametrize("without", [{"full_name"}, {"first_name", "last_name"}])
@pytest.mark.parametrize("version", ["202609", "202605"])
def test_each_field_leaves_as_the_table_says(without: set[str], version: str) -> None:
    fields = {field: field for field in FIELDS if field not in without}
    entry = {"stream": "deals", "conversion_rule": 101, "fields": fields, "consent": {"not_required": "a test"}}
    settings = Settings.load({"dry_run": True, "linkedin_version": version, "streams": [entry]})
    (plan,) = compile_plans(
        "deals", {"properties": {name: {} for name in ("id", *fields)}}, ["id"], settings.streams, settings
    )
    told = table()
    if version < "202609":
        told = {HASHED: told[HASHED] - NAMES, PLAIN: told[PLAIN] | NAMES}
    left = [one for one in outgoing_fields(plan) if one.how == "mapped"]
    assert len(left) > 10
    assert {one.field: one.leaves_as for one in left if one.field not in told[one.leaves_as]} == {}
