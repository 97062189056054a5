"""Errors of broken Singer input; each is also the SDK's own class, so that code which catches those works."""

from __future__ import annotations

from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.singerlib.exceptions import InvalidInputLine

from target_linkedin_conversions.errors import InputError

__all__ = ["InvalidLineError", "MissingKeyError", "RecordBeforeSchemaError"]


class InvalidLineError(InputError, InvalidInputLine):
    """A line is no Singer message."""


class RecordBeforeSchemaError(InputError, RecordsWithoutSchemaException):
    """A record came before the schema of its stream."""


class MissingKeyError(InputError, MissingKeyPropertiesError):
    """A record lacks a key property of its stream."""
