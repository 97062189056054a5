"""A number with what it counts, in words."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """`1 row`, `0 rows`, `1,200 rows`: the noun is given as of one."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
