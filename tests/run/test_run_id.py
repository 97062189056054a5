"""A run's name sorts by when it began, and is that of no other run."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.reporting.folder import begun, run_of
from target_linkedin_conversions.run.run_id import BEGIN_OF_RUN, new_run_id

MOMENTS = st.integers(0, 4_000_000_000_000)


@given(MOMENTS, MOMENTS)
def test_names_sort_as_their_runs_began_also_within_a_second(one: int, other: int) -> None:
    first, last = sorted((one, other))
    if first < last:
        assert new_run_id(first)[:BEGIN_OF_RUN] < new_run_id(last)[:BEGIN_OF_RUN]
    assert new_run_id(one)[:BEGIN_OF_RUN] == new_run_id(one)[:BEGIN_OF_RUN]


@given(MOMENTS)
def test_a_name_has_the_form_that_files_are_found_by_and_says_its_second(now: int) -> None:
    name = new_run_id(now)
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", name)
    assert run_of(f"{name}.json") == name
    moment = begun(name)
    assert moment is not None
    assert int(moment.timestamp()) == now // 1000


def test_runs_that_begin_in_one_moment_have_different_names() -> None:
    assert len({new_run_id(1_800_000_000_123) for _ in range(50)}) == 50
