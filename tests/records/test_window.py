from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
WINDOW = 90 * DAY - 5 * MINUTE
FUTURE = 300_000


def test_an_event_up_to_90_days_less_five_minutes_old_is_sent(stream: Callable[..., Any], now: int) -> None:
    orders = stream()
    assert orders.payload(happened_at=now - WINDOW)["conversionHappenedAt"] == now - WINDOW
    assert orders.skipped(happened_at=now - WINDOW - 1) == "too_old"


def test_an_older_one_is_rejected_where_that_is_asked_for(stream: Callable[..., Any], now: int) -> None:
    for strict in (stream(on_too_old="reject"), stream(settings={"on_too_old": "reject"})):
        assert strict.rejected(happened_at=now - WINDOW - 1) == ["too_old"]
    lenient = stream(on_too_old="skip", settings={"on_too_old": "reject"})
    assert lenient.skipped(happened_at=now - WINDOW - 1) == "too_old"


def test_an_event_a_little_ahead_is_sent_as_now(stream: Callable[..., Any], now: int) -> None:
    orders = stream()
    for ahead in (1, FUTURE):
        assert orders.payload(happened_at=now + ahead)["conversionHappenedAt"] == now
    assert orders.payload(happened_at=now)["conversionHappenedAt"] == now
    assert orders.rejected(happened_at=now + FUTURE + 1) == ["in_future"]


def test_how_far_ahead_is_a_setting(stream: Callable[..., Any], now: int) -> None:
    assert stream(settings={"max_future_seconds": 0}).rejected(happened_at=now + 1) == ["in_future"]
    wide = stream(settings={"max_future_seconds": "3600"})
    assert wide.payload(happened_at=now + 3_600_000)["conversionHappenedAt"] == now


def test_a_date_alone_is_the_end_of_the_day_or_now(stream: Callable[..., Any], now: int) -> None:
    orders = stream()
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    yesterday_ended = (now // DAY) * DAY - 1
    assert orders.payload(happened_at=today.isoformat())["conversionHappenedAt"] == now
    assert orders.payload(happened_at="2026-11-22")["conversionHappenedAt"] == yesterday_ended
    assert orders.rejected(happened_at="2026-11-24") == ["in_future"]


def test_today_is_the_zones_today(stream: Callable[..., Any]) -> None:
    auckland = stream(timezone="Pacific/Auckland")
    late = 1_795_432_800_000 + 8 * 3_600_000  # 2026-11-23T19:20:00Z, the 24th over there
    assert auckland.payload(late, happened_at="2026-11-24")["conversionHappenedAt"] == late
    assert stream().rejected(late, happened_at="2026-11-24") == ["in_future"]


@pytest.mark.parametrize("missing", [None, "", "  ", ...])
def test_a_missing_time_is_refused_and_never_now(stream: Callable[..., Any], missing: Any) -> None:
    assert stream().rejected(happened_at=missing) == ["no_time"]


@pytest.mark.parametrize("bad", ["yesterday", "2026-13-01", True, [], {"a": 1}, -1, "NaN"])
def test_an_unreadable_time_is_refused(stream: Callable[..., Any], bad: Any) -> None:
    assert stream().rejected(happened_at=bad) == ["bad_time"]


def test_a_stream_without_a_time_is_named_and_all_its_records_are_refused(stream: Callable[..., Any], now: int) -> None:
    for columns in (["created_at"], ["updated_at"], ["date"], ["timestamp"]):
        guessed = stream(columns, base={"id": 7, "email": "jane@example.com"})
        assert guessed.rejected(**{columns[0]: now}) == ["no_time"]
        assert any("fields.happened_at" in warning for warning in guessed.plan.warnings)


def test_not_before_skips_what_happened_earlier(stream: Callable[..., Any]) -> None:
    cutover = "2026-11-23T00:00:00Z"
    at = 1_795_392_000_000
    for orders in (stream(settings={"not_before": cutover}), stream(not_before=cutover)):
        assert orders.skipped(happened_at=at - 1) == "before_start"
        assert orders.event(happened_at=at).happened_at == at


def test_an_entrys_not_before_wins(stream: Callable[..., Any], now: int) -> None:
    orders = stream(not_before="2026-01-01", settings={"not_before": "2026-11-23T10:39:59.500Z"})
    assert orders.event(happened_at=now - DAY)
    assert stream(settings={"not_before": "2026-11-24"}).skipped() == "before_start"


def test_an_event_before_the_start_is_that_and_not_too_old(stream: Callable[..., Any], now: int) -> None:
    orders = stream(not_before="2026-11-01", on_too_old="reject")
    assert orders.skipped(happened_at=now - 200 * DAY) == "before_start"
