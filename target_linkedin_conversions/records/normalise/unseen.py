"""Characters that nobody sees: controls, invisible ones, white space."""

from __future__ import annotations

import unicodedata

__all__ = ["seen"]

_UNSEEN = "CZ"
"""The Unicode categories of controls, invisible characters and white space."""


def seen(text: str) -> str:
    """The text without controls, invisible characters and white space."""
    return "".join(c for c in text if unicodedata.category(c)[0] not in _UNSEEN)
