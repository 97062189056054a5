from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.order import HERE, LONGEST, longest_first

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Found:
    path: Path


def test_the_rooms_with_the_longest_tests_come_first_and_the_rest_stays_in_its_order() -> None:
    places = (
        "spark/test_b.py",
        "test_z.py",
        "chaos/test_b.py",
        "cli/test_spark.py",
        "chaos/test_a.py",
        "/elsewhere/chaos.py",
    )
    tests = [Found(HERE / place) for place in places]
    longest_first(tests)
    assert [test.path for test in tests] == [HERE / places[number] for number in (2, 4, 0, 1, 3, 5)]


def test_the_rooms_with_the_longest_tests_are_there() -> None:
    assert all((HERE / room).is_dir() for room in LONGEST)
