"""The zone of times without one, in every spelling of an offset that programs write."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.time_zones import _REGIONS, read_timezone, zone_named

OFFSETS = st.tuples(st.sampled_from("+-"), st.integers(0, 13), st.sampled_from([0, 15, 30, 45]))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("+01:00", "+01:00"),
        ("+0100", "+01:00"),
        ("+01", "+01:00"),
        ("+1", "+01:00"),
        ("UTC+1", "+01:00"),
        ("utc+01:00", "+01:00"),
        ("GMT+1", "+01:00"),
        ("GMT -5", "-05:00"),
        ("-03:30", "-03:30"),
        ("\u221208:00", "-08:00"),
        ("+05:45", "+05:45"),
        ("+14:00", "+14:00"),
        ("Z", "UTC"),
        ("+00:00", "UTC"),
        ("UTC", "UTC"),
        ("utc", "UTC"),
        ("Gmt", "UTC"),
        (" Europe/Berlin ", "Europe/Berlin"),
        ("(GMT+01:00) Central European Standard Time (Europe/Berlin)", "Europe/Berlin"),
        ("(GMT-05:00) Eastern Standard Time (America/New_York)", "America/New_York"),
    ],
)
def test_a_zone_is_read_as_programs_write_it(written: str, name: str) -> None:
    assert read_timezone(written, "timezone") == name


@given(OFFSETS, st.sampled_from(["", "UTC", "GMT "]), st.sampled_from(["", ":"]))
def test_an_offset_is_the_one_that_is_written(offset: tuple[str, int, int], before: str, colon: str) -> None:
    sign, hours, minutes = offset
    name = read_timezone(f"{before}{sign}{hours:02}{colon}{minutes:02}", "timezone")
    expected = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    assert zone_named(name).utcoffset(None) == expected
    assert read_timezone(name, "timezone") == name


@pytest.mark.parametrize(
    "written", ["+15:00", "-14:30", "+01:60", "UTC+", "01:00", "0100", "+1:2", "UTC1", "CEST", "(GMT+01:00)", "+99"]
)
def test_what_is_neither_is_refused_and_says_what_to_write(written: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_timezone(written, "--timezone")
    assert "Europe/Berlin" in str(error.value) or "did you mean" in str(error.value)


@pytest.mark.parametrize("number", [600, -320, 1, -5, -600, 64, 1.5])
def test_an_offset_that_yaml_has_made_a_number_of_is_to_be_written_in_quotes(number: float) -> None:
    with pytest.raises(ConfigError, match=r'in quotes: timezone: "\+01:00"'):
        read_timezone(number, "timezone")


def test_every_region_of_a_zone_in_words_is_one() -> None:
    assert {read_timezone(region, "timezone") for region in _REGIONS.values()} == set(_REGIONS.values())
