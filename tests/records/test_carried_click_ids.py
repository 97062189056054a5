"""A click id alone, or inside of what real sources keep it in; nothing around it leaves."""

from __future__ import annotations

import pytest

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.reasons import Reason

ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    "carrier",
    [
        ID,
        f" {ID} ",
        f"https://example.com/thanks?name=Jane&li_fat_id={ID}&phone=1",
        f'{{"query": {{"name": ["Jane"], "li_fat_id": ["{ID}"]}}}}',
        {"query": {"li_fat_id": [ID, ID]}},
        {"li_fat_id": [f" {ID}"[1:]]},
        f"https://example.com/?a=1&amp;li_fat_id={ID}&amp;b=2",
        f"https%3A%2F%2Fexample.com%2F%3Fli_fat_id%3D{ID}%26b%3D2",
        f"%3Fli_fat_id%3D{ID}",
        f"www.example.com/thanks?li_fat_id={ID}",
        f"example.com/?li_fat_id={ID}#top",
        f"?li_fat_id={ID}",
        f"utm_source=linkedin&li_fat_id={ID}",
        f"/landing?LI_FAT_ID={ID}",
        f"https://example.com/#/thanks?li_fat_id={ID}",
        f"session=abc123; li_fat_id={ID}; name=Jane Doe",
        f"Cookie: a=b; li_fat_id={ID}",
        '{"li_fat_id": "' + ID + '", "email": "jane@example.com"}',
        "{&quot;li_fat_id&quot;:&quot;" + ID + "&quot;}",
        "{'li_fat_id': '" + ID + "'}",
        f"https://l.example.com/?u=https%253A%252F%252Fexample.com%252F%253Fli_fat_id%253D{ID}",
        f'<a href="https://example.com/?li_fat_id={ID}">x</a>',
        f"https://example.com/?li_fat_id={ID}/",
        f"https://example.com/?li_fat_id={ID}?utm_source=linkedin",
        f"https%3A%2F%2Fexample.com%2F%3Fli_fat_id%3D{ID}%2F",
        f"https://example.com/?li_fat_id={ID}/thanks/Jane",
    ],
)
def test_the_id_is_found_inside_and_nothing_around_it_leaves(carrier: str) -> None:
    assert normalise.click_id(carrier) == ID


@pytest.mark.parametrize(
    "carrier",
    [
        "https://www.example.com/thanks?name=Jane&phone=0301234567",
        "www.example.com/thanks?name=Jane&phone=0301234567",
        "example.com/thanks",
        "session=abc; name=Jane Doe; email=jane@example.com",
        '{"name": "Jane"}',
        "/thanks",
        "?utm_source=linkedin",
        "https://example.com/?xli_fat_id=1&li_fat_id_2=3",
        "https://example.com/?li_fat_id=",
    ],
)
def test_what_could_carry_an_id_and_does_not_is_nothing(carrier: str) -> None:
    assert normalise.click_id(carrier) is None


@pytest.mark.parametrize(
    "stranger",
    [
        "[object Object]",
        "(other)",
        "google / cpc",
        "Jane Doe",
        "Musterstra\u00dfe 5, 10115 Berlin",
        "www.example.com",
        "+49 171 5550123",
        "DE89 3704 0044 0532 0130 00",
        "a" * 101,
        "id\u200bwith-a-hidden-mark",
        "id\nwith-a-line",
        "x" * 30_000,
        "li_fat_id",
    ],
)
def test_a_strangers_text_is_no_click_id(stranger: str) -> None:
    assert normalise.click_id(stranger) in {Reason("li_fat_id", "not_an_id"), None}
