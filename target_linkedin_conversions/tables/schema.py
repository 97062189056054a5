"""The JSON schema of rows, as their first ones look."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["schema_of_rows"]

_TYPES: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    Decimal: "number",
    dict: "object",
    list: "array",
    tuple: "array",
}


def schema_of_rows(rows: Iterable[object]) -> dict[str, Any]:
    """The columns that some rows have, with the types of their values; others may come. What is no row has none."""
    seen: dict[str, set[str]] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        for name, value in row.items():
            types = seen.setdefault(str(name), set())
            if value is not None:
                types.add(_TYPES.get(type(value), "string"))
    for types in seen.values():
        if "number" in types:
            types.discard(
                "integer"
            )  # whole numbers among others are such numbers: 50 beside 49.9 is no amount in cents
    properties = {name: {"type": [*sorted(types), "null"]} if types else {} for name, types in seen.items()}
    return {"type": "object", "properties": properties, "additionalProperties": True}
