"""How many there are, and which, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["counted", "first_few"]


def counted(number: int, noun: str) -> str:
    """`1 row`, `0 rows`, `1,200 rows`: the noun is given as of one."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def first_few(names: Sequence[str], most: int) -> str:
    """`a, b, c`, and `a, b, …` where there are more than so many."""
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
