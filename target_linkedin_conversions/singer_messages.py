"""What every program that reads Singer messages asks of them, and what it says where they are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MELTANO_TEST_STREAM",
    "before_schema",
    "is_list_of_names",
    "key_properties_broken",
    "kind_of",
    "properties_broken",
]

MELTANO_TEST_STREAM = "meltano_test_stream"
"""What `meltano config … test` sends; never an event."""


def kind_of(message: Mapping[str, Any]) -> str:
    """The type of a message; empty where it is no text, as in a row that has a column of that name."""
    kind = message.get("type")
    return kind if isinstance(kind, str) else ""


def is_list_of_names(value: object) -> bool:
    """Whether key properties or bookmarks are a list of texts."""
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def before_schema(stream: str, what: str = "record") -> str:
    """The sentence on a record, or a batch, whose stream has no schema yet."""
    return f"a {what} of stream {name_shown(stream)!r} came before its SCHEMA; the tap must send that first"


def properties_broken(stream: str) -> str:
    """The sentence on a schema whose properties are no object."""
    return f"the properties of the schema of stream {name_shown(stream)!r} are no JSON object"


def key_properties_broken(stream: str) -> str:
    """The sentence on key properties that are no list of texts."""
    return f"the key_properties of stream {name_shown(stream)!r} are no list of names"
