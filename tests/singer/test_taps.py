"""What taps of three sources write, and the payloads that then arrive: byte for byte.

The clocks of target and sandbox stand still in November 2026, so the files keep their times.
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.singer.target import TargetLinkedInConversions
from tests.singer.pipe import ends_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_795_410_000_000  # 2026-11-23T05:00:00Z
INPUTS = Path(__file__).parent / "inputs"

SOURCES: dict[str, dict[str, Any]] = {
    "postgres": {
        "stream": "public-crm_stage_changes",
        "conversion_rule": {
            "column": "stage",
            "rules": [
                {"when": "MQL", "rule": 101},
                {"when": ["SQL", "sales qualified"], "rule": 102},
                {"when": "closed_won", "rule": [103, {"rule": 104, "value": False}]},
                {"when": "lost", "skip": True},
            ],
        },
        "fields": {
            "email": ["work_email", "private_email"],
            "first_name": "first_name",
            "last_name": "last_name",
            "company": "account.name",
            "country": "country",
            "value": "deal_eur",
            "lead": "lead_gen_response",
            "happened_at": "changed_at",
        },
        "constants": {"currency": "EUR"},
        "consent": {"column": "ads_consent", "granted": [True, "granted"]},
        "key": ["deal_id"],
    },
    "bigquery": {
        "stream": "analytics-*",
        "conversion_rule": 103,
        "fields": {
            "email": "user.email_sha256",
            "ip_address": "user.geo.ip",
            "li_fat_id": "page_location",
            "happened_at": ["event_timestamp", "ingested_at"],
            "value": "ecommerce.revenue",
            "currency": "ecommerce.currency",
            "event_id": "event_key",
        },
        "consent": {"not_required": "an invented shop"},
    },
    "csv": {
        "stream": "offline_leads",
        "conversion_rule": 101,
        "fields": {"li_fat_id": "Click ID"},
        "consent": {"column": "Consent", "granted": "yes"},
        "timezone": "Europe/Berlin",
        "decimal_comma": True,
    },
}

ENDS = {
    "postgres": {
        "delivered": 6,
        "skipped:stage_skipped": 1,
        "skipped:no_consent": 1,
        "skipped:too_old": 1,
        "skipped:deleted": 1,
        "rejected:unknown_rule_value": 1,
        "rejected:no_identifier": 1,
    },
    "bigquery": {"delivered": 4, "rejected:no_identifier": 1},
    "csv": {
        "delivered": 5,
        "already_delivered": 1,
        "rejected:bad_time": 1,
        "rejected:no_identifier": 1,
        "skipped:no_consent": 1,
    },
}


class Standing(Clock):
    """A clock that stands still."""

    def now(self) -> int:
        return NOW


@pytest.fixture
def standing() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW) as linkedin:
        yield linkedin


def deliver(source: str, linkedin: Sandbox, folder: Path, **settings: Any) -> tuple[list[str], dict[str, Any]]:
    """The STATE lines and the report of a run over a source's file."""
    config = {
        "api_url": linkedin.url,
        "oauth_url": linkedin.url,
        "access_token": "sandbox-token",
        "state_dir": str(folder),
        "preflight": False,
        "state_interval_seconds": 0,
        "streams": [SOURCES[source]],
        **settings,
    }
    out = io.StringIO()
    with (INPUTS / f"{source}.singer").open("rb") as lines, contextlib.redirect_stdout(out):
        TargetLinkedInConversions(config=config, clock=Standing()).listen(lines)  # type: ignore[arg-type]  # bytes are read too
    return out.getvalue().splitlines(), json.loads((folder / "runs" / "last.json").read_bytes())


def in_order(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda event: (event["conversionHappenedAt"], event["conversion"]))


@pytest.mark.parametrize("source", SOURCES)
def test_the_payloads_that_arrive_are_the_golden_ones(source: str, standing: Sandbox, tmp_path: Path) -> None:
    deliver(source, standing, tmp_path)
    golden = [json.loads(line) for line in (INPUTS / f"{source}.golden.jsonl").read_text().splitlines()]
    assert in_order(standing.received) == golden
    assert standing.summary()["lint"] == []


@pytest.mark.parametrize("source", SOURCES)
def test_every_row_ends_as_it_should(source: str, standing: Sandbox, tmp_path: Path) -> None:
    states, report = deliver(source, standing, tmp_path)
    assert ends_of(report) == ENDS[source]
    lines = [json.loads(line) for line in (INPUTS / f"{source}.singer").read_text().splitlines()]
    assert report["records"] == sum(line["type"] == "RECORD" for line in lines)
    last = [line["value"] for line in lines if line["type"] == "STATE"][-1:]
    assert [json.loads(line) for line in states[-1:]] == last


@pytest.mark.parametrize("source", SOURCES)
def test_stream_maps_that_change_nothing_change_no_payload(source: str, standing: Sandbox, tmp_path: Path) -> None:
    maps = {SOURCES[source]["stream"]: {"_note": "'x'"}}
    deliver(source, standing, tmp_path, stream_maps=maps)
    golden = [json.loads(line) for line in (INPUTS / f"{source}.golden.jsonl").read_text().splitlines()]
    assert in_order(standing.received) == golden
