"""Names and values as YAML writes them: plain where that is safe, in quotes where it is not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.printable import printable_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["flow_list", "one_or_list", "scalar"]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./()-]+)*")
_NOT_A_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
"""What YAML reads as something else."""


def scalar(value: str | bool | int) -> str:  # noqa: FBT001 - a value of a column
    """A text, number or truth on one line."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.casefold() not in _NOT_A_TEXT:
        return value
    return printable_yaml(json.dumps(value, ensure_ascii=False))


def flow_list(values: Sequence[str | bool | int]) -> str:
    """A list on one line."""
    return f"[{', '.join(map(scalar, values))}]"


def one_or_list(values: Sequence[str | bool | int]) -> str:
    """A single value as it is, several as a list."""
    return scalar(values[0]) if len(values) == 1 else flow_list(values)
