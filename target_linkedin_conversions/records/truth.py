"""True and false as sources write them."""

from __future__ import annotations

from target_linkedin_conversions.records.text import comparable

__all__ = ["FALSE", "SPELLINGS_OF_TRUE", "TRUE", "same"]

SPELLINGS_OF_TRUE = ("true", "1", "t", "y", "yes", "on")
TRUE = frozenset(SPELLINGS_OF_TRUE)
FALSE = frozenset({"false", "0", "f", "n", "no", "off"})


def same(wanted: str) -> frozenset[str | None]:
    """The texts that equal a wanted one: every spelling of true or false for one of these, else the text itself."""
    folded = comparable(wanted)
    return {"true": TRUE, "false": FALSE}.get(folded or "", frozenset({folded}))
