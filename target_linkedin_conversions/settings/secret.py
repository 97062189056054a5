"""A setting that nobody may read where it is shown: a token, a key, a password."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Secret"]


class Secret(msgspec.Struct, frozen=True):
    """A text that no log line, traceback or representation may show."""

    reveal: str

    def __repr__(self) -> str:
        """Hide the text."""
        return "Secret(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Hide the text from rich as well."""
        return []
