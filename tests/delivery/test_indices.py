"""LinkedIn's lists of indices."""

from __future__ import annotations

import pytest

from target_linkedin_conversions.delivery.indices import with_few_indices, without_indices

WORDS = "Conversion's method should be CONVERSIONS_API, indices {} (0-indexed)"


@pytest.mark.parametrize("number", [1, 5])
def test_a_short_list_stays(number: int) -> None:
    message = WORDS.format(list(range(number)))
    assert with_few_indices(message) == message


@pytest.mark.parametrize("separator", [", ", ","])
def test_of_a_long_list_five_are_left_and_the_rest_is_counted(separator: str) -> None:
    shown = with_few_indices(WORDS.format(f"[{separator.join(map(str, range(5000)))}]"))
    assert shown == WORDS.format(f"[{separator.join('01234')} and 4,995 more]")


def test_for_people_there_are_none() -> None:
    assert without_indices(WORDS.format([0, 3])) == "Conversion's method should be CONVERSIONS_API,"
