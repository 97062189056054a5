"""Numbers of things in sentences: one is one, and more are more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["days_of_window", "first_few", "how_many"]


def how_many(number: int, one: str, more: str = "") -> str:
    """`1 record`, `2,000 records`: the number with the word, or words, that fit it; `more` where an `s` does not do."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def days_of_window(days: int | None) -> str:
    """How long after a click or a view a rule counts; None where LinkedIn has not said."""
    return "an unknown time" if days is None else how_many(days, "day")


def first_few(names: Sequence[str], most: int) -> str:
    """`a, b, c`, and `a, b, …` where there are more than so many."""
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
