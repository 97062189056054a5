"""Gives four-byte floats their shortest decimal value: 12.1, where a plain conversion gives 12.100000381469727."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from target_linkedin_conversions.records.arrow_types import with_cast

__all__ = ["with_short_floats"]


def with_short_floats(batch: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    """The same batch or table with each float of four bytes, wherever it lies, as the shortest number that it is nearest to."""
    return with_cast(batch, _as_text, _as_number)  # Arrow writes the shortest text of a float


def _as_text(kind: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    return _instead(kind, "string")


def _as_number(kind: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    return _instead(kind, "double")


def _instead(kind: Any, of_float: str) -> Any:  # noqa: ANN401 - pyarrow's own
    """Another type in place of a float of four bytes; any other type itself."""
    pa = import_module("pyarrow")  # an extra: whoever has Arrow's batches has it installed
    return pa.type_for_alias(of_float) if pa.types.is_float32(kind) else kind
