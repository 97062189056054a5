"""A number and what it counts agree."""

from __future__ import annotations

import pytest

from target_linkedin_conversions.counted import counted, first_few


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (-1, "-1 rows"), (12_345, "12,345 rows")]
)
def test_the_noun_agrees_with_its_number(number: int, words: str) -> None:
    assert counted(number, "row") == words


def test_of_many_names_the_first_are_named_and_that_there_are_more() -> None:
    assert [first_few("abcd"[:n], 2) for n in range(4)] == ["", "a", "a, b", "a, b, …"]
