"""How much one line of input may hold."""

from __future__ import annotations

__all__ = ["LONGEST_LINE"]

LONGEST_LINE = 64 << 20
"""Bytes of one line of input; a longer one is no record but a tap that went wrong."""
