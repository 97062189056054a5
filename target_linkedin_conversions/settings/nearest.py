"""Which of the known names somebody most likely meant by one that is none; a wrong guess costs more than none."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.columns import plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["nearest_name"]

_NEAR = 0.75
"""How alike two names are, by difflib; below it most are others' names (tried over both kinds)."""
_HALF = 0.5
"""Of a name; who wrote less of it may have meant anything."""


def nearest_name(name: str, known: Sequence[str]) -> str | None:
    """The known name that is the same but for case and separators, or else very like it, or the only one that it is a large part of."""
    written = plain_name(name)
    by_plain = {plain_name(one): one for one in reversed(known)}
    near = [written] if written in by_plain else get_close_matches(written, by_plain, n=1, cutoff=_NEAR)
    if not near and written:
        near = [plain for plain in by_plain if written in plain and len(written) > _HALF * len(plain)]
    return by_plain[near[0]] if len(near) == 1 else None
