"""Dates as people write them, by the order of day and month that the entry names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records.timestamps import NOT_A_TIME, Times, milliseconds
from target_linkedin_conversions.records.written_dates import ORDERS, orders_of, written_date

MOMENT = datetime(2026, 2, 1, 14, 5)  # noqa: DTZ001 - as it is written, without a zone
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "order", "found"),
    [
        ("01.02.2026 14:05", "dmy", MOMENT),
        ("02/01/2026 02:05 PM", "mdy", MOMENT),
        ("2/1/2026, 2:05 PM", "mdy", MOMENT),
        ("02/01/2026 2:05:00 p.m.", "mdy", MOMENT),
        ("1.2.26 14:05", "dmy", MOMENT),
        ("01. 02. 2026 14.05 Uhr", "dmy", MOMENT),
        ("2026/02/01 14:05:00", "dmy", MOMENT),
        ("26-02-01 14:05", "ymd", MOMENT),
        ("Feb 1, 2026 2:05:00 PM", "dmy", MOMENT),
        ("Sunday, February 1, 2026 at 2:05 PM", "dmy", MOMENT),
        ("1. Februar 2026 um 14:05 Uhr", "mdy", MOMENT),
        ("01-Feb-2026 14:05", "mdy", MOMENT),
        ("01.02.2026T14:05:00.000+01:00", "dmy", datetime(2026, 2, 1, 13, 5, tzinfo=UTC)),
        ("2/1/2026 12:00 AM", "mdy", datetime(2026, 2, 1)),  # noqa: DTZ001
        ("01.02.2026", "dmy", date(2026, 2, 1)),
        ("02/01/2026", "mdy", date(2026, 2, 1)),
        ("1 März 2026", "dmy", date(2026, 3, 1)),
        ("01-FEB-26 02.05.00.000000 PM", "dmy", MOMENT),
        ("01-FEB-26 03.05.00.000000000 PM +01:00", "dmy", datetime(2026, 2, 1, 14, 5, tzinfo=UTC)),
        ("01-FEB-26", "dmy", date(2026, 2, 1)),
        ("Sun Feb  1 14:05:00 2026", "dmy", MOMENT),
        ("Sun Feb 01 14:05:00 UTC 2026", "dmy", datetime(2026, 2, 1, 14, 5, tzinfo=UTC)),
        (
            "Sun Feb 01 2026 15:05:00 GMT+0100 (Central European Standard Time)",
            "mdy",
            datetime(2026, 2, 1, 14, 5, tzinfo=UTC),
        ),
        ("Sunday, 01-Feb-26 14:05:00 GMT", "dmy", datetime(2026, 2, 1, 14, 5, tzinfo=UTC)),
        ("Feb  1 2026  2:05PM", "mdy", MOMENT),
        ("Feb  1 2026  2:05:00:000PM", "mdy", MOMENT),
        ("01/Feb/2026 14:05:00", "dmy", MOMENT),
        ("February 1st, 2026", "mdy", date(2026, 2, 1)),
        ("2nd March 2026", "dmy", date(2026, 3, 2)),
        ("2026/02/01 2:05:00 PM GMT+1", "dmy", datetime(2026, 2, 1, 13, 5, tzinfo=UTC)),
        ("2026/02/01 2:05:00 PM UTC-10", "dmy", datetime(2026, 2, 2, 0, 5, tzinfo=UTC)),
        ("01/02/2026 2:05 p. m.", "dmy", MOMENT),
        ("1 f\u00e9vrier 2026 \u00e0 14:05", "mdy", MOMENT),
        ("1 de febrero de 2026 a las 14:05", "mdy", MOMENT),
        ("5 ao\u00fbt 2026", "dmy", date(2026, 8, 5)),
        ("20 juin 2026", "dmy", date(2026, 6, 20)),
        ("20 juillet 2026", "dmy", date(2026, 7, 20)),
        ("3 de enero de 2026", "dmy", date(2026, 1, 3)),
        ("2026\u5e742\u67081\u65e5 14:05", "ymd", MOMENT),
        ("2026. 2. 1.", "ymd", date(2026, 2, 1)),
        ("20 Foo 2026", "dmy", None),
        ("soon", "dmy", None),
        ("1.2", "dmy", None),
        ("12,50", "dmy", None),
    ],
)
def test_a_date_is_read_by_its_order(text: str, order: str, found: object) -> None:
    assert written_date(text, order) == found


@pytest.mark.parametrize("text", ["31.02.2026", "13/13/2026", "1/1/2026 13:00 PM", "1/1/2026 25:00"])
def test_no_calendar_has_such_a_day(text: str) -> None:
    assert Times(UTC, date_order="dmy").read(text) is NOT_A_TIME


def test_the_order_that_is_named_is_never_turned_round() -> None:
    assert Times(UTC, date_order="dmy").read("11/20/2026") is NOT_A_TIME
    assert Times(UTC, date_order="mdy").read("20.11.2026") is NOT_A_TIME


@given(st.datetimes(datetime(2004, 1, 1), datetime(2099, 1, 1)), st.sampled_from(ORDERS), st.sampled_from("./-"))  # noqa: DTZ001
def test_whatever_is_written_in_an_order_is_read_in_it(moment: datetime, order: str, between: str) -> None:
    moment = moment.replace(microsecond=0)
    day = between.join({"d": "%d", "m": "%m", "y": "%Y"}[letter] for letter in order)
    text = moment.strftime(f"{day} %H:%M:%S")
    assert written_date(text, order) == moment
    assert order in orders_of(text) or between == "."
    assert Times(BERLIN, date_order=order).read(text) == milliseconds(moment.isoformat(), BERLIN)


@given(st.datetimes(datetime(2004, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)), st.sampled_from(ORDERS))  # noqa: DTZ001
def test_what_is_read_without_an_order_is_read_alike_with_one(moment: datetime, order: str) -> None:
    for text in (moment.isoformat(), moment.strftime("%Y-%m-%d"), str(int(moment.timestamp())), "", "n/a"):
        assert Times(BERLIN, date_order=order).read(text) == milliseconds(text, BERLIN)


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("01.02.2026", {"dmy"}),
        ("01/02/2026", {"dmy", "mdy"}),
        ("20/11/2026", {"dmy"}),
        ("11/20/2026", {"mdy"}),
        ("2026/11/20", set(ORDERS)),
        ("Nov 20, 2026", set(ORDERS)),
        ("2026-11-20T10:00:00Z", set(ORDERS)),
        ("1790000000", set()),
        ("soon", set()),
    ],
)
def test_the_orders_that_a_text_may_be_in(text: str, orders: set[str]) -> None:
    assert orders_of(text) == orders


def test_a_text_says_whether_its_zone_is_open() -> None:
    times = Times(date_order="dmy")
    assert all(map(times.leaves_zone_open, ("01.02.2026", "2026-02-01 10:00", "20261120", 46000.5)))
    assert not any(map(times.leaves_zone_open, ("2026-02-01T10:00Z", "1790000000", 1_790_000_000_000, "soon", None)))
