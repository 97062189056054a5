"""Of several columns the first counts that holds something, as real sources fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    "nothing",
    [
        "https://example.com/thanks?utm_source=linkedin",
        "undefined",
        "  ",
        "",
        None,
        "(not set)",
        "{{li_fat_id}}",
        "null",
        "li_fat_id=",
    ],
)
def test_of_several_columns_the_first_that_is_a_click_id_counts(stream: Callable[..., Any], nothing: Any) -> None:
    several = stream(fields={"email": False, "li_fat_id": ["a", "b", "c"]})
    assert several.ids(a=nothing, b=f"https://x.io/?li_fat_id={ID}", c="other-id-2345") == [
        ("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", ID)
    ]
    assert several.left_out(a=nothing, b=nothing, c=ID) == []


def test_of_several_columns_the_first_that_is_a_time_counts(stream: Callable[..., Any], now: int) -> None:
    several = stream(fields={"happened_at": ["won_at", "made_at"]})
    for nothing in (None, "", "soon", "0000-00-00 00:00:00", "n/a", 5):
        assert several.event(won_at=nothing, made_at=now - 5000).happened_at == now - 5000
    assert several.rejected(won_at="soon", made_at=None) == ["bad_time"]
    assert several.rejected(won_at=None, made_at="") == ["no_time"]


def test_of_several_columns_the_first_that_is_no_placeholder_counts(stream: Callable[..., Any]) -> None:
    several = stream(fields={"first_name": "first", "last_name": "last", "company": ["org", "brand"]})
    for nothing in ("n/a", " ", "[not provided]", None, "#N/A"):
        assert several.user(first="Jane", last="Doe", org=nothing, brand="Acme")["userInfo"]["companyName"] == "Acme"
