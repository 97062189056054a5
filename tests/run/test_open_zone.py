"""Times that name no zone are read as UTC's, and said to be, once a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.run.preview.preview import Previewing
from target_linkedin_conversions.settings import Settings
from tests.readiness.table import CONFIG, ENTRY, NOW, clean
from tests.run.test_findings import report_of

if TYPE_CHECKING:
    from pathlib import Path

CLOCKS = [
    ("2026-11-20T12:00:00", {}, 1),
    ("2026-11-20 12:00", {}, 1),
    ("20.11.2026 12:00", {"date_order": "dmy"}, 1),
    ("2026-11-20T12:00:00Z", {"ignore_offset": True, "timezone": "Europe/Berlin"}, 0),
    ("2026-11-20T12:00:00", {"timezone": "UTC"}, 0),
    ("2026-11-20T12:00:00", {"timezone": "Europe/Berlin"}, 0),
    ("2026-11-20T12:00:00+01:00", {}, 0),
    ("2026-11-20", {}, 0),
    (1795170600, {}, 0),
    ("", {}, 0),
    ("soon", {}, 0),
]


def told(warnings: list[str]) -> list[str]:
    return [warning for warning in warnings if "no time zone" in warning]


def rows_of(time: object) -> list[dict[str, Any]]:
    return [{**clean(0), "closed_at": ""}, *({**clean(number), "closed_at": time} for number in range(1, 5))]


@pytest.mark.parametrize(("time", "keys", "expected"), CLOCKS)
def test_a_run_says_once_that_a_clock_without_a_zone_is_utc_s(
    tmp_path: Path, time: object, keys: dict[str, Any], expected: int
) -> None:
    found = told(report_of(tmp_path, rows_of(time), **keys).warnings)
    assert len(found) == expected
    assert all("leads" in one and "closed_at" in one and "timezone: UTC" in one for one in found)


@pytest.mark.parametrize(("time", "keys", "expected"), CLOCKS)
def test_a_preview_says_so_too(time: object, keys: dict[str, Any], expected: int) -> None:
    previewing = Previewing(Settings.load({**CONFIG, "streams": [{**ENTRY, **keys}]}), NOW)
    rows = rows_of(time)
    previewing.schema("leads", {"properties": {name: {} for name in rows[0]}}, ("id",))
    for row in rows:
        previewing.record("leads", row)
    assert len(told(previewing.result().warnings)) == expected
