"""Days and counts of a source, as people write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.cli.reconcile.source_values import day_of, orders_that_fit, whole_number

EPOCH = dt.date(1970, 1, 1).toordinal()


@given(st.integers(0, 9_999_999), st.sampled_from([",", ".", " ", "'", "\u00a0", "\u202f"]))
def test_a_count_is_the_same_with_marks_between_its_thousands_or_is_refused(number: int, mark: str) -> None:
    written = f"{number:,}".replace(",", mark)
    may_be_two = mark in ",." and 1000 <= number < 1_000_000 and number % 1000 == 0
    assert whole_number(written) == (None if may_be_two else number)
    assert whole_number(f"{number}.00") == whole_number(f"{number},0") == whole_number(number) == number


@pytest.mark.parametrize(
    "value", ["", "-1", "1.5", "1,5", "12,34", "1.0009", "1,00,000", "0x10", "nan", "1e99", True, None]
)
def test_what_is_no_whole_number_from_zero_on_is_no_count(value: object) -> None:
    assert whole_number(value) is None


@given(st.lists(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)), min_size=1, max_size=5))
def test_dates_are_read_in_the_order_that_fits_all_of_them(days: list[dt.date]) -> None:
    for form, order in (("%d.%m.%Y", "dmy"), ("%m/%d/%Y", "mdy"), ("%Y/%m/%d", "ymd"), ("%d %b %Y", "dmy")):
        written = [day.strftime(form) for day in days]
        fit = orders_that_fit(written)
        read = [[day_of(text, one) for text in written] for one in (*fit, order)]
        assert [day.toordinal() - EPOCH for day in days] in read
        assert len(fit) == 1 or form == "%m/%d/%Y"


@pytest.mark.parametrize(
    "value", ["2026-11-01", "20261101", "2026-11-01T23:59:59Z", "2026-11-01 00:00:00 UTC", "2026-11-01 00:00:00+14:00",
              dt.date(2026, 11, 1), dt.datetime(2026, 11, 1, 23, tzinfo=dt.UTC), "1.11.2026", "1. Nov 2026"],
)  # fmt: skip
def test_a_day_is_the_one_that_is_written_whatever_stands_behind_it(value: object) -> None:
    assert day_of(value, "dmy") == 20758


@pytest.mark.parametrize("value", ["2026-02-30", "2026-11-01banana", "31.02.2026", "yesterday", 20758, 46327.0, None])
def test_what_is_no_day_is_none(value: object) -> None:
    assert day_of(value, "dmy") is None
