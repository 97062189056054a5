"""Reads JSON that people write, and refuses a repeated key, of which `json` would silently keep the last."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["DuplicateKeyError", "json_of"]


class DuplicateKeyError(ValueError):
    """An object has two values of one name."""

    def __init__(self, name: str) -> None:
        """Keep the name for the message."""
        self.name = name
        super().__init__("an object has two values of one name")


def json_of(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What a JSON text holds; raises `DuplicateKeyError`, and what `json.loads` raises."""
    return json.loads(text, object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise DuplicateKeyError(next(name for name in names if names.count(name) > 1))
    return found
