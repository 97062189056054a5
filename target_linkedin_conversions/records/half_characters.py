r"""Replaces lone surrogates such as `\ud83d`, which a source leaves that cuts an emoji in two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["whole_texts", "with_whole_characters"]

_PAIR_OR_HALF = re.compile(
    rb"((?<!\\)(?:\\\\)*+)\\u(?:([dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def with_whole_characters(line: bytes) -> bytes:
    r"""The line with `\ufffd` for each half of a character in its JSON, which no decoder takes."""
    return _PAIR_OR_HALF.sub(lambda found: found[0] if found[2] else found[1] + rb"\ufffd", line)


def whole_texts(value: Any) -> Any:  # noqa: ANN401 - whatever Python holds
    """A value of which no text has half a character; both halves, one behind the other, become theirs."""
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case Mapping():
            return {whole_texts(name): whole_texts(part) for name, part in value.items()}
        case list() | tuple():
            return [whole_texts(part) for part in value]
        case _:
            return value
