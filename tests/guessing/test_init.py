"""`preview --init` over what real taps write: the block that it prints runs as it stands and maps what a person would."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from target_linkedin_conversions.cli.preview.command import preview
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings
from tests.singer.pipe import ends_of
from tests.taps.test_recipes import Load

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
TAPS = HERE.parent / "taps" / "inputs"
GOLDEN: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "golden.yml").read_text())
ENDS: dict[str, dict[str, int]] = {
    "bigquery": {"delivered": 1, "skipped:no_consent": 1},
    "closeio-leads": {"delivered": 1},
    "csv": {"delivered": 5, "skipped:no_consent": 1},
    "gsheets": {"delivered": 2, "skipped:no_consent": 1},
    "hubspot": {"delivered": 2, "skipped:no_consent": 1, "skipped:stage_skipped": 1},
    "intercom-contacts": {"delivered": 1},
    "mysql": {"delivered": 1, "rejected:no_time": 1, "skipped:no_consent": 1, "skipped:stage_skipped": 1},
    # The person that has no address still has a name.
    "pipedrive": {"delivered": 3, "skipped:deleted": 1, "skipped:stream_not_configured": 1},
    "postgres": {"delivered": 2, "skipped:deleted": 1, "skipped:no_consent": 1},
    "salesforce": {"delivered": 2, "skipped:deleted": 1, "skipped:no_consent": 1, "skipped:stream_not_configured": 1},
    "shopify-orders": {"skipped:no_consent": 1},
    "spreadsheets": {"delivered": 3, "skipped:no_consent": 1},
    "stripe": {"delivered": 4, "skipped:deleted": 1},
}
"""How the records of each file end once the consents that are left open are filled in."""


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(preview, ["--init", *arguments], catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def guessed(tap: str) -> dict[str, Any]:
    block: dict[str, Any] = yaml.safe_load(printed(str(TAPS / f"{tap}.singer")))
    return block


def as_golden(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with a consent that is granted to nobody by name."""
    consent = entry["consent"]
    return {**entry, "consent": "nobody" if "nobody" in str(consent.get("granted")) else consent}


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(lint="reject") as strict:
        yield strict


@pytest.mark.parametrize("tap", sorted(GOLDEN))
def test_of_a_tap_is_mapped_what_a_person_would_map(tap: str) -> None:
    assert list(map(as_golden, guessed(tap)["streams"])) == GOLDEN[tap]


@pytest.mark.parametrize("tap", sorted(GOLDEN))
def test_the_block_as_it_stands_is_a_config_and_sends_nobody_who_did_not_agree(tap: str, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(guessed(tap)))
    done = CliRunner().invoke(preview, ["--config", str(config), "--json", str(TAPS / f"{tap}.singer")])
    assert (done.exit_code, done.stderr) == (0, "")
    outcomes: Counter[str] = Counter()
    for stream in json.loads(done.stdout)["streams"]:
        entries = [entry for entry in GOLDEN[tap] if entry["stream"] == stream["stream"]]
        for ended in stream["outcomes"]:
            outcomes[ended["outcome"]] += ended["events"]
            assert ended["outcome"] != "would_send" or entries[0]["consent"] != "nobody"
    assert outcomes["rejected"] <= outcomes["would_send"] + outcomes["skipped"]


@pytest.mark.parametrize("tap", sorted(GOLDEN))
def test_the_block_runs_against_linkedin_once_its_consent_is_filled_in(
    tap: str, linkedin: Sandbox, tmp_path: Path
) -> None:
    block = guessed(tap)
    for entry in block["streams"]:
        if as_golden(entry)["consent"] == "nobody":
            entry["consent"] = {"not_required": "buyers agree at the checkout"}
    load = Load(tap, linkedin, tmp_path, block)
    assert load.report["exit_code"] == 0
    assert ends_of(load.report) == ENDS[tap]
    assert linkedin.summary()["lint"] == []


def test_every_tap_of_the_recipes_has_a_golden_guess() -> None:
    assert sorted(GOLDEN) == sorted(file.stem for file in TAPS.iterdir()) == sorted(ENDS)


def test_the_rules_and_the_consent_of_the_settings_are_taken(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"conversion_rule": 7012345, "consent": {"not_required": "in the contract"}}))
    block = yaml.safe_load(printed("--config", str(config), str(TAPS / "pipedrive.singer")))
    deals, persons = block["streams"]
    assert persons["conversion_rule"] == "7012345"
    assert deals["conversion_rule"]["rules"][1] == {"when": "won", "rule": "7012345"}
    assert deals["consent"] == persons["consent"] == {"not_required": "in the contract"}


def test_a_source_of_which_nothing_can_be_sent_says_why(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"sku": "A-1", "stock": 3}\n')
    text = printed(str(path))
    assert yaml.safe_load(text) == {"streams": []}
    assert "left out: no column says when somebody converted" in text


def test_names_of_any_kind_are_valid_yaml_and_are_found_again(tmp_path: Path) -> None:
    names = {
        "E-Mail: privat #1": "a@b.de",
        "yes": "x",
        "Won at [UTC]": "2026-11-20T10:00:00Z",
        "größe\u2028": "1",
        "😀 email": "c@d.de",
    }
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(names) + "\n")
    (entry,) = yaml.safe_load(printed("--stream", "null", str(path)))["streams"]
    assert entry["stream"] == "null"
    assert set(entry["fields"]["email"]) == {"E-Mail: privat #1", "😀 email"}
    Settings.load({"dry_run": True, "streams": [entry]})


def test_what_only_a_person_can_know_of_times_and_keys_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("email;won at\na@gmx.de;2026-11-20 10:00\nb@gmx.de;2026-11-21 10:00\n")
    text = printed(str(path))
    assert "# timezone: " in text
    assert "# key: " in text
    zoned = printed(str(TAPS / "salesforce.singer"))
    assert "# timezone: " not in zoned
    assert "# key: " not in zoned


def test_as_json_every_guess_is_told_with_its_reason() -> None:
    told = json.loads(printed("--json", str(TAPS / "csv.singer")))
    assert told["records"] == 6
    assert told["streams"][0]["guess"]["fields"]["email"]["columns"] == ["Contact E-mail"]
    assert told["config"] == yaml.safe_load(told["yaml"])
    assert told["config"]["streams"][0]["stream"] == "deals"


def test_a_block_without_an_entry_does_not_say_that_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("id,note\n1,hello\n")
    assert "It runs as it stands" not in printed(str(file))
    assert "sends nothing yet" in printed(str(file))
    file.write_text("id,email,won_at\n1,jane@example.com,2026-11-20T10:30:00Z\n")
    assert "It runs as it stands" in printed(str(file))


def test_a_block_of_a_stream_whose_schema_gains_columns_runs_as_it_stands(tmp_path: Path) -> None:
    text, when = {"type": ["null", "string"]}, {"type": ["null", "string"], "format": "date-time"}
    first = {"id": {"type": "integer"}, "email": text, "signed_at": when, "consent": {"type": "boolean"}}
    row = {"id": 1, "email": "jane@acme.io", "signed_at": "2026-11-20T09:00:00Z", "consent": True}
    messages: list[dict[str, Any]] = []
    for columns, record in (
        (first, row),
        (first | {"amount": {"type": "number"}, "currency": text}, row | {"id": 2, "amount": 12.5, "currency": "EUR"}),
    ):
        messages += [
            {"type": "SCHEMA", "stream": "leads", "key_properties": ["id"], "schema": {"properties": columns}},
            {"type": "RECORD", "stream": "leads", "record": record},
        ]
    path, config = tmp_path / "leads.singer", tmp_path / "config.json"
    path.write_text("".join(f"{json.dumps(message)}\n" for message in messages), encoding="utf-8")
    block = yaml.safe_load(printed(str(path)))
    assert block["streams"][0]["undeclared_columns"] == "allow"
    config.write_text(json.dumps({"access_token": "token", **block}), encoding="utf-8")
    done = CliRunner().invoke(preview, ["--config", str(config), "--json", str(path)], catch_exceptions=False)
    payloads = json.loads(done.stdout)["streams"][0]["payloads"]
    assert [one.get("conversionValue") for one in payloads] == [None, {"currencyCode": "EUR", "amount": "12.5"}]
    path.write_text("".join(f"{json.dumps(message)}\n" for message in messages[2:]), encoding="utf-8")
    assert "undeclared_columns" not in printed(str(path))
