"""What real taps write, sent by the mapping that stands in each one's recipe, and what LinkedIn then received."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.singer.target import TargetLinkedInConversions
from tests.singer.pipe import ends_of
from tests.taps.moving import moved, moved_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).parent
ENDS: dict[str, dict[str, int]] = {
    "bigquery": {"delivered": 1, "skipped:no_consent": 1},
    "closeio-leads": {"delivered": 1},
    "csv": {"delivered": 5, "skipped:no_consent": 1},
    "gsheets": {"delivered": 2, "skipped:no_consent": 1},
    "hubspot": {"delivered": 2, "skipped:no_consent": 1, "skipped:stage_skipped": 1},
    "intercom-contacts": {"delivered": 1},
    # The second lead was won at a time that nobody noted.
    "mysql": {"delivered": 1, "rejected:no_time": 1, "skipped:no_consent": 1, "skipped:stage_skipped": 1},
    "pipedrive": {
        "delivered": 2,
        "skipped:deleted": 1,
        "skipped:no_consent": 1,
        "skipped:stream_not_configured": 1,
    },
    "postgres": {"delivered": 2, "skipped:deleted": 1, "skipped:no_consent": 1},
    "salesforce": {
        "delivered": 2,
        "skipped:deleted": 1,
        "skipped:no_consent": 1,
        "skipped:stream_not_configured": 1,
    },
    "shopify-orders": {"delivered": 1},
    "spreadsheets": {"delivered": 3, "skipped:no_consent": 1},
    "stripe": {"delivered": 4, "skipped:deleted": 1},
}
"""How many events end how, by tap."""

UNKNOWN_BEFORE = "the ledger is new, though the tap's STATE says that it has run before"
"""Begins the warning of a load into a new ledger by a tap that goes on where it was: some begin with their STATE."""

MEANT = {
    "pipedrive": ["stream 'dealflow' is not sent: no entry of streams fits its name"],
    "salesforce": ["stream 'OpportunityContactRole' is not sent: no entry of streams fits its name"],
}
"""Warnings of a run that are as they should be: the taps bring streams that say nothing of a person."""

LEFT_OUT = {
    # `1.234,56` in a file of `12,950.00`: whoever reads one must not guess the other.
    "csv": {("value", "bad_amount")},
}
"""Fields of events that are left out as they should be."""


def recipe_of(tap: str) -> dict[str, Any]:
    recipe: dict[str, Any] = yaml.safe_load((HERE / "recipes" / f"{tap}.yml").read_text())
    return recipe


def in_order(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=json.dumps)


class Load:
    """One run of the target over a tap's file, its times moved to yesterday."""

    def __init__(self, tap: str, linkedin: Sandbox, folder: Path, recipe: dict[str, Any] | None = None) -> None:
        self.tap, recipe = tap, recipe_of(tap) if recipe is None else recipe
        entries = Settings.load({"dry_run": True, **recipe}).streams
        self.zone = ZoneInfo(entries[0].timezone)
        self.lines, self.days = moved_file(
            HERE / "inputs" / f"{tap}.singer", entries, datetime.now(UTC).date() - timedelta(days=1)
        )
        config = {
            **recipe,
            "api_url": linkedin.url,
            "oauth_url": linkedin.url,
            "access_token": "sandbox-token",
            "account_id": 512345678,
            "state_dir": str(folder),
        }
        with contextlib.redirect_stdout(io.StringIO()):
            TargetLinkedInConversions(config=config).listen(io.BytesIO(self.lines))  # type: ignore[arg-type]  # bytes are read too
        self.report = json.loads((folder / "runs" / "last.json").read_bytes())
        self.received = in_order(map(self.as_golden, linkedin.received))
        self.golden = in_order(map(json.loads, (HERE / "golden" / f"{tap}.jsonl").read_text().splitlines()))

    def as_golden(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event with its time as the file has it, on the clock of the recipe's zone, and without its id."""
        moment = datetime.fromtimestamp(event["conversionHappenedAt"] / 1000, self.zone).replace(tzinfo=None)
        assert len(event["eventId"]) == 32
        shown = (moment - timedelta(days=self.days)).isoformat(" ", "milliseconds")
        return {**{name: part for name, part in event.items() if name != "eventId"}, "conversionHappenedAt": shown}


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    """LinkedIn that refuses what it would take and never match."""
    with Sandbox(lint="reject") as strict:
        yield strict


@pytest.fixture(params=sorted(ENDS))
def load(request: pytest.FixtureRequest, linkedin: Sandbox, tmp_path: Path) -> Load:
    return Load(request.param, linkedin, tmp_path)


def test_what_linkedin_receives_of_a_tap_is_what_stands_in_its_golden_file(load: Load, linkedin: Sandbox) -> None:
    assert load.received == load.golden
    assert linkedin.summary()["lint"] == []


def test_every_record_of_a_tap_ends_as_it_should(load: Load) -> None:
    assert ends_of(load.report) == ENDS[load.tap]
    assert load.report["records"] == load.lines.count(b'"type":"RECORD"')
    assert load.report["exit_code"] == 0


def test_the_recipe_answers_every_warning_that_is_not_meant(load: Load) -> None:
    told = [warning for warning in load.report["warnings"] if not warning.startswith(UNKNOWN_BEFORE)]
    assert told == MEANT.get(load.tap, [])
    assert {(line["field"], line["code"]) for line in load.report["left_out"]} == LEFT_OUT.get(load.tap, set())


def test_the_same_rows_again_send_nothing(load: Load, linkedin: Sandbox, tmp_path: Path) -> None:
    again = Load(load.tap, linkedin, tmp_path)
    assert again.received == load.received
    assert ends_of(again.report)["already_delivered"] == ENDS[load.tap]["delivered"]


@pytest.mark.parametrize("tap", sorted(ENDS))
def test_a_recipe_is_the_streams_of_a_project_and_names_consent_in_each_entry(tap: str) -> None:
    recipe = recipe_of(tap)
    assert set(recipe) == {"streams"}
    assert all(entry.consent is not None for entry in Settings.load({"dry_run": True, **recipe}).streams)


def test_every_tap_has_a_recipe_a_golden_file_and_its_ends() -> None:
    for folder in ("inputs", "recipes", "golden"):
        assert sorted(file.stem for file in (HERE / folder).iterdir()) == sorted(ENDS)


@pytest.mark.parametrize(
    ("written", "later"),
    [
        ("2026-11-20", "2026-12-20"),
        ("2026-11-20T10:30:00.123456Z", "2026-12-20T10:30:00.123456Z"),
        ("2026-11-26 13:54:25.123 +0000", "2026-12-26 13:54:25.123 +0000"),
        ("11/21/2026", "12/21/2026"),
        ("21.11.2026 14:30", "21.12.2026 14:30"),
        (1795170600123456, 1797762600123456),
        (1795170600, 1797762600),
        (46346, 46376),
        ("46348", "46378"),
        ("am Freitag", "am Freitag"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        (None, None),
        ("", ""),
    ],
)
def test_a_moved_time_keeps_its_spelling(written: object, later: object) -> None:
    assert moved(written, 30) == later
