"""The JSON schema that somebody hands over with rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.plain_schema import plain_schema
from target_linkedin_conversions.tables.arrow import arrow_schema

__all__ = ["given_schema"]


def given_schema(schema: object) -> dict[str, Any]:
    """A JSON schema, or that of an Arrow schema; raises `ConfigError` for anything else."""
    if isinstance(schema, Mapping):
        plain = plain_schema(schema)
        if isinstance(plain.get("properties"), Mapping):
            return plain
    elif hasattr(schema, "__arrow_c_schema__"):
        return arrow_schema(schema)
    raise ConfigError("schema", "expected a JSON schema with properties, or an Arrow schema", "or leave it out")
