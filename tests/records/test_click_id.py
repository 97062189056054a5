from __future__ import annotations

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
    assert pages.ids(cookie="first", page=ID) == [(TYPE, "first")]
