from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "a1b2c3-d4e5f-6a7b8c-9d0e1"
TYPE = "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID"


@pytest.mark.parametrize(
    "written",
    [
        ID,
        f" {ID}\n",
        f"https://www.example.com/?li_fat_id={ID}",
        f"https://www.example.com/path?utm_source=linkedin&li_fat_id={ID}&utm_medium=cpc#top",
        f"https://www.example.com/#li_fat_id={ID}",
        f"https://www.example.com/#/route?a=b&li_fat_id={ID}",
        f"https://www.example.com/?LI_FAT_ID={ID}",
        f"https://www.example.com/?li_fat_id=&li_fat_id={ID}",
        f"https://www.example.com/?li_fat_id=%20{ID}%20",
        f"https://www.example.com/?email=jane@example.com&li_fat_id={ID}",
        f"https://jane@www.example.com/?li_fat_id={ID}",
        f"www.example.com/?li_fat_id={ID}",
        f"//www.example.com/?li_fat_id={ID}",
        f"/landing?li_fat_id={ID}",
        f"landing?li_fat_id={ID}",
        f"?li_fat_id={ID}",
        f"#li_fat_id={ID}",
        f"li_fat_id={ID}",
        f"utm_source=linkedin&li_fat_id={ID}",
        f"android-app://com.example/?li_fat_id={ID}",
    ],
)
def test_the_id_is_taken_bare_or_from_a_url(written: str) -> None:
    assert normalise.click_id(written) == ID


@pytest.mark.parametrize(
    "without",
    [
        None,
        "",
        "  ",
        "https://www.example.com/",
        "https://www.example.com/?li_fat_id=",
        "https://www.example.com/?email=jane@example.com",
        "/landing",
        "?utm_source=linkedin",
        "https://[broken",
        "li_fat_id",
    ],
)
def test_a_url_without_the_id_is_nothing_and_no_fault(without: Any) -> None:
    assert normalise.click_id(without) is None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("{{li_fat_id}}", "not_an_id"),
        ("{{ click_id }}", "not_an_id"),
        ("${click_id}", "not_an_id"),
        ("%click_id%", "not_an_id"),
        ("<%= id %>", "not_an_id"),
        ("[[id]]", "not_an_id"),
        ("undefined", "not_an_id"),
        ("NULL", "not_an_id"),
        ("(not set)", "not_an_id"),
        ("n/a", "not_an_id"),
        ("https://www.example.com/?li_fat_id={{id}}", "not_an_id"),
        ("https://www.example.com/?li_fat_id=undefined", "not_an_id"),
        ("jane@example.com", "looks_like_email"),
        ("https://www.example.com/?li_fat_id=jane%40example.com", "looks_like_email"),
        (["a"], "not_a_text"),
        ({"a": 1}, "not_a_text"),
        (True, "not_a_text"),
    ],
)
def test_what_a_template_left_behind_is_left_out(bad: Any, code: str) -> None:
    assert normalise.click_id(bad) == Reason("li_fat_id", code)


def test_the_id_of_ga4s_page_location_is_sent_as_its_own_type(stream: Callable[..., Any]) -> None:
    pages = stream(fields={"li_fat_id": "page_location", "email": False})
    assert pages.ids(page_location=f"https://www.example.com/?li_fat_id={ID}") == [(TYPE, ID)]
    assert pages.rejected(page_location="https://www.example.com/") == ["no_identifier"]


def test_of_several_columns_the_first_that_holds_something_counts(stream: Callable[..., Any]) -> None:
    pages = stream(fields={"li_fat_id": ["cookie", "page"], "email": False})
    assert pages.ids(cookie="", page=f"/?li_fat_id={ID}") == [(TYPE, ID)]
    assert pages.ids(cookie="first-1", page=ID) == [(TYPE, "first-1")]


WORDS = [
    "google",
    "organic",
    "direct",
    "linkedin",
    "x.com",
    "false",
    "0",
    0,
    True,
    False,
    "8.8.8.8",
    "2026-11-20",
    "true",
]
WORDS += [
    "jane.doe",
    "491701234567",
    "...",
    "summer-sale",
    "20261120T1030",
    "shop.example.com",
    "jane.doe77",
    "1.0",
    7.5,
]
WORDS += [
    "campaign.of.summer.example.com",
    "-" * 30,
    "." * 30,
    "00000000-0000-0000-0000-000000000000",
    "0" * 32,
    "https://www.example.com/?li_fat_id=00000000-0000-0000-0000-000000000000",
    '"google"',
    "+491701234567",
    "shop.a1b2c3d4e5f6a7b8c9d0.example",
]


@pytest.mark.parametrize("word", WORDS, ids=repr)
def test_a_word_a_number_a_date_or_a_host_is_no_click_id_and_hides_none(stream: Callable[..., Any], word: Any) -> None:
    assert isinstance(normalise.click_id(word), Reason)
    assert isinstance(normalise.click_id(f"https://www.example.com/?li_fat_id={word}"), Reason)
    pages = stream(fields={"li_fat_id": ["first", "second"], "email": False}, consent={"not_required": "a test"})
    assert pages.ids(first=word, second=ID) == [(TYPE, ID)]


@pytest.mark.parametrize(
    "short", ["a1", "c-1", "kanary-click-23", "a1_b2~c3", "6f1e2d3c", "a" * 20, "AQ1.b2_c3~d4-e5.f6g7"]
)
def test_an_id_of_letters_and_digits_is_one(short: str) -> None:
    assert normalise.click_id(short) == normalise.click_id(f" {short}") == short


@pytest.mark.parametrize(
    "around",
    [
        '[{"name":"li_fat_id","value":"%s"}]',
        '[{"name": "_ga", "value": "7"}, {"name": "li_fat_id", "value": "%s", "path": "/"}]',
        '[{"key":"li_fat_id","value":{"string_value":"%s","int_value":null}}]',
        '{"li_fat_id":"%s","session":"SECRET"}',
        '["https://www.example.com/?session=SECRET&li_fat_id=%s"]',
        '["/thanks", "https://www.example.com/?li_fat_id=%s#top"]',
        '{"page":{"url":"https://www.example.com/?li_fat_id=%s"}}',
        '{"cookies":"session=SECRET; li_fat_id=%s; a=b"}',
    ],
)
def test_the_id_is_found_in_json_and_in_what_json_holds(around: str) -> None:
    assert normalise.click_id(around % ID) == ID
    assert normalise.click_id(json.loads(around % ID)) == ID
    assert normalise.click_id(json.dumps(around % ID)) == ID


@pytest.mark.parametrize("quotes", ['"%s"', "'%s'", "\u201c%s\u201d", "\u00ab%s\u00bb", ' "%s" '])
def test_quotes_around_the_id_are_no_part_of_it(quotes: str) -> None:
    assert normalise.click_id(quotes % ID) == ID


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ({"li_fat_id": None}, "not_an_id"),
        ([{"name": "li_fat_id", "value": "google"}], "not_an_id"),
        ([ID, ID], "not_a_text"),
        ({"session": "SECRET"}, "not_a_text"),
    ],
)
def test_a_list_or_an_object_without_an_id_is_none(without: Any, code: str) -> None:
    assert normalise.click_id(without) == Reason("li_fat_id", code)


@pytest.mark.parametrize(
    "around",
    [
        r'{"url": "https://example.com/?a=1\u0026li_fat_id\u003d%s\u0026b=2"}',
        r"https://example.com/?a=1\u0026li_fat_id=%s",
        r"https://example.com/?a=1\x26li_fat_id\x3d%s",
        "https://example.com/?li_fat_id=%s.",
        "See https://example.com/?li_fat_id=%s...",
    ],
)
def test_what_escapes_or_ends_a_url_is_no_part_of_the_id(around: str) -> None:
    assert normalise.click_id(around % ID) == ID


@pytest.mark.parametrize(
    "other",
    ["GA1.2.1234567890.1795170600", "fb.1.1795170600123.1234567890", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def"],
)
def test_the_id_of_another_cookie_is_none(other: str) -> None:
    assert isinstance(normalise.click_id(other), Reason)
