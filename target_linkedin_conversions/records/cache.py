"""Caches the results for short texts: names, companies, codes and stages repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.records.rows import Value

__all__ = ["Cache", "cached"]

MOST, LONGEST = 16_384, 64
"""So many texts are remembered, none of them longer; all are forgotten when they are too many."""

Made = TypeVar("Made")


class Cache(dict[str, Made]):
    """`cache[text]` is `make(text)`; a cached text costs no Python call.

    Ask it for texts only: of other values some are equal though they differ, as 1 and True, and some have no hash.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[Value], Made]) -> None:
        """Start empty."""
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> Made:
        """Make the value, and cache it where the text is short."""
        made = self._make(text)
        if len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[text] = made
        return made


def cached(make: Callable[[Value], Made]) -> Callable[[Value], Made]:
    """The same function behind a cache."""
    known = Cache(make)
    return lambda value: known[value] if type(value) is str else make(value)
