"""The table itself: long enough, every case with a fact and a name of its own, no section forgotten."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from tests.conformance import table

WRITTEN = [case for folder in table.FOLDERS for case in table.written(folder)]
FACT = re.compile(r"(?P<section>\d+(?:\.\d+)?) \S.{5,90}")
SECTIONS = (
    *(f"1.{part}" for part in range(1, 6)),
    *(f"2.{part}" for part in range(1, 8)),
    *("3.1", "3.2", "3.3", "3.4", "4", "5"),
    *(f"6.{part}" for part in range(1, 6)),
    *("7.1", "7.2", "7.3", "8", "11", "12", "13"),
)
WORDS = {
    "records": {"record", "numbers", "without", "each", "entry", "settings", "version", "now", "at", "suppressed"}
    | {"sends", "skips", "refuses", "drops"},
    "answers": {"given", "fault", "method", "path", "version", "token", "headers", "events", "event", "json", "text"}
    | {"repeated", "chunked", "times", "status", "answer", "sets", "lacks", "takes", "means"},
}


def test_there_are_at_least_150_cases() -> None:
    assert len(WRITTEN) >= 150


def test_no_two_cases_have_the_same_name() -> None:
    names = Counter(map(table.name_of, WRITTEN))
    assert [name for name, times in names.items() if times > 1] == []


def test_every_case_names_the_fact_that_it_holds() -> None:
    facts = [FACT.fullmatch(case["fact"]) for case in WRITTEN]
    assert [case for case, fact in zip(WRITTEN, facts, strict=True) if fact is None] == []
    assert {fact["section"].split(".")[0] for fact in facts if fact} <= {str(number) for number in range(1, 14)}


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_of_the_facts_is_forgotten(section: str) -> None:
    assert any(case["fact"].startswith(f"{section} ") for case in WRITTEN)


@pytest.mark.parametrize("folder", table.FOLDERS)
def test_every_word_of_a_case_is_known(folder: str) -> None:
    known = WORDS[folder] | {"name", "fact", "file", "defaults"}
    assert {name for case in table.written(folder) for name in case} <= known


def test_a_record_ends_in_exactly_one_way() -> None:
    ends = [{"sends", "skips", "refuses"} & case.keys() for case in table.cases("records")]
    assert {len(end) for end in ends} == {1}


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ({"a": "*"}, {"a": 1}, True),
        ({"a": "*"}, {}, False),
        ({}, {"a": 1}, False),
        (["*"], [1, 2], False),
        (1, True, False),
        ([{"a": [1]}], [{"a": [1]}], True),
    ],
)
def test_a_star_stands_for_any_value_and_everything_else_for_itself(expected: Any, found: Any, same: bool) -> None:  # noqa: FBT001
    assert table.fits(expected, found) is same


def test_yaml_has_no_surprises() -> None:
    found = table.read("{country: NO, at: 2026-11-23T10:00:00Z, yes: on, really: true}")
    assert found == {"country": "NO", "at": "2026-11-23T10:00:00Z", "yes": "on", "really": True}
    with pytest.raises(AssertionError, match="twice"):
        table.read("{a: 1, a: 2}")
