"""Remembers what was made of a text: names, companies, codes and stages repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.records.columns import Value

__all__ = ["Cache", "cached"]

MOST, LONGEST = 16_384, 64
"""So many texts are remembered, none of them longer; all are forgotten when they are too many."""

Made = TypeVar("Made")


class Cache(Generic[Made]):
    """What `make` gives for a value, which is never None.

    Ask `known` for a text first, and `make` where it gives None: what is known costs no call of Python's.
    Only texts are remembered: of other values some are equal though they differ, as 1 and True.
    """

    __slots__ = ("_made", "_make", "known")

    def __init__(self, make: Callable[[Value], Made]) -> None:
        """Nothing is known yet."""
        self._make = make
        self._made: dict[str, Made] = {}
        self.known = self._made.get

    def make(self, value: Value) -> Made:
        """Make it, and remember it where it is made of a short text."""
        made = self._make(value)
        if type(value) is str and len(value) <= LONGEST:
            if len(self._made) >= MOST:
                self._made.clear()
            self._made[value] = made
        return made


def cached(make: Callable[[Value], Made]) -> Callable[[Value], Made]:
    """The same function behind a cache."""
    cache = Cache(make)
    known, make_anew = cache.known, cache.make

    def recall(value: Value) -> Made:
        made = known(value) if type(value) is str else None
        return make_anew(value) if made is None else made

    return recall
