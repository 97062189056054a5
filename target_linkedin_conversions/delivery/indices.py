"""Shortens LinkedIn's lists of event indices in messages, which may hold 5,000 numbers."""

from __future__ import annotations

import re

__all__ = ["with_few_indices", "without_indices"]

_SHOWN = 5
_NUMBERS = re.compile(r"[0-9]{1,9}(?:, ?[0-9]{1,9}){5,}")
_INDICES = re.compile(r" {0,3}(?:at )?(?:indices|index):? \[[0-9, ]*\](?: \(0-indexed\))?")


def with_few_indices(message: str) -> str:
    """The message with long lists of numbers cut to the first five and a count of the others."""
    return _NUMBERS.sub(_first, message)


def without_indices(message: str) -> str:
    """The message without the indices of events in their request, which mean nothing after it; long lists are cut."""
    return with_few_indices(_INDICES.sub("", message))


def _first(found: re.Match[str]) -> str:
    numbers = found[0].split(",")
    return f"{','.join(numbers[:_SHOWN])} and {len(numbers) - _SHOWN:,} more"
