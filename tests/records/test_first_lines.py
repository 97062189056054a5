"""What makes plain values fast are the first lines of a rule; they say what its other lines say."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from target_linkedin_conversions.records import normalise, timestamps
from target_linkedin_conversions.records.cache import LONGEST, MOST, Cache, cached
from target_linkedin_conversions.records.money import Amounts
from target_linkedin_conversions.records.normalise import names
from target_linkedin_conversions.records.unescaped import unescaped

ADDRESSES = st.from_regex(r"\A\s?[A-Za-z0-9._%+'-]{1,12}@[A-Za-z0-9-]{1,8}(\.[A-Za-z0-9-]{1,5}){1,3}\s?\Z")
NAMES = st.from_regex(r"\A[A-Za-z\u00e4\u00f6\u017f]{0,8}['-]?[A-Za-z]{0,8}['-]?[a-z]{0,3}\Z") | st.text(max_size=12)
AMOUNTS = st.from_regex(r"\A[0-9]{1,20}(\.[0-9]{0,12})?\Z")
MOMENTS = st.datetimes(datetime(2003, 1, 3), datetime(2100, 1, 1))  # noqa: DTZ001 - zones are drawn beside them
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")])


@given(written=ADDRESSES)
@example(written="0%00@0.AA")
@example(written="jane%2Bads@example.com")
@example(written="%ff@example.com")
def test_an_email_is_hashed_as_it_is_normalised(written: str) -> None:
    # A percent sign and two digits of hex may be a character that a URL escapes.
    address = normalise.normal_email(unescaped(written)[-1].strip()) or normalise.normal_email(written)
    assert normalise.email(written) == (sha256(address.encode()).hexdigest() if address else normalise.email("a@b@c"))


@given(name=NAMES)
def test_a_name_of_letters_is_what_the_whole_rule_makes_of_it(name: str) -> None:
    assert normalise.normal_name(name) == names._unusual_name(name)  # noqa: SLF001 - the rule without its first lines


@given(name=NAMES)
def test_a_name_is_the_same_however_its_accents_are_written(name: str) -> None:
    assert normalise.normal_name(unicodedata.normalize("NFD", name)) == normalise.normal_name(name)


@given(written=AMOUNTS)
def test_an_amount_is_the_same_as_text_and_as_a_number(written: str) -> None:
    exact = Decimal(written)
    assert (
        Amounts().read(written)
        == Amounts().read(f" {written}")
        == Amounts().read(exact)
        == Amounts().read(f"+{written}")
    )
    found = Amounts().read(written)
    assert not isinstance(found, str) or Decimal(found) == exact


@given(moment=MOMENTS, zone=ZONES, offset=st.none() | st.integers(-14 * 60, 14 * 60))
def test_a_time_is_the_same_however_it_is_written(moment: datetime, zone: Any, offset: int | None) -> None:
    if offset is not None:
        moment = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(UTC).replace(tzinfo=_fixed(offset))
    written = moment.isoformat()
    whole = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    expected = (whole - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    ways = [written, f" {written} ", written.replace("T", " "), moment]
    assert [timestamps.milliseconds(way, zone) for way in ways] == [expected] * len(ways)


def _fixed(minutes: int) -> Any:
    return datetime.strptime(f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}", "%z").tzinfo


@pytest.mark.parametrize("number", [10**11 - 1, 10**11, 10**14 - 1, 10**14, 0, 20_261_123])
def test_a_number_is_the_same_time_as_its_text(number: int) -> None:
    assert timestamps.milliseconds(number, UTC) == timestamps.milliseconds(str(number), UTC)


# The cache


def test_few_texts_are_remembered_and_no_long_one() -> None:
    asked: list[object] = []

    def capitals(text: Any) -> str:
        asked.append(text)
        return str(text).upper()

    cache: Cache[str] = Cache(capitals)
    texts = [f"text {number}" for number in range(2 * MOST + 9)]
    assert [cache[text] for text in texts] == [text.upper() for text in texts]
    assert sum(text in cache for text in texts) == 9
    long = "x" * (LONGEST + 1)
    assert cache[long] == long.upper()
    assert long not in cache


def test_only_texts_are_remembered() -> None:
    kinds = cached(lambda value: f"{type(value).__name__} {value}")
    values: list[Any] = [1, True, 1.0, Decimal(1), "1", None, [1], {"a": 1}]
    assert [kinds(value) for value in values] == [kinds(value) for value in values]
    assert [kinds(value).split()[0] for value in values[:5]] == ["int", "bool", "float", "Decimal", "str"]
