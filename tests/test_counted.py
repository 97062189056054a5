"""A number and what it counts agree."""

from __future__ import annotations

import pytest

from target_linkedin_conversions.counted import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (-1, "-1 rows"), (12_345, "12,345 rows")]
)
def test_the_noun_agrees_with_its_number(number: int, words: str) -> None:
    assert counted(number, "row") == words
