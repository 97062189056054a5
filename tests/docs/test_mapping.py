"""What docs/mapping.md shows is what happens: every block of YAML is read, every row becomes the event beside it."""

from __future__ import annotations

import contextlib
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.records.paths import NOT_REACHABLE, follow, path_of
from target_linkedin_conversions.records.reasons import SKIPS
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.entry_fields import CONSTANT_FIELDS, FIELDS
from target_linkedin_conversions.settings.streams import StreamEntry
from target_linkedin_conversions.singer.target import TargetLinkedInConversions

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mapping.md").read_text()
NOW = int(datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp() * 1000)
BLOCKS = re.findall(r"^```(yaml|json)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
YAML = [block for language, block in BLOCKS if language == "yaml"]
BASE = {"stream": "deals", "conversion_rule": 101, "consent": {"not_required": "an example"}}
TYPES = {str: "string", bool: "boolean", int: "integer", Decimal: "number", dict: "object", list: "array"}

Example = tuple[dict[str, Any], Any, Any]

decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode


def config_of(block: str) -> dict[str, Any]:
    """The settings of a block, which is a whole `streams` or the part of an entry."""
    found: dict[str, Any] = yaml.safe_load(block)
    return {"dry_run": True, **(found if "streams" in found else {"streams": [{**BASE, **found}]})}


def examples() -> Iterator[Example]:
    """Every block of YAML that rows and what they become stand behind."""
    for (language, block), (behind, rows), (last, events) in zip(BLOCKS, BLOCKS[1:], BLOCKS[2:], strict=False):
        if (language, behind, last) == ("yaml", "json", "json") and block.startswith("stream"):
            yield yaml.safe_load(block), decode(rows), decode(events)


def table(title: str) -> list[list[str]]:
    """The cells of the first table behind a heading, without their backticks."""
    lines = PAGE.split(f"\n## {title}\n")[1].partition("\n## ")[0].splitlines()
    rows = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


class Standing(Clock):
    """A clock that stands still."""

    def now(self) -> int:
        return NOW


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(lint="reject", clock=lambda: NOW) as strict:
        yield strict


def singer(stream: str, rows: list[dict[str, Any]]) -> bytes:
    columns = {name: {"type": [TYPES[type(value)], "null"]} for name, value in rows[0].items()}
    schema: dict[str, Any] = {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"properties": columns},
        "key_properties": ["id"],
    }
    return b"\n".join(map(encode, [schema, *({"type": "RECORD", "stream": stream, "record": row} for row in rows)]))


def as_list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def outcome_of(entry: dict[str, Any], row: dict[str, Any]) -> Any:
    """The payload of a row, or the code of its refusal; or of what was left out of it."""
    settings = Settings.load({"dry_run": True, "streams": [{**BASE, **entry}]})
    schema: dict[str, Any] = {"properties": {name: {} for name in row}}
    (plan,) = compile_plans("deals", schema, ["id"], settings.streams, settings)
    found = compile_events(plan)(plan.row_type.of(row), NOW)
    if isinstance(found, list):
        return [reason.code for reason in found[0].left_out] or msgspec.json.decode(found[0].payload)
    assert isinstance(found, Refusal)
    return [found.skipped] if found.skipped else [reason.code for reason in found.reasons]


@pytest.mark.parametrize("block", YAML)
def test_every_block_of_yaml_is_read(block: str) -> None:
    settings = Settings.load(config_of(block))
    assert settings.streams
    assert all(entry.consent is not None for entry in settings.streams)


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: str(list(example[0])))
def test_a_row_of_the_page_becomes_the_event_beside_it(example: Example, linkedin: Sandbox, tmp_path: Path) -> None:
    recipe, rows, becomes = example
    config = {
        **recipe,
        "api_url": linkedin.url,
        "oauth_url": linkedin.url,
        "access_token": "sandbox-token",
        "state_dir": str(tmp_path),
    }
    stream = next(iter(recipe.get("stream_maps", {})), recipe["streams"][0]["stream"])
    with contextlib.redirect_stdout(io.StringIO()):
        lines = io.BytesIO(singer(stream, as_list(rows)))
        TargetLinkedInConversions(config=config, clock=Standing()).listen(lines)  # type: ignore[arg-type]  # bytes are read too
    events = sorted(linkedin.received, key=lambda event: event["conversion"])
    sent = [{name: part for name, part in event.items() if name != "eventId"} for event in events]
    report = json.loads((tmp_path / "runs" / "last.json").read_bytes())
    skipped = {line["code"]: line["events"] for line in report["lines"] if line["outcome"] == "skipped"}
    assert sent == [event for event in as_list(becomes) if "skipped" not in event]
    assert skipped == {event["skipped"]: 1 for event in as_list(becomes) if "skipped" in event}
    assert report["counts"].get("rejected", 0) == 0


@pytest.mark.parametrize("cells", table("Times"), ids="; ".join)
def test_a_time_of_the_table_is_read_so(cells: list[str]) -> None:
    written, entry, becomes = cells
    row = {"id": 7, "email": "jane.doe@example.com", "at": decode(written)}
    found = outcome_of({"fields": {"happened_at": "at"}, **(yaml.safe_load(f"{{{entry}}}"))}, row)
    if isinstance(found, list):
        assert found == [becomes]
    else:
        moment = datetime.fromtimestamp(found["conversionHappenedAt"] / 1000, UTC)
        assert moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") == becomes


@pytest.mark.parametrize("cells", table("Amounts"), ids="; ".join)
def test_an_amount_of_the_table_is_read_so(cells: list[str]) -> None:
    written, currency, entry, becomes = cells
    row = {"id": 7, "email": "jane.doe@example.com", "happened_at": NOW, "value": decode(written), "currency": currency}
    found = outcome_of(yaml.safe_load(f"{{{entry}}}"), row)
    assert found == [becomes] or found["conversionValue"] == {"currencyCode": currency, "amount": becomes}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "j***@x.com", "not_an_email"),
        ("li_fat_id", "google", "not_an_id"),
        ("li_fat_id", "2026-11-20", "not_an_id"),
        ("first_name", "sha256:…", "not_a_name"),
        ("full_name", "Mr. Doe", "not_two_names"),
        ("full_name", "Doe, Dr. Jane", "not_two_names"),
        ("full_name", "Jane Doe, MD", "not_two_names"),
        ("full_name", "Acme, Inc.", "not_two_names"),
        ("full_name", "Jane; John", "not_two_names"),
        ("country", "Germany (DE)", None),
        ("country", "de-DE", "unknown_country"),
    ],
)
def test_a_value_that_the_table_of_fields_names_is_read_so(field: str, value: str, code: str | None) -> None:
    assert f"`{value}`" in PAGE
    row = {"id": 7, "email": "jane.doe@example.com", "happened_at": NOW, "first": "Jane", "last": "Doe"}
    names = {} if field == "full_name" else {"first_name": "first", "last_name": "last"}
    digest = sha256(b"jane").hexdigest()
    row["it"] = value.replace("…", digest)
    found = outcome_of({"fields": {**names, field: ["email", "it"] if field == "email" else "it"}}, row)
    assert found == [code] or (code is None and found["user"]["userInfo"]["countryCode"] == "DE")


@pytest.mark.parametrize("cells", table("Paths"), ids="; ".join)
def test_a_path_of_the_table_leads_there(cells: list[str]) -> None:
    written, becomes = cells
    row = decode(next(block for language, block in BLOCKS if language == "json" and "event_params" in block))
    path = path_of(written, list(row))
    assert path is not None
    found = follow(path)(row[path.column])
    assert becomes == "not_reachable" if found is NOT_REACHABLE else found == decode(becomes)


def test_the_names_of_the_page_are_those_that_are_found() -> None:
    rows = table("What is found by its name")
    assert {field: tuple(re.findall("`([a-z_0-9]+)`", f"`{names}`")) for field, names in rows} == FOUND_BY_NAME


def test_every_key_every_field_and_every_constant_of_an_entry_has_an_example() -> None:
    entries = [entry for block in YAML for entry in config_of(block)["streams"]]
    not_the_persons = {"place", "rules", "switched_off", "event_id_rules", "zone_is_said"}
    assert {key for entry in entries for key in entry} >= set(StreamEntry.__struct_fields__) - not_the_persons
    fields = {field for entry in entries for field in entry.get("fields", {})}
    assert fields == set(FIELDS)
    assert all(f"`{field}`" in PAGE for field in (*FIELDS, *CONSTANT_FIELDS))


def test_every_reason_to_skip_a_record_stands_on_the_page() -> None:
    of_other_commands = {"left_to_a_run", "being_sent"}
    assert all(f"`{code}`" in PAGE for code in set(SKIPS) - of_other_commands)
