"""Which of the known names somebody most likely meant by one that is none."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["ALMOST_THE_SAME", "A_LITTLE_ALIKE", "folded_name", "in_one_form", "nearest", "nearest_few", "nearest_key"]

# How alike two names are, by difflib, from 0 to 1.
A_LITTLE_ALIKE = 0.5
"""For a question to a person who sees the known names too, so that a wrong guess costs nothing."""
_ALIKE = 0.6
_ALIKE_KEYS = 0.75
"""Below it most keys are those of other programs (tried over both kinds)."""
ALMOST_THE_SAME = 0.86
"""It can be no other program's: `TARGET_LINKEDIN_ACCESS_TOKEN` of another target lies below."""
_HALF = 0.5
"""Of a name; who wrote less of it may have meant anything."""

_SEPARATORS = str.maketrans("", "", "_- ")
_LONGEST_NAME = 1000
"""Characters of a name that are brought into one form, which may take the square of them; nobody writes a longer name."""


def folded_name(name: str) -> str:
    """A name without case and separators."""
    return name.lower().translate(_SEPARATORS)


def in_one_form(name: str, form: Literal["NFC", "NFKD"] = "NFC") -> str:
    """A name with its accents written in one way, as far as names go."""
    return unicodedata.normalize(form, name[:_LONGEST_NAME]) + name[_LONGEST_NAME:]


def nearest_few(
    written: str, known: Iterable[str], most: int, *, alike: float = _ALIKE, form: Callable[[str], str] = folded_name
) -> list[str]:
    """The known names that are most like it, the likeliest first; names are compared by what `form` makes of them."""
    by_form = {form(name): name for name in reversed([*known])}
    return [by_form[found] for found in get_close_matches(form(written), by_form, most, alike)]


def nearest(
    written: str, known: Iterable[str], *, alike: float = _ALIKE, form: Callable[[str], str] = folded_name
) -> str | None:
    """The known name that is most like it; None where none is alike enough."""
    return next(iter(nearest_few(written, known, 1, alike=alike, form=form)), None)


def nearest_key(written: str, known: Sequence[str]) -> str | None:
    """The key of a config that is very like it, or else the only one that it is a large part of; None where it may be another program's."""
    if (found := nearest(written, known, alike=_ALIKE_KEYS)) is not None:
        return found
    part = folded_name(written)
    wholes = [name for name in known if part in folded_name(name) and len(part) > _HALF * len(folded_name(name))]
    return wholes[0] if part and len(wholes) == 1 else None
