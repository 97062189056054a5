"""Times as mails, browsers, servers, MongoDB and people of many languages write them: read in one way, or refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records.calendar_words import month_of
from target_linkedin_conversions.records.timestamps import NOT_A_TIME, Times, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

BERLIN = ZoneInfo("Europe/Berlin")
MOMENT = milliseconds("2026-11-26T13:41:00Z")
MOMENTS = st.datetimes(datetime(2004, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001 - the offset comes to it
    lambda moment: moment.replace(microsecond=0)
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


MACHINES: dict[str, Callable[[datetime], str]] = {
    "RFC 2822": format_datetime,
    "RFC 2822 without its weekday": lambda moment: format_datetime(moment).split(", ")[1],
    "JavaScript": lambda moment: moment.strftime("%a %b %d %Y %H:%M:%S GMT%z (CET)"),
    "JavaScript's UTC": lambda moment: moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
    "C": lambda moment: moment.astimezone(UTC).strftime("%a %b %d %H:%M:%S %Y"),
    "Java": lambda moment: moment.astimezone(UTC).strftime("%a %b %d %H:%M:%S UTC %Y"),
    "a web server's log": lambda moment: moment.strftime("%d/%b/%Y:%H:%M:%S %z"),
    "SAS": lambda moment: moment.astimezone(UTC).strftime("%d%b%Y:%H:%M:%S").upper(),
    "SQL Server": lambda moment: moment.astimezone(UTC).strftime("%b %d %Y %I:%M:%S%p"),
    "Go": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S %z ABC"),
    "year first, with strokes": lambda moment: moment.strftime("%Y/%m/%d %H:%M:%S %z"),
    "half a day": lambda moment: moment.strftime("%Y-%m-%d %I:%M:%S %p %z"),
    "the year's day": lambda moment: moment.strftime("%Y-%jT%H:%M:%S%z"),
    "a minus of its own": lambda moment: moment.isoformat().replace("-", "\u2212"),
    "hyphens that do not break": lambda moment: moment.isoformat().replace("-", "\u2011"),
    "East Asia": lambda moment: moment.astimezone(UTC).strftime("%Y\u5e74%m\u6708%d\u65e5 %H:%M:%S"),
}


@pytest.mark.parametrize("form", MACHINES)
@given(moment=MOMENTS, offset=OFFSETS)
def test_what_a_machine_writes_in_one_way_only_is_that_moment(form: str, moment: datetime, offset: timezone) -> None:
    moment = moment.replace(tzinfo=offset)
    assert milliseconds(MACHINES[form](moment), BERLIN if "%z" in form else UTC) == millis(moment)


@pytest.mark.parametrize(
    ("written", "region", "meant"),
    [
        ("2026-11-01 01:30 EDT", "America/New_York", "2026-11-01T05:30:00Z"),
        ("2026-11-01 01:30 EST", "America/New_York", "2026-11-01T06:30:00Z"),
        ("Nov 2, 2026 10:30 AM EST", "America/New_York", "2026-11-02T15:30:00Z"),
        ("2026-10-24 12:00:00.123 CEST", "Europe/Berlin", "2026-10-24T10:00:00.123Z"),
        ("2026-11-24T12:00:00CET", "Europe/Berlin", "2026-11-24T11:00:00Z"),
        ("2026/11/24 9:15:00 AM MEZ", "Europe/Berlin", "2026-11-24T08:15:00Z"),
        ("2026-10-24 12:00 MESZ", "Europe/Vienna", "2026-10-24T10:00:00Z"),
        ("2026-10-01 10:30:00 BST", "Europe/London", "2026-10-01T09:30:00Z"),
        ("2026-11-24 12:00 IST", "Asia/Kolkata", "2026-11-24T06:30:00Z"),
    ],
)
def test_letters_of_a_zone_are_read_where_they_are_those_of_the_entrys_own(
    written: str, region: str, meant: str
) -> None:
    assert milliseconds(written, ZoneInfo(region)) == milliseconds(meant)
    assert milliseconds(written, UTC) is NOT_A_TIME


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24 12:00 CEST",
        "2026-11-24 12:00 MESZ",
        "2026-11-24 12:00 EST",
        "2026-11-24 CET",
        "x CET",
        "2026-11-24 12:00 cet",
        "CET",
    ],
)
def test_letters_that_the_zone_does_not_have_at_that_time_are_refused(written: str) -> None:
    assert milliseconds(written, BERLIN) is NOT_A_TIME


def test_letters_of_the_zone_stand_behind_a_form_of_the_entrys_own_too() -> None:
    times = Times(ZoneInfo("Europe/London"), ("%d/%m/%Y %H:%M",))
    assert times.read("01/10/2026 10:30 BST") == milliseconds("2026-10-01T09:30:00Z")
    assert times.read("01/11/2026 10:30 BST") is NOT_A_TIME


REGIONS = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Argentina/Ushuaia", "Etc/GMT+5"]
)


@given(moment=MOMENTS, region=REGIONS, decimals=st.sampled_from(["", ".000", ".000000"]))
def test_a_clock_of_a_region_is_read_there_whatever_the_streams_zone(
    moment: datetime, region: str, decimals: str
) -> None:
    placed = moment.replace(tzinfo=ZoneInfo(region))
    for separator in " T":
        text = f"{moment:%Y-%m-%d}{separator}{moment:%H:%M:%S}{decimals} {region}"
        assert milliseconds(text, BERLIN) == millis(placed)
        assert Times(zone=UTC, ignore_offset=True).read(text) == millis(moment.replace(tzinfo=UTC))


def test_an_offset_before_a_region_says_which_moment() -> None:
    assert milliseconds("2026-11-26 13:41:00 +00:00 Europe/Berlin", BERLIN) == MOMENT


@pytest.mark.parametrize("region", ["Europe/Atlantis", "Mars/Phobos", "Europe", "../etc/passwd", "Europe/../Berlin"])
def test_where_no_such_region_is_there_is_no_time(region: str) -> None:
    assert milliseconds(f"2026-11-26 13:41:00 {region}", BERLIN) is NOT_A_TIME


@given(moment=MOMENTS)
def test_an_object_of_mongodb_is_its_moment_as_json_and_as_text(moment: datetime) -> None:
    wanted = millis(moment.replace(tzinfo=UTC))
    objects: list[Any] = [
        {"$date": moment.isoformat() + "Z"},
        {"$date": wanted},
        {"$date": {"$numberLong": str(wanted)}},
        {"$timestamp": {"t": wanted // 1000, "i": 1}},
    ]
    for written in objects:
        assert milliseconds(written) == milliseconds(json.dumps(written)) == wanted
        assert Times(BERLIN, date_order="dmy").read(written) == wanted


@pytest.mark.parametrize(
    "written",
    [
        {"$date": 1_795_700_460},  # milliseconds, whatever their size: of 1970
        {"$date": {"$numberLong": "1795700460"}},
        {"$date": {"$numberLong": "-1"}},
        {"$date": {"$numberLong": "9" * 30}},
        {"$date": {"$numberDouble": "NaN"}},
        {"$date": float("nan")},
        {"$date": True},
        {"$date": [1]},
        {"$date": {"$date": {"$date": "soon"}}},
        {"$date": "2026-11-26", "$oid": "a"},
        {"$timestamp": {"i": 1}},
        {"$timestamp": 1_795_700_460},
        {"$oid": "65f1a0b2c3d4e5f6a7b8c9d0"},
        {"seconds": 1_795_700_460},
        '{"seconds": 1795700460}',
        '["2026-11-26"]',
        '{"$date": ',
        '"soon"',
    ],
)
def test_an_object_of_another_meaning_is_no_time(written: Any) -> None:
    assert milliseconds(written) is NOT_A_TIME


@pytest.mark.parametrize("nothing", [{"$date": None}, '{"$date": null}', {"$numberLong": None}, '""', {"$date": ""}])
def test_an_object_of_nothing_is_no_time_rather_than_a_bad_one(nothing: Any) -> None:
    assert milliseconds(nothing) is None


def test_what_is_counted_from_an_epoch_has_no_offset_to_ignore_in_an_object_either() -> None:
    times = Times(BERLIN, ignore_offset=True)
    for counted in ({"$date": MOMENT}, json.dumps({"$date": MOMENT}), {"$numberLong": str(MOMENT)}):
        assert times.read(counted) == MOMENT
    for stamped in ({"$date": "2026-11-26T14:41:00Z"}, "Thu, 26 Nov 2026 14:41:00 GMT", '"2026-11-26T14:41:00Z"'):
        assert times.read(stamped) == MOMENT


@pytest.mark.parametrize(
    "written",
    [
        "26 listopada 2026 13:41",
        "czwartek, 26 listopada 2026 r., 13:41",
        "26 lis 2026, 13:41",
        "26. listopadu 2026 13:41",
        "čtvrtek 26. listopadu 2026 v 13:41",
        "26 ноября 2026 г., 13:41",
        "четверг, 26 НОЯБРЯ 2026 года в 13:41",
        "26 нояб. 2026, 13:41",
        "26 листопада 2026 р. о 13:41",
        "26 Kas\u0131m 2026 13:41",
        "26 KASIM 2026 PERŞEMBE 13:41",
        "26 Kas 2026, saat 13:41",
        "26 november 2026 kl. 13:41",
        "torsdag den 26. november 2026 kl. 13.41",
        "tors 26 nov. 2026 13:41",
        "26 de novembro de 2026 às 13:41",
        "quinta-feira, 26 de novembro de 2026 13h41",
        "26 de noviembre del 2026, 13:41",
        "jueves, 26 de noviembre de 2026 a las 13:41",
        "jeudi 26 novembre 2026 à 13:41",
        "Donnerstag, 26. November 2026 um 13:41 Uhr",
        "Thu,26 Nov 2026 13:41:00 GMT",
        "26th of November 2026, 1:41 PM",
        "Thursday 2026/11/26 13:41",
        "giovedì 26 novembre 2026 alle 13:41",
        "donderdag 26 november 2026 om 13:41",
        "2026. november 26. 13:41",
        "2026-Nov-26 13:41",
        "Nov 26, 2026, 1:41:00\u202fPM",
        "\u200e26\u200e Nov\u200e 2026\u200f \u200e13\u200e:\u200e41",
        "2026\ub144 11\uc6d4 26\uc77c 13:41",
        "\uff12\uff10\uff12\uff16-11-26 13:41",
    ],
)
def test_a_month_by_its_name_beside_a_whole_year_needs_no_order(written: str) -> None:
    assert milliseconds(written) == Times(date_order="mdy").read(written) == MOMENT


@pytest.mark.parametrize(
    "names",
    [
        "styczeń lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "ledna února března dubna května června července srpna září října listopadu prosince",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "ocak şubat mart nisan mayis haziran temmuz ağustos eylül ekim KASIM aralik",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar marts april maj juni juli august september oktober november december",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "janv févr mars avr mai juin juil août sept oct nov déc",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "JAN FEB MRZ APR MAI JUN JUL AUG SEPT OKT NOV DEZ",
        "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    ],
)
def test_every_month_is_known_by_its_name(names: str) -> None:
    assert [month_of(name) for name in names.split()] == [*range(1, 13)]


@pytest.mark.parametrize(
    "word",
    ["marraskuuta", "srpnja", "lipnja", "Octopus", "Maybe", "marketing", "Juno", "Decade", "Ma", "m", "че", "červ"],
)
def test_a_word_that_only_begins_like_a_month_is_none(word: str) -> None:
    assert month_of(word) is None
    assert milliseconds(f"20 {word} 2026") is NOT_A_TIME


@pytest.mark.parametrize(
    "open_to_readings",
    [
        "26.11.2026 13:41",
        "11/10/2026",
        "10-11-2026",
        "26-NOV-26 01.41.00.000000 PM",
        "Thursday, 26-Nov-26 13:41:00 GMT",
        "Nov 26",
        "November 2026",
        "2026-W48",
        "before 26 Nov 2026",
        "due: Nov 26, 2026",
        "Thu, 26 Nov 2026 13:41:00 EST",
        "2026-11-26 13:41:00 IST",
        "26 Nov 2026 or later",
        "31 Nov 2026",
        "Feb 29, 2026",
        "2026/13/01",
        "2026-366",
        "2026-000",
        "26 Nov 2026 13:60",
        "26 Nov 2026 13:41 PM",
        "26 Nov 2026 13:41 +0199",
        "46352,57",
        "\u0662\u0660\u0662\u0666-11-26",
    ],
)
def test_what_may_be_read_in_two_ways_or_in_none_is_refused(open_to_readings: str) -> None:
    assert milliseconds(open_to_readings) is NOT_A_TIME


@pytest.mark.parametrize(
    "midnight",
    [
        "2026-11-25T24:00:00Z",
        "2026-11-25 24:00",
        "2026-11-25T24:00:00.000000000Z",
        "20261125T240000Z",
        "2026-11-25T24:00:00+00:00",
        "2026-W48-3T24:00Z",
        "20261125240000",
        202611252400,
        "25 Nov 2026 24:00",
        "2026-11-25T23:59:60Z",
        "2026-11-25 23:59:60.000",
        "20261125T235960Z",
        "20261125235960",
        "25 Nov 2026 23:59:60 GMT",
    ],
)
def test_hour_24_and_second_60_are_the_moment_behind_them(midnight: Any) -> None:
    assert milliseconds(midnight) == milliseconds("2026-11-26T00:00:00Z")
    assert milliseconds("2026-11-25T24:00:00+02:00") == milliseconds("2026-11-26T00:00:00+02:00")


@pytest.mark.parametrize("wrong", ["24:00:01", "24:01", "24:00:00.5", "23:59:61", "25:00", "13:60"])
def test_no_clock_shows_more_than_that(wrong: str) -> None:
    assert milliseconds(f"2026-11-25T{wrong}Z") is milliseconds(f"25 Nov 2026 {wrong}") is NOT_A_TIME
    assert milliseconds("9999-12-31T24:00:00Z") is NOT_A_TIME


@given(digits=st.text("0123456789", min_size=1, max_size=12))
def test_decimals_of_a_second_count_to_the_millisecond_however_many_there_are(digits: str) -> None:
    wanted = MOMENT + int(digits.ljust(3, "0")[:3])  # type: ignore[operator]
    assert (
        milliseconds(f"2026-11-26T13:41:00.{digits}Z") == milliseconds(f"2026-11-26 13:41:00,{digits} +00:00") == wanted
    )


def test_objects_in_objects_are_no_time_however_deep_they_are(make_stream: Callable[..., Any]) -> None:
    deep: Any = 1_795_700_460_000
    for _ in range(400):
        deep = {"$date": deep}
    entry = make_stream(fields={"value": "price"}, columns=["price"])
    assert entry.rejected(happened_at=deep) == ["bad_time"]
    assert entry.left_out(price=deep)


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    for written in (text, f"26 {text} 2026", f"2026-11-{text}", f'{{"$date": "{text}"}}', {"$date": text}):
        found = milliseconds(written)
        assert found is None or found is NOT_A_TIME or isinstance(found, int)
