from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from target_linkedin_conversions.records.timestamps import NOT_A_TIME, Times, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = 1_793_534_400_000  # 2026-11-01T12:00:00Z
HOUR = 3_600_000
DAY = 24 * HOUR
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-01T12:00:00Z",
        "2026-11-01T12:00:00z",
        "2026-11-01t12:00:00Z",
        "2026-11-01 12:00:00Z",
        " 2026-11-01T12:00:00Z\n",
        "2026-11-01T12:00:00+00:00",
        "2026-11-01T12:00:00-00:00",
        "2026-11-01T13:00:00+01:00",
        "2026-11-01T13:00:00+0100",
        "2026-11-01T13:00:00+01",
        "2026-11-01 06:30:00-05:30",
        "2026-11-01 12:00:00+00",
        "2026-11-01 12:00:00 +0000",
        "2026-11-01 12:00:00 UTC",
        "2026-11-01 12:00:00 utc",
        "2026-11-01 12:00:00 GMT",
        "2026-11-01T12:00:00.000Z",
        "2026-11-01T12:00:00.000000+00:00",
        "2026-11-01 12:00:00.000000 UTC",
        "2026-11-01T12:00:00.000000000Z",
        "2026-11-01T12:00:00",
        "2026-11-01 12:00:00",
        "2026-11-01T12:00",
        "20261101T120000Z",
        "1793534400",
        "1793534400000",
        "1793534400000000",
        "1793534400.0",
        "1793534400000.0",
        1793534400,
        1793534400000,
        1793534400000000,
        1793534400.0,
        Decimal(1793534400),
        Decimal("1793534400.000"),
        Decimal("1.7935344E+9"),
        Decimal("1793534400000.5"),
        datetime(2026, 11, 1, 12, tzinfo=UTC),
        datetime(2026, 11, 1, 13, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 1, 12),  # noqa: DTZ001 - a driver may hand over a time without a zone
    ],
)
def test_every_spelling_of_one_moment_is_read_alike(written: Any) -> None:
    assert milliseconds(written, UTC) == NOON


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-11-01 12:00 PM", 12),
        ("2026-11-01 12:00 AM", 0),
        ("2026-11-01 04:00:00 pm", 16),
        ("2026-11-01T4:00 PM", 16),
        ("2026-11-01 11:00PM", 23),
    ],
)
def test_a_clock_of_twelve_hours_may_stand_behind_the_day(written: str, hour: int) -> None:
    assert milliseconds(written, UTC) == NOON + (hour - 12) * HOUR
    assert Times(date_order="mdy").read(written) == NOON + (hour - 12) * HOUR
    assert milliseconds(written.replace("-01", "-31", 1), UTC) is NOT_A_TIME


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-01T12:00:00.123Z",
        "2026-11-01T12:00:00.123456Z",
        "2026-11-01T12:00:00.123999999Z",
        "2026-11-01 12:00:00.123456 UTC",
        "1793534400.123",
        "1793534400123",
        "1793534400123999",
        1793534400123999,
        Decimal("1793534400.1239"),
        Decimal("1793534400123999.5"),
        1793534400.123,
    ],
)
def test_what_is_finer_than_a_millisecond_is_cut(written: Any) -> None:
    assert milliseconds(written, UTC) == NOON + 123


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (10**11 - 1, (10**11 - 1) * 1000),
        (10**11, NOT_A_TIME),
        (10**14 - 1, 10**14 - 1),
        (10**14, NOT_A_TIME),
        (10**17, NOT_A_TIME),
    ],
)
def test_an_epoch_number_is_told_by_its_size(number: int, expected: object) -> None:
    assert milliseconds(number, UTC) == milliseconds(str(number), UTC) == milliseconds(Decimal(number), UTC) == expected


@pytest.mark.parametrize(
    "number", [20261301, 20260230, 21000101, 19891231, 1_041_379_199, 1_041_379_199_999, 12052, 73051]
)
def test_what_would_lie_before_2003_was_read_wrongly(number: int) -> None:
    assert milliseconds(number, UTC) is milliseconds(str(number), UTC) is NOT_A_TIME
    assert Times().day(number) is None or number < 73_051


DAY_OF_DEMO = "2026-11-26"


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("2026-11-26 13:54:25.123 +0000", "2026-11-26T13:54:25.123Z"),
        ("2026-11-26 13:54:25.123456789 +00:00", "2026-11-26T13:54:25.123Z"),
        ("2026-11-26 13:54:25.1 +01", "2026-11-26T12:54:25.1Z"),
        ("2026-11-26 13:54:25 -0530", "2026-11-26T19:24:25Z"),
        ("2026-11-26 13:54 UTC", "2026-11-26T13:54:00Z"),
        ("2026-11-26T13:54:25.5z", "2026-11-26T13:54:25.5Z"),
        ("202611261341", "2026-11-26T13:41:00Z"),
        (202611261341, "2026-11-26T13:41:00Z"),
        ("2026112613", "2026-11-26T13:00:00Z"),
        (2026112613, "2026-11-26T13:00:00Z"),
        ("20261126134105", "2026-11-26T13:41:05Z"),
        (20261126134105, "2026-11-26T13:41:05Z"),
        ("46352.57", "2026-11-26T13:40:48Z"),
        (46352.57, "2026-11-26T13:40:48Z"),
        (Decimal("46352.5"), "2026-11-26T12:00:00Z"),
        (46352, DAY_OF_DEMO),
        ("46352", DAY_OF_DEMO),
        (20783, DAY_OF_DEMO),
        ("20783", DAY_OF_DEMO),
        ("1.795701E9", "2026-11-26T13:50:00Z"),
        ("1.795701e12", "2026-11-26T13:50:00Z"),
        (1.795701e9, "2026-11-26T13:50:00Z"),
        ("20261126", DAY_OF_DEMO),
        ("20261126134105Z", "2026-11-26T13:41:05Z"),
        ("20261126134105+0100", "2026-11-26T12:41:05Z"),
        ("20261126134105.5-0800", "2026-11-26T21:41:05.5Z"),
        ("20261126134105.123", "2026-11-26T13:41:05.123Z"),
        (20261126134105.5, "2026-11-26T13:41:05.5Z"),
        ("20261126134105123", "2026-11-26T13:41:05.123Z"),
        (20261126134105123, "2026-11-26T13:41:05.123Z"),
        ("2026-11-26+01:00", DAY_OF_DEMO),
        ("2026-11-26-08:00", DAY_OF_DEMO),
        ("2026-11-26Z", DAY_OF_DEMO),
        ("2026-11-26  13:54:25", "2026-11-26T13:54:25Z"),
        ("2026-11-26\t13:54:25", "2026-11-26T13:54:25Z"),
        ("2026-11-26 9:05", "2026-11-26T09:05:00Z"),
        ("2026-11-6 9:05:00", "2026-11-06T09:05:00Z"),
        ("2026-11-26 13:54:25.5 +0000 UTC", "2026-11-26T13:54:25.5Z"),
        ("2026-11-26 13:54:25.5 -0300 -03", "2026-11-26T16:54:25.5Z"),
        ("2026-11-26 13:54:25 +0530 +0530", "2026-11-26T08:24:25Z"),
        ("2026-11-26 13:54:25.123 +0100 CET m=+0.000123456", "2026-11-26T12:54:25.123Z"),
        ("2026-11-26 13.54", "2026-11-26T13:54:00Z"),
        ("2026-11-26T9.05", "2026-11-26T09:05:00Z"),
        ("2026-11-26 13.54Z", "2026-11-26T13:54:00Z"),
        ("2026-11-26 13.54+01:00", "2026-11-26T12:54:00Z"),
        ("2026-11-26T13:54:25+01:00[Europe/Berlin]", "2026-11-26T12:54:25Z"),
        ("2026-11-26T13:54:25Z[UTC]", "2026-11-26T13:54:25Z"),
        ("2026-11-26 13:54:25 UTC+01:00", "2026-11-26T12:54:25Z"),
        ("2026-11-26-13.54.25.123456", "2026-11-26T13:54:25.123Z"),
        ("2026-11-26 13.54.25", "2026-11-26T13:54:25Z"),
        ("2026-W48-4T13:54:25Z", "2026-11-26T13:54:25Z"),
        ("20261126 135425", "2026-11-26T13:54:25Z"),
        ("/Date(1795701265123)/", "2026-11-26T13:54:25.123Z"),
        (r"\/Date(1795701265123+0100)\/", "2026-11-26T13:54:25.123Z"),
        (1_795_701_265_123_456_789, "2026-11-26T13:54:25.123Z"),
        ("1795701265123456789", "2026-11-26T13:54:25.123Z"),
    ],
    ids=repr,
)
def test_times_as_warehouses_and_sheets_write_them(written: Any, same: str) -> None:
    assert milliseconds(written, UTC) == milliseconds(same, UTC)


@pytest.mark.parametrize("zeros", ["0000-00-00 00:00:00", "0000-00-00", "0", "00000000", 0, "0000-00-00T00:00:00Z"])
def test_a_date_of_zeros_is_nothing(zeros: Any) -> None:
    assert milliseconds(zeros, UTC) is None


def test_a_format_of_its_own_is_read_in_the_zone_of_its_stream() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    times = Times(berlin, ("%m/%d/%Y", "%d.%m.%Y %H:%M"))
    assert times.read("11/21/2026") == milliseconds("2026-11-21", berlin)
    assert times.day("11/21/2026") == date(2026, 11, 21)
    assert times.read(" 21.11.2026 13:54 ") == milliseconds("2026-11-21T13:54", berlin)
    assert times.read("2026-11-21T13:54Z") == milliseconds("2026-11-21T13:54Z", UTC)
    assert times.read("21/11/2026") is NOT_A_TIME
    assert times.read("") is None


def test_the_clock_counts_as_it_is_written_where_the_offset_is_ignored() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    times = Times(berlin, ignore_offset=True)
    for written in (
        "2026-11-21T13:54:00+00:00",
        "2026-11-21 13:54:00Z",
        "2026-11-21T13:54",
        "2026-11-21 13:54:00 +0530",
    ):
        assert times.read(written) == milliseconds("2026-11-21T13:54:00+01:00", UTC)


@pytest.mark.parametrize("extreme", [datetime.min, datetime.max, date.min])  # noqa: DTZ901 - without a zone on purpose
def test_the_ends_of_the_calendar_raise_nothing(extreme: date) -> None:
    for zone in (UTC, BERLIN, ZoneInfo("Pacific/Auckland")):
        found = milliseconds(extreme, zone)
        assert found is NOT_A_TIME or isinstance(found, int)


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_time_is_none(empty: Any) -> None:
    assert milliseconds(empty, UTC) is None


@pytest.mark.parametrize(
    "bad",
    [
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "2026-11-01T25:00:00Z",
        "2026-11-01T12:00:00 CET",
        "01.11.2026",
        "11/01/2026",
        "2026-11",
        "-5",
        "-0.5",
        "--5",
        "1.2.3",
        "1e9",
        "NaN",
        "Infinity",
        "\u0661\u0662",
        "9" * 5000,
        -1,
        10**17,
        10**400,
        str(10**17),
        -0.5,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+9999999"),
        Decimal("-1E+9999999"),
        Decimal("-0.5"),
        True,
        False,
        [],
        ["2026-11-01"],
        {"at": NOON},
        "9999-12-31",
        date.max,
        "\0",
    ],
)
def test_what_is_no_time_is_refused_and_never_raises(bad: Any) -> None:
    assert milliseconds(bad, UTC) is NOT_A_TIME


def test_a_time_without_a_zone_is_in_the_entrys(stream: Callable[..., Any]) -> None:
    berlin = stream(timezone="Europe/Berlin")
    assert berlin.payload(happened_at="2026-11-20T12:00:00")["conversionHappenedAt"] == NOON + 19 * DAY - HOUR
    assert berlin.payload(happened_at="2026-11-20T12:00:00Z")["conversionHappenedAt"] == NOON + 19 * DAY
    assert stream().payload(happened_at="2026-11-20T12:00:00")["conversionHappenedAt"] == NOON + 19 * DAY


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-10-24T12:00:00", "2026-10-24T10:00:00Z"),
        ("2026-10-25T12:00:00", "2026-10-25T11:00:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),  # twice on the clock: the first counts
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),  # never on the clock: read as before the change
    ],
)
def test_summer_time_is_heeded(written: str, utc: str) -> None:
    assert milliseconds(written, BERLIN) == milliseconds(utc, UTC)


@pytest.mark.parametrize("written", ["2026-11-01", " 2026-11-01 ", date(2026, 11, 1), 20261101, "20261101"])
def test_a_date_alone_is_the_end_of_that_day(written: Any) -> None:
    assert milliseconds(written, UTC) == NOON + 12 * HOUR - 1
    assert (day := Times().day(written))
    assert Times().starts(day) == NOON - 12 * HOUR


@pytest.mark.parametrize(
    ("day", "end"), [("2026-10-25", "2026-10-25T23:00:00Z"), ("2026-03-29", "2026-03-29T22:00:00Z")]
)
def test_the_end_of_a_day_is_that_of_its_zone_also_when_the_clock_changes(day: str, end: str) -> None:
    found, expected = milliseconds(day, BERLIN), milliseconds(end, UTC)
    assert isinstance(found, int)
    assert found + 1 == expected


@pytest.mark.parametrize(
    "written", ["2026-11-01T12:00:00Z", NOON, "1793534400", None, "x", [], datetime(2026, 11, 1, tzinfo=UTC)]
)
def test_what_says_more_than_the_day_has_no_start(written: Any) -> None:
    assert Times().day(written) is None


@pytest.mark.parametrize("day", ["2026-W47-5", "2026W475", " 2026-W47-5 ", "2026-11-20"])
def test_a_day_of_a_week_is_the_end_of_that_day(day: str) -> None:
    assert milliseconds(day) == milliseconds("2026-11-20T23:59:59.999Z")


@pytest.mark.parametrize("epoch", [1_795_701_000, "1795701000", 1_795_701_000_000, "1.795701E9", 1795701000.0])
def test_a_number_from_an_epoch_has_no_offset_to_ignore(epoch: object) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert Times(berlin, ignore_offset=True).read(epoch) == 1_795_701_000_000
    assert Times(berlin, ("%d.%m.%Y",), ignore_offset=True).read(epoch) == 1_795_701_000_000


@pytest.mark.parametrize("nothing", ["null", "NULL", "#N/A", "NaT", "n/a", "(not set)", "undefined", "", "0000-00-00"])
def test_a_placeholder_is_no_time_rather_than_a_bad_one(nothing: str) -> None:
    assert milliseconds(nothing) is None
    assert Times(formats=("%d.%m.%Y",)).read(nothing) is None


@pytest.mark.parametrize(
    "written",
    ["2026-11-26x13:54", "2026-11-2613:54:25", "2026-11-26T-05:00", "202611261", "20261126 1", "20261126x135425Z"],
)
def test_only_a_t_or_white_space_stands_between_a_day_and_its_clock(written: str) -> None:
    assert milliseconds(written) is NOT_A_TIME


@pytest.mark.parametrize("ticks", [134_396_478_000_000_000, 639_312_000_000_000_000, "639312000000000000"])
def test_what_is_counted_from_another_epoch_is_refused(ticks: object) -> None:
    assert milliseconds(ticks) is NOT_A_TIME
