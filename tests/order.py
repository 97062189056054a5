"""Which tests come first, where all of them run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import MutableSequence

HERE = Path(__file__).parent
LONGEST = ("chaos", "spark")
"""Rooms whose tests take up to half a minute each."""


class Placed(Protocol):
    """A test, as far as its place goes."""

    @property
    def path(self) -> Path:
        """Its file."""


T = TypeVar("T", bound=Placed)


def longest_first(tests: MutableSequence[T]) -> None:
    """Let the rooms with the longest tests come first, and the rest stay in the order it has.

    Whichever of two processes takes them, the other goes through short tests meanwhile, and no long one is left for the end,
    when the other has nothing to do. The tests of Spark then share one JVM, where each process started its own.
    """
    tests[:] = sorted(tests, key=lambda test: _rank(test.path))


@cache
def _rank(file: Path) -> int:
    room = file.relative_to(HERE).parts[0] if file.is_relative_to(HERE) else ""
    return LONGEST.index(room) if room in LONGEST else len(LONGEST)
