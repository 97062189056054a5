"""Numbers of things in sentences: one is one, and more are more."""

from __future__ import annotations

__all__ = ["days_of_window", "how_many"]


def how_many(number: int, one: str, more: str = "") -> str:
    """`1 record`, `2,000 records`: the number with the word, or words, that fit it; `more` where an `s` does not do."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def days_of_window(days: int | None) -> str:
    """How long after a click or a view a rule counts; None where LinkedIn has not said."""
    return "an unknown time" if days is None else how_many(days, "day")
