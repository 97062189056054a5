"""True and false as sources write them."""

from __future__ import annotations

from target_linkedin_conversions.records.text import comparable

__all__ = ["FALSE", "TRUE", "same"]

TRUE = frozenset({"true", "1", "t", "y", "yes", "on"})
FALSE = frozenset({"false", "0", "f", "n", "no", "off"})


def same(wanted: str) -> frozenset[str | None]:
    """Every text that means what a wanted one does: all spellings of true for `true`, of false for `false`, else itself."""
    folded = comparable(wanted)
    return {"true": TRUE, "false": FALSE}.get(folded or "", frozenset({folded}))
