"""Several values in one answer, also where a form's own answer holds a comma."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.cli.send.answer_values import as_answer, values_in

CAME = ("Yes", "Yes, of course", "No", "No, thank you")


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ("", []),
        (" , ", []),
        ("yes", ["yes"]),
        ("Opt-in, double opt-in", ["Opt-in", "double opt-in"]),
        ("Yes, of course", ["Yes, of course"]),
        ("Yes,Yes, of course", ["Yes", "Yes, of course"]),
        ("yes,OF COURSE", ["yes, OF COURSE"]),
        ('Yes, "Yes, of course"', ["Yes", "Yes, of course"]),
        ('"Ja, gerne",ja', ["Ja, gerne", "ja"]),
        ("Ja, gerne", ["Ja", "gerne"]),
        ('"Yes, of course', ["Yes, of course"]),
    ],
)
def test_an_answer_that_came_with_a_comma_is_one(answer: str, values: list[str]) -> None:
    assert values_in(answer, CAME) == values


@given(st.lists(st.from_regex(r"[a-z]+( [a-z]+)*(, [a-z]+)?", fullmatch=True), min_size=1))
def test_what_is_written_as_an_answer_is_read_as_the_same_values(values: list[str]) -> None:
    assert values_in(as_answer(values)) == values
